-- name: TenantsWithPerson :many
-- A person is erased wherever they were or were invited to.
select m.tenant_id
from memberships m
where m.user_id = @person::uuid
union
select i.tenant_id
from invitations i
where i.accepted_by = @person::uuid or i.email = @email::text
union
select e.tenant_id
from events e
where e.actor_id = @person::uuid
  and exists (select from account_events a where a.user_id = @person::uuid and a.action = 'account.staff_granted');

-- name: AddressOf :one
select email
from users
where id = $1;

-- name: ErasePerson :execrows
-- Empties the personal values of what the person did, what was done to them, and what names them or their address, and
-- leaves a mark on each.
with picked as (
    select e.id
    from events e
    where e.tenant_id = @tenant::uuid
      and e.person <> '{}'
      and (
          e.actor_id = @person::uuid
          or e.object_id = @person::uuid
          or e.changes::text like '%' || @person::text || '%'
          or e.person ->> 'email' = @email::text
          or e.object_id in (select i.id from invitations i where i.tenant_id = @tenant::uuid and (i.accepted_by = @person::uuid or i.email = @email::text))
      )
    limit @size
),
gone as (
    update events e
    set person = '{}'
    from picked p
    where e.tenant_id = @tenant::uuid and e.id = p.id
    returning e.tenant_id, e.id
)
insert into event_erasures (tenant_id, event_id, erasure_id)
select g.tenant_id, g.id, @erasure::uuid
from gone g;

-- name: EraseAccount :execrows
with picked as (
    select e.id
    from account_events e
    where e.person <> '{}' and (e.user_id = @person::uuid or e.actor_id = @person::uuid or e.person ->> 'email' = @email::text)
    limit @size
),
gone as (
    update account_events e
    set person = '{}'
    from picked p
    where e.id = p.id
    returning e.id
)
insert into account_event_erasures (event_id, erasure_id)
select g.id, @erasure::uuid
from gone g;
