-- name: ExportUser :one
select jsonb_build_object(
    'id', id, 'email', email, 'name', name, 'time_zone', time_zone, 'picture', picture, 'has_password', password_hash is not null,
    'password_changed_at', password_changed_at, 'email_verified_at', email_verified_at, 'terms_version', terms_version,
    'terms_accepted_at', terms_accepted_at, 'staff_since', staff_since, 'staff_role', staff_role, 'created_at', created_at
)::jsonb as doc
from users
where id = $1 and anonymised_at is null;
