-- name: RequeueEvent :execrows
-- While an event waits, applied_at is when it was last tried or queued again.
update stripe_events
set state = 'queued', note = '', applied_at = now()
where id = $1;

-- name: RequeueEvents :many
-- Those that are parked, or that have waited for a quarter of an hour: the ones that were tried longest ago first, so that
-- those that fail for good do not hide the rest, then the oldest. An empty type is any. They are chosen once and for all:
-- as a plain subquery a plan may choose again for every row, skip what it changed itself, and so go beyond the limit.
with chosen as materialized (
    select x.id
    from stripe_events x
    where x.state = case when sqlc.arg(state)::text = 'parked' then 'parked' else 'queued' end
      and (sqlc.arg(state)::text = 'parked' or x.received_at < now() - interval '15 minutes')
      and (sqlc.arg(type)::text = '' or x.type = sqlc.arg(type))
      and (sqlc.arg(customer)::text = '' or x.customer_id = sqlc.arg(customer))
      and coalesce(x.applied_at, x.received_at) < sqlc.arg(before)::timestamptz
    order by x.applied_at nulls first, x.received_at, x.id
    limit sqlc.arg(most)
    for update skip locked
)

update stripe_events e
set state = 'queued', note = '', applied_at = now()
from chosen c
where e.id = c.id
returning e.id;

-- name: IgnoreParked :execrows
update stripe_events
set state = 'ignored', note = $2, applied_at = now()
where customer_id = $1 and state = 'parked';
