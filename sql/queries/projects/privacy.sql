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
