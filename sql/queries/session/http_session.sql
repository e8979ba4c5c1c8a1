-- name: FindHTTPSession :one
select data
from http_sessions
where token = $1 and expires_at > now();

-- name: CommitHTTPSession :exec
insert into http_sessions (token, data, expires_at)
values ($1, $2, $3)
on conflict (token) do update
set data = excluded.data, expires_at = excluded.expires_at;

-- name: DeleteHTTPSession :exec
delete from http_sessions
where token = $1;

-- name: PurgeHTTPSessions :execrows
delete from http_sessions
where expires_at < now();
