-- name: CreateSession :execrows
-- None for an account that is suspended.
insert into sessions (id, user_id, user_agent, address, expires_at, methods, strong)
select @id::uuid, @user_id::uuid, @user_agent::text, @address::text, @expires_at::timestamptz, @methods::text[], @strong::boolean
where not exists (select from users u where u.id = @user_id::uuid and u.suspended_at is not null);

-- name: TouchSession :exec
update sessions
set seen_at = now()
where id = $1 and seen_at < now() - interval '1 minute' and seen_at > now() - make_interval(secs => $2);

-- name: PersonOfSession :one
select u.id, u.name, u.email, u.time_zone, coalesce(u.staff_role, '') as staff, u.erase_at, s.signed_in_at, s.proven_at, s.methods, s.strong, u.picture,
    i.id as impersonation_id, i.staff_id, coalesce(st.name, '') as staff_name, coalesce(st.staff_role, '') as staff_role, i.reason, i.raised_at, i.ends_at
from sessions s
join users u on u.id = s.user_id
left join impersonations i on i.id = s.impersonation_id
left join users st on st.id = i.staff_id
where s.id = $1
  and s.user_id = $2
  and s.expires_at > now()
  and s.seen_at > now() - make_interval(secs => $3)
  and u.anonymised_at is null
  and u.suspended_at is null
  and (s.impersonation_id is null or i.begun_at is not null and i.ended_at is null and i.ends_at > now()
      and st.staff_role is not null and st.suspended_at is null and st.anonymised_at is null
      and exists (select from sessions own where own.id = i.own_session_id and own.expires_at > now()));

-- name: EndSession :exec
-- What its browser still hears ends with it; so it is with all that end sessions.
with ended as (
    delete from sessions
    where id = $1
    returning user_id
)
select pg_notify('plinth_events', json_build_object('u', user_id)::text)
from ended;

-- name: ProveSession :execrows
-- Who is signed in has proven it anew.
update sessions
set proven_at = now(), strong = strong or sqlc.arg(strong),
    methods = case when sqlc.arg(method)::text = any (methods) then methods else methods || sqlc.arg(method)::text end
where id = sqlc.arg(id) and user_id = sqlc.arg(user_id);

-- name: SessionsOf :many
select id, user_agent, address, methods, signed_in_at, seen_at
from sessions
where user_id = $1 and expires_at > now() and seen_at > now() - make_interval(secs => $2) and impersonation_id is null
order by seen_at desc, id;

-- name: EndSessionOf :execrows
with ended as (
    delete from sessions
    where user_id = $1 and id = $2
    returning user_id
)
select pg_notify('plinth_events', json_build_object('u', user_id)::text)
from ended;

-- name: EndSessionsOf :exec
with ended as (
    delete from sessions
    where user_id = $1 and id <> $2
    returning user_id
)
select pg_notify('plinth_events', json_build_object('u', user_id)::text)
from ended;

-- name: PurgeSessions :execrows
delete from sessions
where expires_at < now();
