-- name: CreateSignup :exec
insert into signups (id, email, name, password_hash, terms_version, next, expires_at)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: SignupByID :one
select id, email, name, password_hash, terms_version, next, expires_at
from signups
where id = $1 and expires_at > now();

-- name: CorrectSignupAddress :execrows
update signups
set email = $2
where id = $1 and expires_at > now();

-- name: DeleteSignupsOf :exec
delete from signups
where email = $1;

-- name: PurgeSignups :execrows
delete from signups
where expires_at < now();
