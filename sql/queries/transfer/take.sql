-- name: TakeProject :one
select jsonb_build_object(
    'id', p.id, 'key', p.key, 'name', p.name, 'description', p.description, 'hue', p.hue, 'icon', p.icon, 'visibility', p.visibility, 'lead', p.lead_id,
    'created_by', p.created_by, 'created_at', p.created_at, 'archived_at', p.archived_at,
    'statuses', (
        select jsonb_agg(jsonb_build_object('slug', st.slug, 'name', st.name, 'kind', st.kind, 'limit', st.ticket_limit) order by st.position, st.slug)
        from statuses st
        where st.tenant_id = p.tenant_id and st.project_id = p.id
          and (st.deleted_at is null or exists (
              select from tickets x where x.tenant_id = p.tenant_id and x.project_id = p.id and x.status = st.slug and x.deleted_at is null
          ))
    ),
    'labels', (
        select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'hue', l.hue) order by lower(l.name), l.id), '[]')
        from labels l
        where l.tenant_id = p.tenant_id and l.project_id = p.id and l.deleted_at is null
    )
)::jsonb as doc
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.id = $3;

-- name: TakePeople :many
-- Everybody whom something in the project names, also who has left.
select u.id, jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)::jsonb as doc
from users u
where u.id > $4
  and u.id in (
      select t.author_id from tickets t where t.tenant_id = $1 and t.project_id = $3 and t.deleted_at is null
      union
      select t.assignee_id from tickets t where t.tenant_id = $1 and t.project_id = $3 and t.deleted_at is null
      union
      select c.author_id
      from comments c
      join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
      where c.tenant_id = $1 and t.project_id = $3 and c.deleted_at is null and t.deleted_at is null
      union
      select r.user_id
      from reactions r
      join comments c on c.tenant_id = r.tenant_id and c.id = r.comment_id
      join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
      where r.tenant_id = $1 and t.project_id = $3 and c.deleted_at is null and t.deleted_at is null
      union
      select w.user_id
      from ticket_watchers w
      join tickets t on t.tenant_id = w.tenant_id and t.id = w.ticket_id
      where w.tenant_id = $1 and t.project_id = $3 and t.deleted_at is null
      union
      select a.author_id
      from attachments a
      join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
      where a.tenant_id = $1 and t.project_id = $3 and a.deleted_at is null and t.deleted_at is null
      union
      select p.created_by from projects p where p.tenant_id = $1 and p.id = $3
      union
      select p.lead_id from projects p where p.tenant_id = $1 and p.id = $3
  )
  and $3::uuid in (select v.project_id from visible_to($1, $2) v)
order by u.id
limit $5;

-- name: TakeTickets :many
-- With what is tied to them inside the project: links and parents that lead out of it stay behind.
select t.id, jsonb_build_object(
    'id', t.id, 'number', t.number, 'title', t.title, 'body', t.body, 'status', t.status, 'priority', t.priority, 'assignee', t.assignee_id, 'author', t.author_id,
    'rank', t.rank, 'due', t.due_on, 'estimate', t.estimate, 'revision', t.revision, 'created_at', t.created_at, 'updated_at', t.updated_at, 'closed_at', t.closed_at,
    'started_at', t.started_at,
    'parent', (
        select x.id
        from tickets x
        where x.tenant_id = t.tenant_id and x.id = t.parent_id and x.project_id = t.project_id and x.deleted_at is null
    ),
    'labels', (
        select coalesce(jsonb_agg(l.id order by lower(l.name), l.id), '[]')
        from ticket_labels tl
        join labels l on l.tenant_id = tl.tenant_id and l.id = tl.label_id and l.deleted_at is null
        where tl.tenant_id = t.tenant_id and tl.ticket_id = t.id
    ),
    'blocks', (
        select coalesce(jsonb_agg(k.blocked_id order by k.blocked_id), '[]')
        from ticket_links k
        join tickets x on x.tenant_id = k.tenant_id and x.id = k.blocked_id and x.project_id = t.project_id and x.deleted_at is null
        where k.tenant_id = t.tenant_id and k.blocker_id = t.id
    ),
    'watchers', (
        select coalesce(jsonb_agg(jsonb_build_object('person', w.user_id, 'watching', w.watching, 'since', w.since) order by w.user_id), '[]')
        from ticket_watchers w
        where w.tenant_id = t.tenant_id and w.ticket_id = t.id
    )
)::jsonb as doc
from tickets t
where t.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and t.project_id = $3
  and t.id > $4
  and t.deleted_at is null
order by t.id
limit $5;

-- name: TakeComments :many
select c.id, jsonb_build_object(
    'id', c.id, 'ticket', c.ticket_id, 'author', c.author_id, 'body', c.body, 'revision', c.revision, 'created_at', c.created_at, 'updated_at', c.updated_at,
    'edited_at', c.edited_at,
    'reactions', (
        select coalesce(jsonb_agg(jsonb_build_object('kind', r.kind, 'person', r.user_id, 'at', r.created_at) order by r.kind, r.user_id), '[]')
        from reactions r
        where r.tenant_id = c.tenant_id and r.comment_id = c.id
    )
)::jsonb as doc
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id and t.deleted_at is null
where c.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and t.project_id = $3
  and c.id > $4
  and c.deleted_at is null
order by c.id
limit $5;

-- name: TakeAttachments :many
select a.id, jsonb_build_object(
    'id', a.id, 'ticket', a.ticket_id, 'comment', a.comment_id, 'author', a.author_id, 'name', a.name, 'type', a.content_type, 'bytes', a.size,
    'sha256', encode(a.sha256, 'hex'), 'created_at', a.created_at
)::jsonb as doc
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id and t.deleted_at is null
where a.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and t.project_id = $3
  and a.id > $4
  and a.arrived_at is not null
  and a.deleted_at is null
  and a.draft_id is null
  and not exists (
      select
      from comments c
      where c.tenant_id = a.tenant_id and c.id = a.comment_id and c.deleted_at is not null
  )
order by a.id
limit $5;

-- name: FilesOfProject :many
-- The files that a copy of the project has, of those that were there when it was made.
select a.id, a.name, a.key, a.size
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id and t.deleted_at is null
where a.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and t.project_id = (
      select e.project_id
      from project_exports e
      where e.tenant_id = $1 and e.id = $3 and e.user_id = $2
  )
  and a.id > $4
  and a.arrived_at <= $5::timestamptz
  and a.deleted_at is null
  and a.draft_id is null
  and not exists (
      select
      from comments c
      where c.tenant_id = a.tenant_id and c.id = a.comment_id and c.deleted_at is not null
  )
order by a.id
limit $6;
