-- name: ListStatuses :many
select st.slug, st.name, st.kind, st.ticket_limit
from projects p
join statuses st on st.tenant_id = p.tenant_id and st.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and st.deleted_at is null
order by st.position, st.slug;

-- name: TakeStatus :one
-- every project: the ticket or the counter of the project was locked through visible_to in the same transaction
-- Without a slug it is the one that new tickets get: the first that is to do, or the first of all. Shared, so that it is
-- not taken away before the ticket has it.
select
    st.slug, st.name, st.kind,
    coalesce((
        select t.rank
        from tickets t
        where t.tenant_id = $1 and t.project_id = $2 and t.status = st.slug and t.deleted_at is null
        order by t.rank, t.number desc
        limit 1
    ), '')::text as top,
    coalesce(b.name, '')::text as before_name, coalesce(b.kind, '')::text as before_kind
from statuses st
left join statuses b on b.tenant_id = st.tenant_id and b.project_id = st.project_id and b.slug = @before
where st.tenant_id = $1
  and st.project_id = $2
  and (@slug::text = '' or st.slug = @slug)
  and st.deleted_at is null
order by st.kind <> 'todo', st.position, st.slug
limit 1
for share of st;

-- name: AddStatus :exec
-- every project: the project was made or locked through visible_to in the same transaction
insert into statuses (tenant_id, project_id, slug, name, kind, position, ticket_limit)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: MakeStatus :one
-- every project: the project was locked through visible_to in the same transaction
-- One of that name is found, as the database compares names.
insert into statuses (tenant_id, project_id, slug, name, kind, position)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant_id, project_id, lower(name)) where deleted_at is null do update
set name = statuses.name
returning slug;

-- name: StatusSettings :many
-- The statuses of a project with their kept counts.
select st.slug, st.name, st.kind, st.ticket_limit, coalesce(c.tickets, 0)::integer as tickets
from projects p
join statuses st on st.tenant_id = p.tenant_id and st.project_id = p.id
left join ticket_counts c on c.tenant_id = st.tenant_id and c.project_id = st.project_id and c.status = st.slug
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and st.deleted_at is null
order by st.position, st.slug;

-- name: StatusesNow :many
-- every project: the project was locked through visible_to in the same transaction
-- Those that were taken away too: their slugs are not given again.
select st.slug, st.name, st.kind, st.ticket_limit, (st.deleted_at is not null)::boolean as removed
from statuses st
where st.tenant_id = $1 and st.project_id = $2
order by st.position, st.slug;

-- name: UpdateStatus :exec
-- every project: the project was locked through visible_to in the same transaction
update statuses
set name = $4, kind = $5, ticket_limit = $6
where tenant_id = $1 and project_id = $2 and slug = $3;

-- name: PlaceStatus :exec
-- every project: the project was locked through visible_to in the same transaction
update statuses
set position = $4
where tenant_id = $1 and project_id = $2 and slug = $3 and position <> $4;

-- name: RemoveStatus :exec
-- every project: the project was locked through visible_to in the same transaction
update statuses
set deleted_at = now(), moves_to = @moves_to::text
where tenant_id = $1 and project_id = $2 and slug = $3;

-- name: HasTickets :one
-- every project: the project was locked through visible_to in the same transaction
-- Whether any ticket has a status, one that was deleted too.
select (
    exists (select from tickets t where t.tenant_id = $1 and t.project_id = $2 and t.status = $3 and t.deleted_at is null)
    or exists (select from tickets t where t.tenant_id = $1 and t.project_id = $2 and t.status = $3 and t.deleted_at is not null)
)::boolean;

-- name: StandsForStatus :one
-- every project: follows what was decided of a project that was seen then
-- What the tickets of a status that was taken away get, however often that happened.
with recursive way as (
    select s.slug, s.kind, s.moves_to, 0 as steps
    from statuses s
    where s.tenant_id = $1 and s.project_id = $2 and s.slug = $3
    union all
    select n.slug, n.kind, n.moves_to, w.steps + 1
    from way w
    join statuses n on n.tenant_id = $1 and n.project_id = $2 and n.slug = w.moves_to
    where w.steps < 100
)
select w.slug, w.kind
from way w
where w.moves_to is null;

-- name: TakeFollowers :many
-- every project: follows what was decided of a project that was seen then
-- Tickets that still have a status that was taken away.
select t.id, t.closed_at, (t.deleted_at is not null)::boolean as deleted
from tickets t
where t.tenant_id = $1
  and t.status = $3
  and t.id = any(array(
      (select a.id from tickets a where a.tenant_id = $1 and a.project_id = $2 and a.status = $3 and a.deleted_at is null limit $4)
      union all
      (select d.id from tickets d where d.tenant_id = $1 and d.project_id = $2 and d.status = $3 and d.deleted_at is not null limit $4)
  ))
order by t.id
for no key update;

-- name: FollowStatus :exec
-- every project: follows what was decided of a project that was seen then
update tickets
set
    status = @status, closed_at = case when @closed::boolean then coalesce(closed_at, @now::timestamptz) end, updated_at = @now::timestamptz,
    started_at = coalesce(started_at, case when @started::boolean then @now::timestamptz end)
where tenant_id = $1 and id = any(@ids::uuid[]);
