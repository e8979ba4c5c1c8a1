-- name: ListLabels :many
select l.id, l.name, l.hue
from projects p
join labels l on l.tenant_id = p.tenant_id and l.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and l.deleted_at is null
order by lower(l.name), l.id
limit 200;

-- name: LabelSettings :many
-- The labels of a project, and on how many tickets they are: counting stops at $4.
select l.id, l.name, l.hue, n.tickets::integer as tickets
from projects p
join labels l on l.tenant_id = p.tenant_id and l.project_id = p.id
cross join lateral (
    select count(*) as tickets
    from (select from ticket_labels h where h.tenant_id = $1 and h.label_id = l.id limit $4) x
) n
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and l.deleted_at is null
order by lower(l.name), l.id
limit 200;

-- name: CreateLabel :execrows
-- every project: the project was locked through visible_to in the same transaction
insert into labels (tenant_id, id, project_id, name, hue)
values ($1, $2, $3, $4, $5)
on conflict (tenant_id, id) do nothing;

-- name: CountLabels :one
-- every project: the project was locked through visible_to in the same transaction
select count(*)
from labels l
where l.tenant_id = $1 and l.project_id = $2 and l.deleted_at is null;

-- name: LabelNow :one
-- every project: the project was locked through visible_to in the same transaction
select l.id, l.name, l.hue
from labels l
where l.tenant_id = $1 and l.project_id = $2 and l.id = $3 and l.deleted_at is null
for no key update;

-- name: UpdateLabel :exec
-- every project: the project was locked through visible_to in the same transaction
update labels
set name = $4, hue = $5
where tenant_id = $1 and project_id = $2 and id = $3;

-- name: RemoveLabel :exec
-- every project: the project was locked through visible_to in the same transaction
update labels
set deleted_at = now(), moves_to = sqlc.narg(moves_to)::uuid
where tenant_id = $1 and project_id = $2 and id = $3;

-- name: StandsForLabel :one
-- every project: follows what was decided of a project that was seen then
-- What the tickets of a label that was taken away get, however often that happened; none when it is nothing.
with recursive way as (
    select s.id, s.moves_to, s.deleted_at, 0 as steps
    from labels s
    where s.tenant_id = $1 and s.id = $2
    union all
    select n.id, n.moves_to, n.deleted_at, w.steps + 1
    from way w
    join labels n on n.tenant_id = $1 and n.id = w.moves_to
    where w.steps < 100
)
select w.id
from way w
where w.deleted_at is null;

-- name: TakeLabelled :many
-- every project: follows what was decided of a project that was seen then
select h.ticket_id
from ticket_labels h
where h.tenant_id = $1 and h.label_id = $2
order by h.number desc
limit $3
for update;

-- name: DropLabelled :exec
-- every project: follows what was decided of a project that was seen then
-- A label goes from tickets that get none for it, or have that one already.
delete from ticket_labels d
where d.tenant_id = $1
  and d.label_id = $2
  and d.ticket_id = any(@ids::uuid[])
  and (
      sqlc.narg(stands)::uuid is null
      or exists (select from ticket_labels h where h.tenant_id = $1 and h.label_id = sqlc.narg(stands)::uuid and h.ticket_id = d.ticket_id)
  );

-- name: FollowLabel :exec
-- every project: follows what was decided of a project that was seen then
update ticket_labels
set label_id = @stands::uuid
where tenant_id = $1 and label_id = $2 and ticket_id = any(@ids::uuid[]);
