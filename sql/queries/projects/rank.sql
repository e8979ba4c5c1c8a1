-- name: PlaceInLane :one
-- every project: the ticket that moves was locked through visible_to in the same transaction
-- The ticket with a number, if it stands in the lane.
select t.rank, t.number
from tickets t
where t.tenant_id = $1
  and t.id = (select i.id from tickets i where i.tenant_id = $1 and i.project_id = $2 and i.number = $4)
  and t.status = $3
  and t.deleted_at is null;

-- name: TopOfLane :one
-- every project: the ticket that moves was locked through visible_to in the same transaction
select t.rank
from tickets t
where t.tenant_id = $1 and t.project_id = $2 and t.status = $3 and t.deleted_at is null and t.number <> @moved
order by t.rank, t.number desc
limit 1;

-- name: RankAbove :one
-- every project: the ticket that moves was locked through visible_to in the same transaction
select t.rank
from tickets t
where t.tenant_id = $1
  and t.project_id = $2
  and t.status = $3
  and t.deleted_at is null
  and t.number <> @moved
  and t.rank <= @rank
  and (t.rank < @rank or t.number > @number)
order by t.rank desc, t.number
limit 1;

-- name: RankBelow :one
-- every project: the ticket that moves was locked through visible_to in the same transaction
select t.rank
from tickets t
where t.tenant_id = $1
  and t.project_id = $2
  and t.status = $3
  and t.deleted_at is null
  and t.number <> @moved
  and t.rank >= @rank
  and (t.rank > @rank or t.number < @number)
order by t.rank, t.number desc
limit 1;

-- name: LaneAbove :many
-- every project: the lane was found through visible_to in the same transaction
-- The nearest tickets down to a place, the lowest first.
select t.id, t.rank
from tickets t
where t.tenant_id = $1 and t.project_id = $2 and t.status = $3 and t.deleted_at is null and t.rank <= @rank
order by t.rank desc, t.number
limit $4;

-- name: LaneBelow :many
-- every project: the lane was found through visible_to in the same transaction
select t.id, t.rank
from tickets t
where t.tenant_id = $1 and t.project_id = $2 and t.status = $3 and t.deleted_at is null and t.rank > @rank
order by t.rank, t.number desc
limit $4;

-- name: SetRanks :exec
-- every project: the lane was found through visible_to in the same transaction
update tickets t
set rank = x.rank
from (select unnest(@ids::uuid[]) as id, unnest(@ranks::text[]) as rank) x
where t.tenant_id = $1 and t.id = x.id;

-- name: SetTicketRank :exec
update tickets
set rank = $4
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and id = $3;
