-- name: TakeNumbers :one
-- every project: the import was locked through visible_to in the same transaction
-- The lock on the counter's row lasts to the end of the transaction. Tickets that bring their numbers along take none.
update ticket_counters c
set last_number = greatest(c.last_number + @more::integer, @least::integer)
where c.tenant_id = $1 and c.project_id = $2
returning c.last_number;

-- name: BottomsOfLanes :many
-- every project: the import was locked through visible_to in the same transaction
select st.slug, coalesce((
    select t.rank
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.status = st.slug and t.deleted_at is null
    order by t.rank desc, t.number
    limit 1
), '')::text as bottom
from statuses st
where st.tenant_id = $1 and st.project_id = $2;

-- name: ImportPeople :many
-- Who may see the project, with their addresses: the same rule as visible_to, turned round. The project is looked up once,
-- not for each member.
with p as materialized (
    select o.id, o.visibility
    from projects o
    where o.tenant_id = $1
      and o.id in (select v.project_id from visible_to($1, $2) v)
      and o.key = $3
      and o.deleted_at is null
)
select m.user_id, u.name, u.email
from p
join memberships m on m.tenant_id = $1 and m.left_at is null
join users u on u.id = m.user_id
where m.role in ('owner', 'admin')
  or (m.role = 'member' and p.visibility = 'organization')
  or exists (
      select
      from project_members pm
      where pm.tenant_id = $1 and pm.project_id = p.id and pm.user_id = m.user_id and pm.added_at >= m.joined_at
  )
order by u.name, m.user_id
limit 5000;

-- name: PlanAnew :exec
-- For this transaction. A session keeps the plan of what checks a foreign key: one that was made when there were few tickets
-- walks over all of them for each of many that come in.
set local plan_cache_mode = force_custom_plan;

-- name: SetParents :execrows
-- every project: the import was locked through visible_to in the same transaction
-- Both have to be there: a row that was not taken is nobody's parent. A parent that somebody chose meanwhile stays. Each
-- ticket is looked up by its key: as there are few statistics of what just came, a plan would walk over the whole project for
-- each of them, had it an index for that.
update tickets t
set parent_id = x.parent
from (select unnest(@ids::uuid[]) as id, unnest(@parents::uuid[]) as parent) x
where t.tenant_id = $1
  and (t.project_id = $2) is true
  and t.id = x.id
  and t.parent_id is null
  and exists (
      select
      from tickets o
      where o.tenant_id = $1 and (o.project_id = $2) is true and o.id = x.parent and o.deleted_at is null
  );

-- name: BringLinks :exec
-- every project: the import was locked through visible_to in the same transaction
insert into ticket_links (tenant_id, blocker_id, blocked_id, created_by, created_at)
select a.tenant_id, a.id, b.id, @created_by::uuid, @now::timestamptz
from (select unnest(@blockers::uuid[]) as blocker, unnest(@blocked::uuid[]) as blocked) x
join tickets a on a.tenant_id = $1 and a.id = x.blocker
join tickets b on b.tenant_id = $1 and b.id = x.blocked
on conflict do nothing;

-- name: UntieCircles :execrows
-- every project: the import was locked through visible_to in the same transaction
-- Takes parents away that were set just now and put tickets below themselves, together with what people tied: one on each way from
-- a ticket that people have worked on back to it. Each step is looked up by its key, as there are few statistics of what just came.
with recursive touched as materialized (
    select t.id, t.parent_id
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.updated_at > @since::timestamptz and t.deleted_at is null
    order by t.updated_at desc, t.number desc
    limit 10000
), up as (
    select d.id as start, d.parent_id as at, 1 as far
    from touched d
    where d.id between @low::uuid and @high::uuid and d.parent_id is not null
    union all
    select u.start, o.parent_id, u.far + 1
    from up u
    cross join lateral (
        select x.parent_id
        from tickets x
        where x.tenant_id = $1 and x.id = u.at and x.parent_id is not null
        limit 1
    ) o
    where u.at <> u.start and u.far < 100
)
update tickets t
set parent_id = null
where t.tenant_id = $1 and t.id in (
    select distinct on (u.start) u.at
    from up u
    join up e on e.start = u.start and e.at = e.start
    join (select unnest(@ids::uuid[]) as id, unnest(@parents::uuid[]) as parent) n on n.id = u.at
    join tickets x on x.tenant_id = $1 and x.id = n.id and x.parent_id = n.parent
    order by u.start, u.at desc
);

-- name: UnlinkCircles :execrows
-- every project: the import was locked through visible_to in the same transaction
-- UntieCircles for tickets that wait for one another.
with recursive changed as materialized (
    select t.id
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.updated_at > @since::timestamptz and t.deleted_at is null
    order by t.updated_at desc, t.number desc
    limit 10000
), touched as (
    select d.id
    from changed d
    where d.id between @low::uuid and @high::uuid
), ahead as (
    select d.id as start, d.id as at
    from touched d
    union
    select a.start, l.blocked_id
    from ahead a
    cross join lateral (
        select x.blocked_id
        from ticket_links x
        where x.tenant_id = $1 and x.blocker_id = a.at
        limit 200
    ) l
), behind as (
    select d.id as start, d.id as at
    from touched d
    union
    select b.start, l.blocker_id
    from behind b
    cross join lateral (
        select x.blocker_id
        from ticket_links x
        where x.tenant_id = $1 and x.blocked_id = b.at
        limit 200
    ) l
)
delete from ticket_links k
where k.tenant_id = $1 and k.created_at = @since::timestamptz and (k.blocker_id, k.blocked_id) in (
    select distinct on (f.start) n.blocker, n.blocked
    from (select unnest(@blockers::uuid[]) as blocker, unnest(@blocked::uuid[]) as blocked) n
    join (select a.start, a.at from ahead a limit 10000) f on f.at = n.blocker
    join (select b.start, b.at from behind b limit 10000) g on g.at = n.blocked and g.start = f.start
    join ticket_links x on x.tenant_id = $1 and x.blocker_id = n.blocker and x.blocked_id = n.blocked and x.created_at = @since::timestamptz
    order by f.start, n.blocker desc, n.blocked
);

