-- name: ExportTickets :many
-- The tickets a person wrote, as far as they still see them.
select t.id, jsonb_build_object(
    'project', p.key, 'number', t.number, 'title', t.title, 'body', t.body, 'status', t.status, 'priority', t.priority,
    'created_at', t.created_at, 'updated_at', t.updated_at, 'closed_at', t.closed_at
)::jsonb as doc
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where t.tenant_id = @tenant
  and t.author_id = @person
  and t.project_id in (select v.project_id from visible_to(@tenant, @person) v)
  and t.deleted_at is null
  and t.id > @after
order by t.id
limit @size;

-- name: ExportComments :many
-- The comments a person wrote, as far as they still see them.
select c.id, jsonb_build_object(
    'project', p.key, 'ticket', t.number, 'body', c.body, 'created_at', c.created_at, 'edited_at', c.edited_at
)::jsonb as doc
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where c.tenant_id = @tenant
  and c.author_id = @person
  and t.project_id in (select v.project_id from visible_to(@tenant, @person) v)
  and c.deleted_at is null
  and t.deleted_at is null
  and c.id > @after
order by c.id
limit @size;

-- name: ExportAllProjects :many
-- every project: an owner takes all of the organization along
select p.id, jsonb_build_object(
    'key', p.key, 'name', p.name, 'description', p.description, 'colour', p.hue, 'visibility', p.visibility, 'created_at', p.created_at,
    'archived_at', p.archived_at, 'members', (
        select coalesce(jsonb_agg(u.name order by pm.added_at), '[]')
        from project_members pm
        join users u on u.id = pm.user_id
        where pm.tenant_id = p.tenant_id and pm.project_id = p.id
    )
)::jsonb as doc
from projects p
where p.tenant_id = $1 and p.id > $2 and p.deleted_at is null
order by p.id
limit $3;

-- name: ExportAllTickets :many
-- every project: an owner takes all of the organization along
select t.id, jsonb_build_object(
    'project', p.key, 'number', t.number, 'title', t.title, 'body', t.body, 'status', t.status, 'priority', t.priority, 'author', a.name,
    'author_id', t.author_id, 'assignee', s.name, 'assignee_id', t.assignee_id, 'created_at', t.created_at, 'updated_at', t.updated_at,
    'closed_at', t.closed_at
)::jsonb as doc
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id and p.deleted_at is null
join users a on a.id = t.author_id
left join users s on s.id = t.assignee_id
where t.tenant_id = $1 and t.id > $2 and t.deleted_at is null
order by t.id
limit $3;

-- name: ExportAllComments :many
-- every project: an owner takes all of the organization along
select c.id, jsonb_build_object(
    'project', p.key, 'ticket', t.number, 'body', c.body, 'author', a.name, 'author_id', c.author_id, 'created_at', c.created_at,
    'edited_at', c.edited_at
)::jsonb as doc
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id and t.deleted_at is null
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id and p.deleted_at is null
join users a on a.id = c.author_id
where c.tenant_id = $1 and c.id > $2 and c.deleted_at is null
order by c.id
limit $3;
