-- name: BeginAttachment :execrows
-- every project: the ticket was locked through visible_to in the same transaction, or is not there yet
-- A file that did not arrive is begun anew by whoever began it.
insert into attachments (tenant_id, id, ticket_id, draft_id, author_id, name, key, created_at)
values ($1, $2, $3, $4, $5, $6, $7, @now::timestamptz)
on conflict (tenant_id, id) do update
set key = excluded.key, name = excluded.name, draft_id = excluded.draft_id, created_at = excluded.created_at
where attachments.arrived_at is null
  and attachments.ticket_id is not distinct from excluded.ticket_id
  and attachments.author_id = excluded.author_id;

-- name: ArriveAttachment :one
-- every project: the ticket was locked through visible_to in the same transaction
update attachments
set content_type = $4, size = $5, sha256 = $6, thumbnail = $7, arrived_at = @now::timestamptz
where tenant_id = $1 and id = $2 and key = $3 and arrived_at is null and deleted_at is null
returning ticket_id;

-- name: LockAttachment :one
-- every project: the ticket was locked through visible_to in the same transaction
select id, comment_id, draft_id, author_id, name, content_type, size, sha256, thumbnail, deleted_at
from attachments
where tenant_id = $1 and ticket_id = $2 and id = $3 and arrived_at is not null
for no key update;

-- name: LockAhead :one
-- every project: the author's own
-- A file of a ticket that is not there yet, or is there by now.
select id, comment_id, draft_id, author_id, name, content_type, size, sha256, thumbnail, deleted_at
from attachments
where tenant_id = $1
  and id = $2
  and author_id = $3
  and (ticket_id = sqlc.narg(draft)::uuid or ticket_id is null and draft_id = coalesce(sqlc.narg(draft)::uuid, draft_id))
  and arrived_at is not null
for no key update;

-- name: DraftAttachments :many
-- every project: the author's own
-- What the person sent for something that they have not said yet.
select
    a.id, a.comment_id, a.draft_id, a.author_id, a.name, a.content_type, a.size, a.thumbnail, a.width, a.height, a.created_at
from attachments a
where a.tenant_id = $1
  and a.author_id = $2
  and a.draft_id = $3
  and a.arrived_at is not null
  and a.deleted_at is null
order by a.created_at, a.id
limit 100;

-- name: CarryDrafts :exec
-- every project: the author's own
-- What was sent by one form becomes that of another, for the same ticket.
update attachments
set draft_id = @draft::uuid, created_at = greatest(created_at, @least::timestamptz)
where tenant_id = $1
  and author_id = $2
  and draft_id = @from_draft::uuid
  and ticket_id is not distinct from sqlc.narg(ticket)::uuid
  and deleted_at is null;

-- name: TieAhead :many
-- every project: the author's own, to the ticket that the same transaction made or locked
-- Also what is still on its way.
update attachments
set ticket_id = draft_id, draft_id = null
where tenant_id = $1
  and ticket_id is null
  and author_id = $2
  and draft_id = $3
  and deleted_at is null
returning name, (arrived_at is not null)::boolean as arrived;

-- name: TieDrafts :many
-- every project: the ticket was locked through visible_to in the same transaction
update attachments
set comment_id = draft_id, draft_id = null
where tenant_id = $1
  and ticket_id = $2
  and author_id = $3
  and draft_id = $4
  and arrived_at is not null
  and deleted_at is null
returning name;

-- name: RemoveAttachment :exec
-- every project: the attachment was locked in the same transaction
update attachments
set deleted_at = @now::timestamptz, deleted_by = @by::uuid
where tenant_id = $1 and id = $2;

-- name: RestoreAttachment :exec
-- every project: the attachment was locked in the same transaction
update attachments
set deleted_at = null, deleted_by = null
where tenant_id = $1 and id = $2;

-- name: AddToTotal :exec
insert into file_totals (tenant_id, files, bytes)
values ($1, $2, $3)
on conflict (tenant_id) do update
set files = file_totals.files + excluded.files, bytes = file_totals.bytes + excluded.bytes;

-- name: ListAttachments :many
-- What a ticket and its comments have, the oldest first, and what the person is about to say with a comment.
select
    a.id, a.comment_id, a.draft_id, a.author_id, a.name, a.content_type, a.size, a.thumbnail, a.width, a.height, a.created_at
from attachments a
where a.tenant_id = $1
  and a.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
  and a.arrived_at is not null
  and a.deleted_at is null
  and (a.draft_id is null or a.author_id = $2)
order by a.created_at, a.id
limit 500;

-- name: OpenAttachment :one
-- What is needed to send a file to somebody who may see it: not one of a ticket or comment that was deleted, nor what
-- somebody else is still writing about. One of a ticket that is not there yet is its sender's. With a key it is a file of
-- the ticket that is called so, else of any.
select a.id, a.name, a.content_type, a.size, a.sha256, a.key, a.thumbnail, a.created_at
from attachments a
left join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
where a.tenant_id = $1
  and (a.ticket_id is null and a.author_id = $2 or t.project_id in (select v.project_id from visible_to($1, $2) v))
  and a.id = $3
  and (@project::text = '' or a.ticket_id = (select k.ticket_id from ticket_at($1, $2, @project, @number) k))
  and t.deleted_at is null
  and a.arrived_at is not null
  and a.deleted_at is null
  and (a.draft_id is null or a.author_id = $2)
  and not exists (
      select
      from comments c
      where c.tenant_id = a.tenant_id and c.id = a.comment_id and c.deleted_at is not null
  );

-- name: AttachmentAt :one
-- Where it is, by its id alone, for a link that was signed for a person.
select p.key as project, t.number
from attachments a
join tickets t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join tenants n on n.id = a.tenant_id
where a.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and a.id = $3
  and n.deleted_at is null;

-- name: AttachmentToDraw :one
-- every project: a job makes the thumbnail, for whoever may see the file
select key, size
from attachments
where tenant_id = $1 and id = $2 and thumbnail = 'waiting' and arrived_at is not null and deleted_at is null;

-- name: SetThumbnail :exec
-- every project: a job makes the thumbnail, for whoever may see the file
update attachments
set thumbnail = $3, width = $4, height = $5
where tenant_id = $1 and id = $2;
