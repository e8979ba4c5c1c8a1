-- name: AskImpersonation :exec
insert into impersonations (id, staff_id, user_id, reason, ends_at)
values (@id, @staff_id, @user_id, @reason, now() + make_interval(secs => @secs::double precision));

-- name: ImpersonationOf :one
-- One that a member of staff asked for, with whom it is about.
select i.id, i.user_id, u.name, u.email, i.reason, i.created_at, i.begun_at, i.ended_at, (i.ends_at <= now())::boolean as over
from impersonations i
join users u on u.id = i.user_id
where i.id = @id and i.staff_id = @staff_id and u.anonymised_at is null;

-- name: BeginImpersonation :execrows
-- Once, and only while it waits; never as staff, whatever they were when it was asked for.
update impersonations i
set begun_at = now(), own_session_id = @own_session_id, ends_at = now() + make_interval(secs => @secs::double precision)
where i.id = @id and i.staff_id = @staff_id and i.begun_at is null and i.ended_at is null and i.ends_at > now()
  and exists (select from users u where u.id = i.user_id and u.staff_role is null and u.anonymised_at is null and u.suspended_at is null);

-- name: OpenImpersonatedSession :exec
insert into sessions (id, user_id, user_agent, address, expires_at, methods, strong, proven_at, impersonation_id)
values (@id, @user_id, @user_agent, @address, now() + make_interval(secs => @secs::double precision), '{}', false, 'epoch', @impersonation_id);

-- name: RaiseImpersonation :execrows
update impersonations
set raised_at = now(), raised_reason = @reason
where id = @id and begun_at is not null and raised_at is null and ended_at is null and ends_at > now();

-- name: ImpersonationOfSession :one
-- The one that a session belongs to, while it is not ended.
select i.id, i.staff_id, i.user_id
from sessions s
join impersonations i on i.id = s.impersonation_id
where s.id = $1 and i.ended_at is null;

-- name: OverImpersonations :many
-- Whose time is over, and of which that is not noted yet.
select id, staff_id, user_id
from impersonations
where begun_at is not null and ended_at is null and ends_at < now()
order by ends_at
limit 200;

-- name: EndImpersonation :execrows
update impersonations
set ended_at = now()
where id = @id and ended_at is null;

-- name: EndImpersonatedSessions :exec
with ended as (
    delete from sessions
    where impersonation_id = @id::uuid
    returning user_id
)
select pg_notify('plinth_events', json_build_object('u', user_id)::text)
from ended;

-- name: PlacesOf :many
-- The organizations a person belongs to.
select m.tenant_id
from memberships m
join tenants t on t.id = m.tenant_id
where m.user_id = $1 and m.left_at is null and t.purging_at is null
order by m.tenant_id
limit 1000;

-- name: EraseImpersonations :execrows
-- Why staff looked as a person may tell of the person.
update impersonations
set reason = '', raised_reason = ''
where user_id = $1;
