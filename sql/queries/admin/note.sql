-- name: UserNotes :many
select n.id, n.body, n.staff_id, coalesce(u.name, '') as staff, n.created_at
from staff_notes n
left join users u on u.id = n.staff_id
where n.user_id = $1
order by n.created_at desc, n.id desc
limit $2;

-- name: OrganizationNotes :many
select n.id, n.body, n.staff_id, coalesce(u.name, '') as staff, n.created_at
from staff_notes n
left join users u on u.id = n.staff_id
where n.tenant_id = $1
order by n.created_at desc, n.id desc
limit $2;
