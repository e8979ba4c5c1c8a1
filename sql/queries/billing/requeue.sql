-- name: RequeueEvent :execrows
update stripe_events
set state = 'queued', note = '', applied_at = null
where id = $1;

-- name: RequeueEvents :many
-- The oldest first: those that are parked, or that have waited for a quarter of an hour. An empty type is any.
update stripe_events e
set state = 'queued', note = '', applied_at = null
where e.id in (
    select x.id
    from stripe_events x
    where x.state = case when sqlc.arg(state)::text = 'parked' then 'parked' else 'queued' end
      and (sqlc.arg(state)::text = 'parked' or x.received_at < now() - interval '15 minutes')
      and (sqlc.arg(type)::text = '' or x.type = sqlc.arg(type))
      and (sqlc.arg(customer)::text = '' or x.customer_id = sqlc.arg(customer))
    order by x.received_at
    limit sqlc.arg(most)
    for update skip locked
)
returning e.id;

-- name: IgnoreParked :execrows
update stripe_events
set state = 'ignored', note = $2, applied_at = now()
where customer_id = $1 and state = 'parked';
