-- name: IdentityUsed :one
-- Whom an identity signs in; it also notes that it was used, and under which address the provider knows it now.
update identities
set used_at = now(), email = sqlc.arg(email)
where provider = sqlc.arg(provider) and issuer = sqlc.arg(issuer) and subject = sqlc.arg(subject)
returning user_id;

-- name: IdentityOwner :one
select user_id
from identities
where provider = $1 and issuer = $2 and subject = $3;

-- name: AddIdentity :execrows
insert into identities (id, user_id, provider, issuer, subject, email)
values ($1, $2, $3, $4, $5, $6)
on conflict on constraint identities_subject_key do nothing;

-- name: IdentitiesOf :many
select id, provider, issuer, email, created_at, used_at
from identities
where user_id = $1
order by created_at, id;

-- name: DeleteIdentity :one
delete from identities
where user_id = $1 and id = $2
returning provider, email;

-- name: LockPerson :exec
-- Of two that take away a way in at the same time, the second sees what the first has left.
select id
from users
where id = $1
for update;
