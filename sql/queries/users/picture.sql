-- name: LockPicture :one
select picture
from users
where id = $1 and anonymised_at is null
for no key update;

-- name: SetPicture :exec
update users
set picture = $2, updated_at = now()
where id = $1;

-- name: PictureOf :one
select picture
from users
where id = $1 and anonymised_at is null;
