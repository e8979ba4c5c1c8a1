-- name: PurgeRead :execrows
-- What was read is kept for 90 days.
delete from notifications d
where d.tenant_id = $1 and d.id in (
    select x.id
    from notifications x
    where x.tenant_id = $1 and x.read_at < now() - interval '90 days'
    limit 5000
);

-- name: PurgeNotifications :execrows
delete from notifications d
where d.tenant_id = $1 and d.id in (
    select x.id
    from notifications x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeLevels :execrows
delete from notification_projects d
where d.tenant_id = $1 and (d.project_id, d.user_id) in (
    select x.project_id, x.user_id
    from notification_projects x
    where x.tenant_id = $1
    limit $2
);

-- name: ExportChoices :one
select coalesce(jsonb_object_agg(c.kind, c.way), '{}')::jsonb as doc
from notification_choices c
where c.user_id = $1;

-- name: EraseChoices :execrows
delete from notification_choices
where user_id = $1;

-- name: EraseNotifications :execrows
-- every organization: the person is erased in all of them
delete from notifications
where user_id = $1;

-- name: EraseLevels :execrows
-- every organization: the person is erased in all of them
delete from notification_projects
where user_id = $1;

-- name: PurgeOfTickets :exec
delete from notifications
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);
