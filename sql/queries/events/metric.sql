-- name: TakeMetricCursor :one
-- Up to where an organization is counted, held until the transaction ends. None is begun for a history that is erased.
insert into metric_cursors (tenant_id, seq)
select $1, 0
where exists (select from event_seals s where s.tenant_id = $1)
on conflict (tenant_id) do update
set seq = metric_cursors.seq
returning seq;

-- name: TakeAccountMetricCursor :one
insert into metric_cursors (tenant_id, seq)
select '00000000-0000-0000-0000-000000000000', 0
where exists (select from account_event_seals)
on conflict (tenant_id) do update
set seq = metric_cursors.seq
returning seq;

-- name: SetMetricCursor :exec
update metric_cursors
set seq = $2
where tenant_id = $1;

-- name: SealedSince :many
-- What is behind the cursor, in the order of its seals. The person is who did it, if they are or were a member.
select s.seq, coalesce(e.action, '') as action, coalesce(e.at, s.sealed_at) as at, coalesce(e.changes, '{}') as changes, m.user_id as person
from event_seals s
left join events e on e.tenant_id = s.tenant_id and e.id = s.event_id
left join memberships m on m.tenant_id = s.tenant_id and m.user_id = e.actor_id
where s.tenant_id = $1 and s.seq > $2
order by s.seq
limit $3;

-- name: SealedAccountsSince :many
select s.seq, coalesce(e.action, '') as action, coalesce(e.at, s.sealed_at) as at, coalesce(e.changes, '{}') as changes, null::uuid as person
from account_event_seals s
left join account_events e on e.id = s.event_id
where s.seq > $1
order by s.seq
limit $2;

-- name: ActiveBefore :many
-- Which of the people were counted as active on their day by what is up to the cursor.
select p.person, p.day
from (select unnest($2::uuid[]) as person, unnest($3::date[]) as day) p
where exists (
    select
    from events e
    join event_seals s on s.tenant_id = e.tenant_id and s.event_id = e.id
    where e.tenant_id = $1 and e.actor_id = p.person and s.seq <= $4
      and e.at >= p.day::timestamp at time zone 'UTC' and e.at < (p.day + 1)::timestamp at time zone 'UTC'
);

-- name: ActiveDays :many
-- On which of the days the organization is counted as active.
select day
from daily_metrics
where tenant_id = $1 and metric = 'active_organizations' and day = any($2::date[]);

-- name: AddMetric :exec
insert into daily_metrics (tenant_id, day, metric, count)
values ($1, $2, $3, $4)
on conflict (tenant_id, day, metric) do update
set count = daily_metrics.count + excluded.count;

-- name: AddTotal :exec
insert into daily_totals (day, metric, count)
values ($1, $2, $3)
on conflict (metric, day) do update
set count = daily_totals.count + excluded.count;

-- name: Totals :many
select day, metric, count
from daily_totals
where day >= $1 and metric = any($2::text[])
order by day, metric;

-- name: ChainsToCount :many
-- Each organization with a history, page by page.
select t.id
from tenants t
where t.id > $1 and t.purging_at is null
order by t.id
limit $2;

-- name: PurgeMetricCursor :execrows
-- All of one organization is one row.
delete from metric_cursors
where tenant_id = $1 and $2::integer > 0;

-- name: PurgeMetrics :execrows
delete from daily_metrics d
where d.tenant_id = $1 and (d.day, d.metric) in (
    select x.day, x.metric
    from daily_metrics x
    where x.tenant_id = $1
    limit $2
);
