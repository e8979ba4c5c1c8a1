-- name: ExportAttachments :many
-- The files a person attached, as far as they still see them.
select a.id, jsonb_build_object(
    'project', p.key, 'ticket', t.number, 'file', a.id, 'name', a.name, 'type', a.content_type, 'bytes', a.size, 'sha256', encode(a.sha256, 'hex'),
    'created_at', a.created_at
)::jsonb as doc
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where a.tenant_id = @tenant
  and a.author_id = @person
  and t.project_id in (select v.project_id from visible_to(@tenant, @person) v)
  and a.arrived_at is not null
  and a.deleted_at is null
  and a.draft_id is null
  and t.deleted_at is null
  and a.id > @after
order by a.id
limit @size;

-- name: ExportAllAttachments :many
-- every project: an owner takes all of the organization along
select a.id, jsonb_build_object(
    'project', p.key, 'ticket', t.number, 'file', a.id, 'name', a.name, 'type', a.content_type, 'bytes', a.size, 'sha256', encode(a.sha256, 'hex'),
    'author', u.name, 'author_id', a.author_id, 'created_at', a.created_at
)::jsonb as doc
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id and t.deleted_at is null
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id and p.deleted_at is null
join users u on u.id = a.author_id
where a.tenant_id = $1 and a.id > $2 and a.arrived_at is not null and a.deleted_at is null and a.draft_id is null
order by a.id
limit $3;

-- name: KeptAttachments :many
-- Where the files of ExportAttachments lie.
select a.id, p.key as project, t.number, a.name, a.key
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where a.tenant_id = @tenant
  and a.author_id = @person
  and t.project_id in (select v.project_id from visible_to(@tenant, @person) v)
  and a.arrived_at is not null
  and a.deleted_at is null
  and a.draft_id is null
  and t.deleted_at is null
  and a.id > @after
  and a.arrived_at <= @made::timestamptz
order by a.id
limit @size;

-- name: KeptAllAttachments :many
-- every project: an owner takes all of the organization along
select a.id, p.key as project, t.number, a.name, a.key
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id and t.deleted_at is null
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id and p.deleted_at is null
where a.tenant_id = @tenant
  and a.id > @after
  and a.arrived_at is not null
  and a.deleted_at is null
  and a.draft_id is null
  and a.arrived_at <= @made::timestamptz
order by a.id
limit @size;
