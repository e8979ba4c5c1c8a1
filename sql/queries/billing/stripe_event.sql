-- name: InsertStripeEvent :execrows
insert into stripe_events (id, type, created, livemode, api_version, account, object_id, customer_id, payload, state, note)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (id) do nothing;

-- name: StripeEvent :one
select id, type, created, payload, state
from stripe_events
where id = $1;

-- name: FinishStripeEvent :execrows
-- Only an event that waits is finished, so that a job that runs twice has its effects once.
update stripe_events
set state = $2, note = $3, applied_at = now()
where id = $1 and state = 'queued';

-- name: LockCustomer :exec
-- Parking an event and mapping its customer exclude each other: an event parked a moment after the replay would stay.
select pg_advisory_xact_lock(hashtextextended(sqlc.arg(customer_id)::text, 0));

-- name: UnparkStripeEvents :many
update stripe_events
set state = 'queued'
where customer_id = $1 and state = 'parked'
returning id;

-- name: UnparkMapped :many
update stripe_events e
set state = 'queued'
from billing_customers c
where e.state = 'parked' and c.stripe_customer_id = e.customer_id
returning e.id;

-- name: ExpireParked :execrows
update stripe_events
set state = 'ignored', note = 'no organization had this customer within 30 days'
where state = 'parked' and received_at < $1;

-- name: LateStripeEvents :many
-- Those that nobody has tried or queued again since either: one that is replayed has its job.
select id
from stripe_events
where state = 'queued' and received_at < $1 and coalesce(applied_at, received_at) < $1
order by received_at
limit 1000;

-- name: FirstFailure :one
-- When the payment of an invoice first failed, as far as events have told.
select min(created)::timestamptz
from stripe_events
where object_id = $1 and type in ('invoice.payment_failed', 'invoice.payment_action_required') and state <> 'ignored'
having count(*) > 0;

-- name: WaitingSince :one
-- Since when news of an organization's customer wait to be fetched from Stripe.
select e.received_at
from stripe_events e
join billing_customers c on c.stripe_customer_id = e.customer_id
where c.tenant_id = $1 and e.state = 'queued'
order by e.received_at
limit 1;

-- name: KnownStripeEvents :many
select id
from stripe_events
where id = any(sqlc.arg(ids)::text[]);
