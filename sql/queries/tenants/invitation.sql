-- name: CreateInvitation :exec
insert into invitations (tenant_id, id, email, role, invited_by, expires_at)
values ($1, $2, $3, $4, $5, $6);

-- name: InvitationExists :one
-- Open or not: the id is that of a form.
select exists (
    select
    from invitations
    where tenant_id = $1 and id = $2
);

-- name: RevokePending :many
-- Inviting again revokes what was open for the address.
update invitations
set revoked_at = now()
where tenant_id = $1 and email = $2 and accepted_at is null and revoked_at is null
returning id;

-- name: RevokeInvitation :one
update invitations
set revoked_at = now()
where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null
returning email;

-- name: RenewInvitation :execrows
update invitations
set sent_at = now(), expires_at = $3
where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null;

-- name: PendingEmail :one
select email
from invitations
where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null;

-- name: OpenInvitation :one
select i.id, i.email, i.role, i.expires_at, u.name as inviter_name, t.name as organization, t.slug
from invitations i
join users u on u.id = i.invited_by
join tenants t on t.id = i.tenant_id and t.deleted_at is null
where i.tenant_id = $1 and i.id = $2 and i.accepted_at is null and i.revoked_at is null and i.expires_at > now();

-- name: AcceptInvitation :execrows
update invitations
set accepted_at = now(), accepted_by = $3
where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > now();

-- name: ListPending :many
select i.id, i.email, i.role, i.sent_at, i.expires_at, u.name as inviter_name
from invitations i
join users u on u.id = i.invited_by
where i.tenant_id = $1 and i.accepted_at is null and i.revoked_at is null
order by i.sent_at desc, i.id
limit 200;

-- name: InviterRole :one
select m.role
from invitations i
join memberships m on m.tenant_id = i.tenant_id and m.user_id = i.invited_by and m.left_at is null
where i.tenant_id = $1 and i.id = $2;
