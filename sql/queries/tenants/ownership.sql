-- name: TransferExists :one
-- Open or not: the id is that of a form.
select exists (
    select
    from ownership_transfers
    where tenant_id = $1 and id = $2
);

-- name: CreateTransfer :exec
insert into ownership_transfers (tenant_id, id, from_user, to_user, expires_at)
values ($1, $2, $3, $4, $5);

-- name: EndTransfersOf :exec
update ownership_transfers
set ended_at = now()
where tenant_id = $1 and from_user = $2 and confirmed_at is null and ended_at is null;

-- name: EndTransfer :execrows
update ownership_transfers
set ended_at = now()
where tenant_id = $1 and id = $2 and confirmed_at is null and ended_at is null;

-- name: ConfirmTransfer :exec
update ownership_transfers
set confirmed_at = now()
where tenant_id = $1 and id = $2;

-- name: TransferByID :one
select o.id, o.from_user, f.name as from_name, f.email as from_email, o.to_user, u.name as to_name, u.email as to_email,
    o.created_at, o.expires_at, o.confirmed_at, o.ended_at
from ownership_transfers o
join users f on f.id = o.from_user
join users u on u.id = o.to_user
where o.tenant_id = $1 and o.id = $2;

-- name: OpenTransfers :many
select o.id, o.from_user, f.name as from_name, o.to_user, u.name as to_name, o.expires_at
from ownership_transfers o
join users f on f.id = o.from_user
join users u on u.id = o.to_user
where o.tenant_id = $1 and o.confirmed_at is null and o.ended_at is null and o.expires_at > now()
order by o.created_at, o.id
limit 50;

-- name: MemberByEmail :one
select m.user_id, m.role, u.name, (u.erase_at is not null or u.suspended_at is not null)::boolean as closed
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and u.email = $2 and m.left_at is null;
