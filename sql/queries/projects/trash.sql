-- name: DeleteTicket :exec
update tickets
set deleted_at = @now::timestamptz, deleted_by = @person, purge_at = @purge_at::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, @person) v)
  and id = $2;

-- name: LockTrashed :one
-- A ticket in the trash that can still be brought back.
select t.id, t.project_id, t.number, t.title, t.body, t.status, t.rank, t.closed_at, t.created_at, t.author_id, p.archived_at, n.time_zone, p.key,
    p.created_by
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join tenants n on n.id = t.tenant_id
where t.tenant_id = $1
  and t.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
  and t.deleted_at is not null
  and t.purge_at > @now::timestamptz
for no key update of t;

-- name: RestoreTicket :exec
update tickets
set deleted_at = null, deleted_by = null, purge_at = null, status = $4, rank = $5, closed_at = sqlc.narg(closed_at), updated_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: GiveUpTicket :exec
update tickets
set purge_at = @now::timestamptz
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;

-- name: DeleteTickets :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets
set deleted_at = @now::timestamptz, deleted_by = @person, purge_at = @purge_at::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: LockTrashedTogether :many
-- What a person put into the trash at one moment, as far as it still lies there.
select t.id, t.number, t.title, t.status, t.rank, t.closed_at, t.created_at, n.time_zone
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join tenants n on n.id = t.tenant_id
where t.tenant_id = $1
  and t.project_id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and t.deleted_at = @at::timestamptz
  and t.deleted_by = $2
  and t.purge_at > @now::timestamptz
order by t.number
limit $4
for no key update of t;

-- name: RestoreTickets :exec
-- every project: the tickets were locked through visible_to in the same transaction
update tickets t
set
    deleted_at = null, deleted_by = null, purge_at = null, status = @status, rank = x.rank, updated_at = @now::timestamptz,
    closed_at = case when @closed::boolean then coalesce(t.closed_at, @now::timestamptz) end
from (select unnest(@ids::uuid[]) as id, unnest(@ranks::text[]) as rank) x
where t.tenant_id = $1 and t.id = x.id;

-- name: ListTrash :many
select
    t.id, p.key, t.number, t.title, st.name as status_name, st.kind as status_kind, t.deleted_at, t.purge_at, t.deleted_by,
    coalesce(u.name, '') as deleter, coalesce(u.picture, '') as deleter_picture
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
join statuses st on st.tenant_id = t.tenant_id and st.project_id = t.project_id and st.slug = t.status
left join users u on u.id = t.deleted_by
where t.tenant_id = $1
  and t.project_id = (
      select o.id
      from projects o
      where o.tenant_id = $1 and o.id in (select v.project_id from visible_to($1, $2) v) and o.key = $3 and o.deleted_at is null
  )
  and t.deleted_at is not null
  and t.purge_at > $4::timestamptz
  and (t.deleted_at, t.id) < ($5::timestamptz, $6::uuid)
order by t.deleted_at desc, t.id desc
limit $7;

-- name: Past :one
-- What a project has had: the last number that was given out, and whether something lies in its trash.
select c.last_number, exists (
    select
    from tickets t
    where t.tenant_id = $1 and t.project_id = p.id and t.deleted_at is not null and t.purge_at > $4::timestamptz
) as thrown
from projects p
join ticket_counters c on c.tenant_id = p.tenant_id and c.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null;

-- name: Elsewhere :one
-- What has become of a ticket that is not where it is looked for: it lies in the trash, or was moved to another project that
-- the person sees.
select
    t.title, t.deleted_at, t.purge_at, coalesce(u.name, '') as deleter,
    (case when t.project_id = p.id and t.number = $4 then '' else o.key end)::text as moved_key, t.number as moved_number
from projects p
cross join lateral (
    select x.id
    from tickets x
    where x.tenant_id = $1 and x.project_id = p.id and x.number = $4 and x.deleted_at is not null
    union all
    select m.ticket_id
    from ticket_moves m
    where m.tenant_id = $1 and m.project_id = p.id and m.number = $4
) f
join tickets t on t.tenant_id = $1 and t.id = f.id
join projects o on o.tenant_id = $1 and o.id = t.project_id
left join users u on u.id = t.deleted_by
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and o.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and (t.purge_at is null or t.purge_at > $5::timestamptz);

-- name: TrashDue :many
-- every project: their time is over, whoever saw them
select t.id
from tickets t
where t.tenant_id = $1 and t.deleted_at is not null and t.purge_at <= @now::timestamptz
order by t.id
limit $2;

-- name: OrphanTickets :exec
-- every project: their parents are deleted for good
update tickets
set parent_id = null
where tenant_id = $1 and parent_id = any(@ids::uuid[]);

-- name: PurgeTicketsReactions :exec
-- every project: their tickets are deleted for good
delete from reactions r
where r.tenant_id = $1 and r.comment_id in (select c.id from comments c where c.tenant_id = $1 and c.ticket_id = any(@ids::uuid[]));

-- name: PurgeTicketsMentions :exec
-- every project: their tickets are deleted for good
delete from mentions
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTicketsDocs :exec
-- every project: their tickets are deleted for good
delete from search_docs
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTicketsLinks :exec
-- every project: their tickets are deleted for good
delete from ticket_links
where tenant_id = $1 and (blocker_id = any(@ids::uuid[]) or blocked_id = any(@ids::uuid[]));

-- name: PurgeTicketsMoves :exec
-- every project: their tickets are deleted for good
delete from ticket_moves
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTicketsWatchers :exec
-- every project: their tickets are deleted for good
delete from ticket_watchers
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTicketsLabels :exec
-- every project: their tickets are deleted for good
delete from ticket_labels
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTicketsComments :exec
-- every project: their tickets are deleted for good
delete from comments
where tenant_id = $1 and ticket_id = any(@ids::uuid[]);

-- name: PurgeTrashed :execrows
-- every project: their time is over, whoever saw them
delete from tickets
where tenant_id = $1 and id = any(@ids::uuid[]) and deleted_at is not null and purge_at <= @now::timestamptz;
