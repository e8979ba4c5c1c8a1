-- name: ExportUser :one
select jsonb_build_object(
    'id', u.id, 'email', email, 'name', name, 'time_zone', time_zone, 'picture', picture, 'has_password', password_hash is not null,
    'password_changed_at', password_changed_at, 'email_verified_at', email_verified_at, 'terms_version', terms_version,
    'terms_accepted_at', terms_accepted_at, 'staff_since', staff_since, 'staff_role', staff_role, 'created_at', u.created_at,
    'suspended_at', suspended_at, 'suspended_reason', suspended_reason,
    'notes_of_staff', (select coalesce(jsonb_agg(jsonb_build_object('body', n.body, 'created_at', n.created_at) order by n.created_at), '[]') from staff_notes n where n.user_id = u.id)
)::jsonb as doc
from users u
where u.id = $1 and u.anonymised_at is null;
