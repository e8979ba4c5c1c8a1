-- name: AddMembership :exec
insert into memberships (tenant_id, id, user_id, role, invited_by)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id, user_id) do update
set role = excluded.role, invited_by = excluded.invited_by, joined_at = now(), updated_at = now(), left_at = null
where memberships.left_at is not null;

-- name: MembershipOf :one
select m.id, m.user_id, m.role, u.name, u.email, u.erase_at
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null;

-- name: SetRole :execrows
update memberships
set role = $3, updated_at = now()
where tenant_id = $1 and user_id = $2 and left_at is null;

-- name: EndMembership :execrows
update memberships
set left_at = now(), updated_at = now()
where tenant_id = $1 and user_id = $2 and left_at is null;

-- name: CountOwners :one
-- Whose account is closing will be gone, and does not count.
select count(*)
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.role = 'owner' and m.left_at is null and u.erase_at is null;

-- name: CountSeats :one
select count(*)
from memberships
where tenant_id = $1 and role <> 'guest' and left_at is null;

-- name: ListPeople :many
select m.user_id, m.role, m.joined_at, u.name, u.email, u.erase_at, u.picture
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1
  and m.left_at is null
  and (m.joined_at, m.user_id) > (@after_at::timestamptz, @after_id::uuid)
  and (@search::text = '' or u.name ilike '%' || @search || '%' or u.email ilike '%' || @search || '%')
order by m.joined_at, m.user_id
limit @size;

-- name: IsMember :one
select exists (
    select
    from memberships m
    join users u on u.id = m.user_id
    where m.tenant_id = $1 and u.email = $2 and m.left_at is null
);

-- name: MemberByID :one
select m.user_id, m.role, m.joined_at, u.name, u.email, u.erase_at, u.picture
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null;

-- name: HideSteps :exec
update memberships
set steps_hidden_at = coalesce(steps_hidden_at, now())
where tenant_id = $1 and user_id = $2 and left_at is null;
