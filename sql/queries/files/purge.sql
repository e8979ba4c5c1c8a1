-- name: TakeLoose :many
-- every project: nobody has them any more, or nobody ever had
-- They are marked as removed before their files are deleted, so that no form takes one up meanwhile; who dies on the way
-- finds them again.
with loose as materialized (
    select a.id, (a.arrived_at is not null and a.deleted_at is null)::boolean as counted
    from attachments a
    left join comments c on c.tenant_id = a.tenant_id and c.id = a.comment_id
    where a.tenant_id = sqlc.arg(tenant_id)
      and (
          a.deleted_at < sqlc.arg(before)::timestamptz
          or (a.arrived_at is null or a.draft_id is not null) and a.created_at < sqlc.arg(before)::timestamptz
          or c.deleted_at < sqlc.arg(before)::timestamptz
      )
    order by a.id
    limit sqlc.arg(most)
    for update of a skip locked
)

update attachments d
set deleted_at = sqlc.arg(before)::timestamptz - interval '1 second'
from loose l
where d.tenant_id = sqlc.arg(tenant_id) and d.id = l.id
returning d.id, d.key, d.size, l.counted;

-- name: DropAttachments :many
-- every project: nobody has them any more, or nobody ever had
delete from attachments
where tenant_id = $1 and id = any(@ids::uuid[])
returning size, (arrived_at is not null and deleted_at is null)::boolean as counted;

-- name: CountFiles :one
-- every project: the sum of all that an organization has
select count(*) as files, coalesce(sum(size), 0)::bigint as bytes
from attachments
where tenant_id = $1 and arrived_at is not null and deleted_at is null;

-- name: LockTotal :one
select files, bytes
from file_totals
where tenant_id = $1
for no key update;

-- name: SetTotal :exec
update file_totals
set files = $2, bytes = $3
where tenant_id = $1;

-- name: TenantsToTidy :many
select id
from tenants
where id > $1
order by id
limit $2;

-- name: PurgeAttachments :execrows
-- every project: the organization is erased
delete from attachments d
where d.tenant_id = $1 and d.id in (
    select x.id
    from attachments x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeFileTotals :execrows
delete from file_totals d
where d.tenant_id = $1 and d.tenant_id in (
    select x.tenant_id
    from file_totals x
    where x.tenant_id = $1
    limit $2
);

-- name: AttachmentsOfTickets :many
-- every project: their tickets are deleted for good
select id, key
from attachments
where tenant_id = $1 and ticket_id = any($2::uuid[])
order by id
limit $3;
