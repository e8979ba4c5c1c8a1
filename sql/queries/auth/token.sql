-- name: CreateToken :exec
insert into one_time_tokens (id, purpose, address, subject_id, tenant_id, hash, next, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: TokenByID :one
select id, purpose, address, subject_id, tenant_id, hash, next, expires_at
from one_time_tokens
where id = $1 and used_at is null and expires_at > now();

-- name: UseToken :one
update one_time_tokens
set used_at = now(), used_in = $4
where id = $1 and purpose = $2 and hash = $3 and used_at is null and expires_at > now()
returning subject_id, tenant_id, address;

-- name: PeekToken :one
select subject_id, tenant_id, address
from one_time_tokens
where id = $1 and purpose = $2 and hash = $3 and used_at is null and expires_at > now();

-- name: JustUsedToken :one
-- What is used has a moment, what is revoked is gone: a link that was replaced is never taken for one that was used.
select subject_id, tenant_id, address, used_in
from one_time_tokens
where id = $1 and purpose = $2 and hash = $3 and used_at > now() - interval '2 minutes';

-- name: UseCeremony :execrows
-- A passkey's challenge is noted once it was answered: of two answers the second finds it.
insert into one_time_tokens (id, purpose, address, subject_id, hash, expires_at, used_at)
values ($1, 'ceremony', '', $2, $3, $4, now())
on conflict (id) do nothing;

-- name: RevokeTokens :exec
delete from one_time_tokens
where subject_id = $1 and purpose = $2 and used_at is null;

-- name: PurgeTokens :execrows
delete from one_time_tokens
where expires_at < now() - interval '7 days';
