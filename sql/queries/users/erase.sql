-- name: CloseUser :execrows
-- A second press finds the account closing already.
update users
set erase_at = @erase_at::timestamptz, updated_at = now()
where id = @id and erase_at is null and anonymised_at is null;

-- name: KeepUser :execrows
-- Once it is due it may be half erased.
update users
set erase_at = null, updated_at = now()
where id = @id and erase_at > @now::timestamptz and anonymised_at is null;

-- name: DueUsers :many
select id
from users
where erase_at <= @now::timestamptz and anonymised_at is null
order by erase_at, id
limit @size;

-- name: LockDueUser :one
-- Its person cannot take it back any more, and of two that erase it the second finds it erased.
select id, email, name
from users
where id = @id and erase_at <= @now::timestamptz and anonymised_at is null
for update;

-- name: EraseUser :exec
-- The row stays, so that what was written has an author; nothing in it says whom it stood for.
update users
set email = 'erased-' || id || '@erased.invalid', name = 'Deleted account', password_hash = null, password_changed_at = null,
    time_zone = 'UTC', picture = '', staff_since = null, staff_role = null, suspended_reason = null, erase_at = null, anonymised_at = now(), updated_at = now()
where id = $1;
