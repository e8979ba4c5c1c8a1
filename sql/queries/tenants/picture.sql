-- name: PictureOfMember :one
-- Whoever has left is not among those whose pictures are shown.
select u.picture
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null and u.anonymised_at is null;

-- name: LockLogo :one
select name, logo
from tenants
where id = $1 and deleted_at is null
for no key update;

-- name: SetLogo :exec
update tenants
set logo = $2, updated_at = now()
where id = $1;

-- name: LogoOf :one
select logo
from tenants
where id = $1 and deleted_at is null;
