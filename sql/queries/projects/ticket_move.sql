-- name: MoveTargets :many
-- Projects that a ticket can be moved to.
select p.key, p.name
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key <> $3
  and p.deleted_at is null
  and p.archived_at is null
order by lower(p.name), p.id
limit 500;

-- name: MappedStatus :one
-- every project: both projects were locked through visible_to in the same transaction
-- The status of another project that is most like one of this: of the same kind and name, of the kind, of the name, of the
-- same stage.
select st.slug
from statuses b
join statuses st on st.tenant_id = b.tenant_id and st.project_id = @target and st.deleted_at is null
where b.tenant_id = $1 and b.project_id = @source and b.slug = @slug
order by
    st.kind = b.kind and lower(st.name) = lower(b.name) desc,
    st.kind = b.kind desc,
    lower(st.name) = lower(b.name) desc,
    (st.kind in ('done', 'canceled')) = (b.kind in ('done', 'canceled')) desc,
    (st.kind in ('progress', 'review')) = (b.kind in ('progress', 'review')) desc,
    st.kind <> 'todo',
    st.position,
    st.slug
limit 1;

-- name: MappedLabels :many
-- every project: both projects were locked through visible_to in the same transaction
-- The labels of a ticket, and for each the one of the same name in another project. The nil id is none.
select l.id, l.name, coalesce((
    select x.id
    from labels x
    where x.tenant_id = $1 and x.project_id = @target and lower(x.name) = lower(l.name) and x.deleted_at is null
), '00000000-0000-0000-0000-000000000000')::uuid as target_id
from ticket_labels h
join labels l on l.tenant_id = h.tenant_id and l.id = h.label_id
where h.tenant_id = $1 and h.ticket_id = $2
order by lower(l.name);

-- name: MoveToProject :exec
update tickets
set project_id = @target, number = $4, status = $5, rank = $6, closed_at = sqlc.narg(closed_at), assignee_id = sqlc.narg(assignee_id)::uuid,
    updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: NoteMove :exec
-- every project: the ticket was locked through visible_to in the same transaction
insert into ticket_moves (tenant_id, project_id, number, ticket_id, moved_at)
values ($1, $2, $3, $4, @now::timestamptz);

-- name: MoveDocs :exec
-- every project: follows a ticket that the same transaction has moved
update search_docs
set project_id = $3
where tenant_id = $1 and ticket_id = $2;
