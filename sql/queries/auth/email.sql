-- name: BeginEmailChange :exec
-- A change that was begun and not finished gives way.
insert into email_changes as c (id, user_id, old_email, new_email, expires_at)
values ($1, $2, $3, $4, $5)
on conflict (user_id) do update
set id = excluded.id, old_email = excluded.old_email, new_email = excluded.new_email, expires_at = excluded.expires_at,
    old_confirmed_at = null, new_confirmed_at = null, created_at = now();

-- name: EmailChangeByID :one
select id, user_id, old_email, new_email, old_confirmed_at, new_confirmed_at
from email_changes
where id = $1 and expires_at > now();

-- name: EmailChangeOf :one
select id, user_id, old_email, new_email, old_confirmed_at, new_confirmed_at
from email_changes
where user_id = $1 and expires_at > now();

-- name: ConfirmEmailChange :one
-- The row is locked, so that of two confirmations at once the second one sees the first.
update email_changes
set old_confirmed_at = case when sqlc.arg(old)::boolean then coalesce(old_confirmed_at, now()) else old_confirmed_at end,
    new_confirmed_at = case when sqlc.arg(old)::boolean then new_confirmed_at else coalesce(new_confirmed_at, now()) end
where id = sqlc.arg(id) and expires_at > now()
returning id, user_id, old_email, new_email, old_confirmed_at, new_confirmed_at;

-- name: EndEmailChange :one
delete from email_changes
where user_id = $1
returning id;

-- name: PurgeEmailChanges :execrows
delete from email_changes
where expires_at < now();

-- name: KnowDevice :one
-- Whether the browser was not known for the account before, and how many others are.
with known as (
    insert into known_devices (user_id, hash)
    values ($1, $2)
    on conflict (user_id, hash) do update set seen_at = now()
    returning xmax = 0 as fresh
)
select (select fresh from known)::boolean as fresh,
    (select count(*) from known_devices d where d.user_id = $1 and d.hash <> $2) as others;

-- name: PurgeDevices :execrows
delete from known_devices
where seen_at < now() - interval '400 days';
