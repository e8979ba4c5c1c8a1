-- name: LockPlaces :many
-- In one order for all, against deadlocks.
select t.id
from tenants t
where t.deleted_at is null
  and t.id in (select m.tenant_id from memberships m where m.user_id = $1 and m.left_at is null)
order by t.id
for no key update;

-- name: SolelyOwned :many
-- The organizations that would have no owner if the person went. Owners whose own account is closing do not count.
select t.id, t.slug, t.name,
    (select count(*) from memberships x where x.tenant_id = t.id and x.user_id <> $1 and x.left_at is null) as others
from memberships m
join tenants t on t.id = m.tenant_id and t.deleted_at is null
where m.user_id = $1
  and m.role = 'owner'
  and m.left_at is null
  and not exists (
      select
      from memberships o
      join users u on u.id = o.user_id and u.erase_at is null
      where o.tenant_id = m.tenant_id and o.user_id <> $1 and o.role = 'owner' and o.left_at is null
  )
order by t.name, t.id
limit 100;

-- name: OwnedPlaces :many
-- Where a person is or was an owner: there they may stand at Stripe.
select m.tenant_id
from memberships m
where m.user_id = $1 and m.role = 'owner'
order by m.tenant_id;

-- name: EraseMemberships :many
update memberships
set left_at = now(), updated_at = now()
where user_id = $1 and left_at is null
returning tenant_id;

-- name: EraseInvitations :execrows
-- every organization: a person is erased wherever they were invited to
-- The address goes; that somebody was invited, and whether they came, stays.
update invitations
set email = 'erased-' || id || '@erased.invalid', revoked_at = case when accepted_at is null then coalesce(revoked_at, now()) else revoked_at end
where email = @email or accepted_by = @user_id;
