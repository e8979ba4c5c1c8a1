-- name: FactorsOf :one
-- What a person can prove with, beside the password.
select (coalesce(u.password_hash, '') <> '')::boolean as password,
    u.password_changed_at,
    exists (select from totp_factors f where f.user_id = u.id and f.confirmed_at is not null) as totp,
    (select count(*) from recovery_codes c where c.user_id = u.id and c.used_at is null) as codes,
    (select count(*) from passkeys p where p.user_id = u.id) as passkeys
from users u
where u.id = $1;

-- name: BeginTOTP :exec
-- A factor that was begun and not confirmed is begun anew; a confirmed one stays.
insert into totp_factors as f (user_id, secret)
values ($1, $2)
on conflict (user_id) do update
set secret = excluded.secret, created_at = now(), last_step = 0
where f.confirmed_at is null;

-- name: TOTPOf :one
select secret, confirmed_at, last_step
from totp_factors
where user_id = $1;

-- name: PeopleWithTOTP :many
select u.id, u.name, u.email
from totp_factors f
join users u on u.id = f.user_id
where f.confirmed_at is not null
order by u.email
limit 50;

-- name: ConfirmTOTP :execrows
update totp_factors
set confirmed_at = now(), last_step = $2
where user_id = $1 and confirmed_at is null;

-- name: TakeTOTPStep :execrows
-- Each code is good once: of two that send the same one is right.
update totp_factors
set last_step = $2
where user_id = $1 and confirmed_at is not null and last_step < $2;

-- name: DeleteTOTP :execrows
delete from totp_factors
where user_id = $1;

-- name: DeleteTOTPUntil :execrows
-- The factor that was there at a moment, and none that was set up since.
delete from totp_factors
where user_id = $1 and confirmed_at <= sqlc.arg(until)::timestamptz;

-- name: DeleteRecoveryCodesUntil :exec
delete from recovery_codes
where user_id = $1 and created_at <= sqlc.arg(until)::timestamptz;

-- name: DeleteRecoveryCodes :exec
delete from recovery_codes
where user_id = $1;

-- name: AddRecoveryCodes :exec
insert into recovery_codes (user_id, hash)
select sqlc.arg(user_id), unnest(sqlc.arg(hashes)::bytea[]);

-- name: UseRecoveryCode :execrows
update recovery_codes
set used_at = now()
where user_id = $1 and hash = $2 and used_at is null;

-- name: AddPasskey :exec
insert into passkeys (id, user_id, credential_id, credential, name)
values ($1, $2, $3, $4, $5);

-- name: PasskeysOf :many
select id, credential, name, created_at, used_at
from passkeys
where user_id = $1
order by created_at, id;

-- name: PasskeyUsed :exec
update passkeys
set credential = $2, used_at = now()
where credential_id = $1;

-- name: RenamePasskey :execrows
update passkeys
set name = $3
where user_id = $1 and id = $2;

-- name: DeletePasskey :one
delete from passkeys
where user_id = $1 and id = $2
returning name;
