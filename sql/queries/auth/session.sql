-- name: CreateSession :exec
insert into sessions (id, user_id, user_agent, address, expires_at)
values ($1, $2, $3, $4, $5);

-- name: TouchSession :exec
update sessions
set seen_at = now()
where id = $1 and seen_at < now() - interval '1 minute' and seen_at > now() - make_interval(secs => $2);

-- name: PersonOfSession :one
select u.id, u.name, u.email, u.time_zone, u.staff_since, s.signed_in_at
from sessions s
join users u on u.id = s.user_id
where s.id = $1
  and s.user_id = $2
  and s.expires_at > now()
  and s.seen_at > now() - make_interval(secs => $3)
  and u.anonymised_at is null;

-- name: EndSession :exec
delete from sessions
where id = $1;

-- name: EndSessionsOf :exec
delete from sessions
where user_id = $1 and id <> $2;

-- name: PurgeSessions :execrows
delete from sessions
where expires_at < now();
