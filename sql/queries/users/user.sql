-- name: CreateUser :execrows
insert into users (id, email, name, password_hash, password_changed_at, email_verified_at, terms_version, terms_accepted_at, time_zone)
values ($1, $2, $3, $4, now(), now(), $5, now(), $6)
on conflict (email) do nothing;

-- name: UserByEmail :one
select id, email, name, password_hash, time_zone, coalesce(staff_role, '') as staff, anonymised_at
from users
where email = $1 and anonymised_at is null;

-- name: UserByID :one
select id, email, name, password_hash, time_zone, coalesce(staff_role, '') as staff, anonymised_at
from users
where id = $1 and anonymised_at is null;

-- name: SetPassword :execrows
update users
set password_hash = $2, password_changed_at = now(), updated_at = now()
where id = $1;

-- name: SetProfile :execrows
update users
set name = $2, time_zone = $3, updated_at = now()
where id = $1;

-- name: SetStaff :one
update users
set staff_since = case when @role::text <> '' then coalesce(staff_since, now()) end, staff_role = nullif(@role::text, ''), updated_at = now()
where email = @email and anonymised_at is null
returning id;

-- name: SetEmail :execrows
update users
set email = $2, email_verified_at = now(), updated_at = now()
where id = $1 and anonymised_at is null;

-- name: SetStaffOf :execrows
update users
set staff_since = case when @role::text <> '' then coalesce(staff_since, now()) end, staff_role = nullif(@role::text, ''), updated_at = now()
where id = @id and anonymised_at is null and coalesce(staff_role, '') <> @role::text;

-- name: SuspendUser :execrows
update users
set suspended_at = now(), suspended_reason = @reason::text, updated_at = now()
where id = @id and suspended_at is null and anonymised_at is null;

-- name: LiftUser :execrows
update users
set suspended_at = null, suspended_reason = null, updated_at = now()
where id = $1 and suspended_at is not null and anonymised_at is null;
