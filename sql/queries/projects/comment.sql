-- name: AddComment :execrows
-- every project: the ticket was locked through visible_to in the same transaction
-- No comment has an id that the comments of an import have.
insert into comments (tenant_id, id, ticket_id, author_id, body, created_at, updated_at)
select @tenant_id::uuid, @id::uuid, @ticket_id::uuid, @author_id::uuid, @body::text, @now::timestamptz, @now::timestamptz
where not exists (
    select
    from imports i
    where i.tenant_id = @tenant_id::uuid and i.id between @low::uuid and @high::uuid
)
on conflict (tenant_id, id) do nothing;

-- name: LockComment :one
select c.id, c.author_id, c.body, c.revision
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and c.ticket_id = $3
  and c.id = $4
  and c.deleted_at is null
for no key update of c;

-- name: EditComment :exec
-- every project: the comment was locked through visible_to in the same transaction
update comments
set body = $3, revision = revision + 1, edited_at = @now::timestamptz, updated_at = @now::timestamptz
where tenant_id = $1 and id = $2;

-- name: DeleteComment :exec
-- every project: the comment was locked through visible_to in the same transaction
update comments
set deleted_at = @now::timestamptz, updated_at = @now::timestamptz
where tenant_id = $1 and id = $2;

-- name: CommentByID :one
select c.id, c.author_id, u.name as author, c.body, c.created_at, c.edited_at, u.picture as author_picture,
    c.revision, c.deleted_at
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id and t.deleted_at is null
join users u on u.id = c.author_id
where c.tenant_id = $1
  and c.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
  and c.id = $5
  and c.deleted_at is null;

-- name: ListComments :many
-- The newest first; a page turns them round. Of one that was deleted only its place is left.
select c.id, c.author_id, u.name as author, c.body, c.created_at, c.edited_at, u.picture as author_picture, c.revision, c.deleted_at
from (
    select
        x.id, x.author_id, (case when x.deleted_at is null then x.body else '' end)::text as body, x.created_at, x.edited_at, x.revision,
        x.deleted_at
    from comments x
    where x.tenant_id = $1
      and x.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
      and (x.created_at, x.id) < ($5::timestamptz, $6::uuid)
    order by x.created_at desc, x.id desc
    limit $7
) c
join users u on u.id = c.author_id
order by c.created_at desc, c.id desc;

-- name: CommentPlace :one
-- Where a comment stands, and how many stand behind it, as far as a page counts them.
select c.created_at, (
    select count(*)
    from (
        select
        from comments x
        where x.tenant_id = $1 and x.ticket_id = c.ticket_id and (x.created_at, x.id) > (c.created_at, c.id)
        order by x.created_at, x.id
        limit @most
    ) n
)::integer as behind
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id and t.deleted_at is null
where c.tenant_id = $1
  and c.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
  and c.id = $5;

-- name: LockDeletedComment :one
select c.author_id, c.body, c.deleted_at
from comments c
join tickets t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
where c.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and c.ticket_id = $3
  and c.id = $4
for no key update of c;

-- name: RestoreComment :exec
-- every project: the comment was locked through visible_to in the same transaction
update comments
set deleted_at = null, updated_at = @now::timestamptz
where tenant_id = $1 and id = $2;