-- name: TouchedBetween :one
-- every project: the import was locked through visible_to in the same transaction
-- Whether people have worked on tickets of an import since, or on so many others that it may be. In the order of the list by
-- change, or all that just came would be read, of which there are few statistics.
select coalesce(bool_or(x.id between @low::uuid and @high::uuid) or count(*) = 1000, false)::boolean as touched
from (
    select t.id
    from tickets t
    where t.tenant_id = $1 and t.project_id = $2 and t.updated_at > @since::timestamptz and t.deleted_at is null
    order by t.updated_at desc, t.number desc
    limit 1000
) x;

-- name: HoldTickets :exec
-- every project: the import was locked through visible_to in the same transaction
select t.id
from tickets t
where t.tenant_id = $1 and t.id = any(@ids::uuid[])
order by t.id
for no key update;

-- name: StayBetween :many
-- every project: the import was read through visible_to before
-- Tickets of an import that stay when it is taken back: one that was changed, moved, commented on (also when that was taken
-- back), tied or given a file, and all that stands above it, or above one that is not of the import. Of some of its rows, and
-- whatever stands above them.
with recursive touched as (
    select b.id
    from tickets b
    where b.tenant_id = $1 and b.id between @first::uuid and @last::uuid and (b.project_id <> $2 or b.updated_at > @since::timestamptz)
    union
    select c.ticket_id from comments c where c.tenant_id = $1 and c.ticket_id between @first::uuid and @last::uuid
    union
    select a.ticket_id from attachments a where a.tenant_id = $1 and a.ticket_id between @first::uuid and @last::uuid and a.deleted_at is null
    union
    select k.blocker_id from ticket_links k where k.tenant_id = $1 and k.blocker_id between @first::uuid and @last::uuid
    union
    select k.blocked_id from ticket_links k where k.tenant_id = $1 and k.blocked_id between @first::uuid and @last::uuid
    union
    select o.parent_id
    from tickets o
    where o.tenant_id = $1 and o.parent_id between @first::uuid and @last::uuid and o.deleted_at is null and o.id not between @low::uuid and @high::uuid
), stays as (
    select t.id, t.parent_id
    from touched x
    join tickets t on t.tenant_id = $1 and t.id = x.id and t.deleted_at is null
    union
    select o.id, o.parent_id
    from stays y
    join tickets o on o.tenant_id = $1 and o.id = y.parent_id
    where o.id between @low::uuid and @high::uuid and o.deleted_at is null
)
select y.id
from stays y;

-- name: LockUntouched :many
-- every project: the import was locked through visible_to in the same transaction
-- Tickets of an import behind one of them that nobody has worked on, nor on what stands right below them. Whatever stands
-- above others that stay is told by StayBetween.
select t.id, t.status, t.created_at, t.closed_at
from tickets t
where t.tenant_id = $1
  and t.project_id = $2
  and t.id > @after::uuid
  and t.id <= @high::uuid
  and t.deleted_at is null
  and t.updated_at <= @since::timestamptz
  and not exists (select from comments c where c.tenant_id = t.tenant_id and c.ticket_id = t.id)
  and not exists (select from attachments a where a.tenant_id = t.tenant_id and a.ticket_id = t.id and a.deleted_at is null)
  and not exists (select from ticket_links k where k.tenant_id = t.tenant_id and k.blocker_id = t.id)
  and not exists (select from ticket_links k where k.tenant_id = t.tenant_id and k.blocked_id = t.id)
  and not exists (
      select
      from tickets o
      where o.tenant_id = t.tenant_id
        and o.parent_id = t.id
        and o.deleted_at is null
        and (o.updated_at > @since::timestamptz or o.id not between @low::uuid and @high::uuid)
  )
order by t.id
limit $3
for no key update of t;

-- name: ThrowAway :exec
-- every project: the tickets were locked in the same transaction
update tickets
set deleted_at = @now::timestamptz, deleted_by = @by::uuid, purge_at = @purge_at::timestamptz
where tenant_id = $1 and id = any(@ids::uuid[]);

-- name: CountBetween :one
-- every project: of an import that was locked through visible_to, wherever its tickets were moved since
select count(*)
from tickets t
where t.tenant_id = $1 and t.id between @low::uuid and @high::uuid and t.deleted_at is null;

-- name: BroughtIn :one
-- The import that a ticket came with, told by its id; what people write is younger than the import that it looks like. Its
-- comments came with the same one.
select i.id, i.name, i.kind, i.created_at, i.user_id, u.name as person
from tickets t
join imports i
    on i.tenant_id = t.tenant_id
    and i.id between (left(t.id::text, 28) || '00000000')::uuid and (left(t.id::text, 28) || 'ffffffff')::uuid
    and i.created_at >= t.created_at
join users u on u.id = i.user_id
where t.tenant_id = $1 and t.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
order by i.created_at
limit 1;
