-- name: StubSubscription :exec
-- A row to take tickets from, before anything is known. It has no status, so nothing follows from it.
insert into subscriptions (tenant_id, id, stripe_subscription_id, stripe_customer_id, status, access_status, livemode)
values ($1, $2, $3, $4, '', '', $5)
on conflict (tenant_id, stripe_subscription_id) do nothing;

-- name: TakeTicket :one
update subscriptions
set ticket = ticket + 1
where tenant_id = $1 and stripe_subscription_id = $2
returning id, ticket;

-- name: SubscriptionForUpdate :one
select id, status, access_status, unknown_since, past_due_since, applied, is_current
from subscriptions
where tenant_id = $1 and stripe_subscription_id = $2
for update;

-- name: WriteSubscription :execrows
-- Older fetches cannot overwrite newer ones, and what has ended stays ended.
update subscriptions
set stripe_customer_id = $3,
    status = $4,
    access_status = $5,
    unknown_since = $6,
    stripe_price_id = $7,
    quantity = $8,
    unit_amount = $9,
    currency = $10,
    billing_interval = $11,
    current_period_start = $12,
    current_period_end = $13,
    cancel_at_period_end = $14,
    cancel_at = $15,
    canceled_at = $16,
    ended_at = $17,
    trial_end = $18,
    stripe_schedule_id = $19,
    pending_stripe_price_id = $20,
    pending_at = $21,
    pause_collection = $22,
    past_due_since = $23,
    livemode = $24,
    pending_plan = $25,
    pending_interval = $26,
    card_brand = $27,
    card_last4 = $28,
    card_expires = $29,
    discount_name = $30,
    discount_percent = $31,
    discount_amount = $32,
    discount_until = $33,
    applied = sqlc.arg(ticket)::bigint,
    updated_at = sqlc.arg(now)::timestamptz
where tenant_id = $1 and stripe_subscription_id = $2
  and applied < sqlc.arg(ticket)::bigint
  and (status not in ('canceled', 'incomplete_expired') or $4 in ('canceled', 'incomplete_expired'));

-- name: SetDispute :exec
update subscriptions
set dispute_state = $3
where tenant_id = $1 and id = $2;

-- name: SubscriptionStates :many
select id, stripe_subscription_id, status, is_current
from subscriptions
where tenant_id = $1 and status <> ''
order by id;

-- name: ClearCurrent :exec
update subscriptions
set is_current = false
where tenant_id = $1 and is_current and id <> $2;

-- name: SetCurrent :exec
update subscriptions
set is_current = true
where tenant_id = $1 and id = $2 and not is_current;

-- name: LastChange :one
select at, plan, stripe_price_id, quantity, monthly_amount, currency
from subscription_changes
where tenant_id = $1 and subscription_id = $2
order by at desc, id desc
limit 1;

-- name: AddChange :exec
insert into subscription_changes (tenant_id, id, subscription_id, plan, stripe_price_id, quantity, monthly_amount, currency, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: CurrentSubscription :one
select s.id, s.stripe_subscription_id, s.stripe_customer_id, s.status, s.stripe_price_id, s.quantity, s.unit_amount, s.currency,
    s.billing_interval, s.current_period_end, s.cancel_at_period_end, s.cancel_at, s.trial_end, s.stripe_schedule_id,
    s.pending_stripe_price_id, s.pending_at, s.past_due_since, s.updated_at, coalesce(c.plan, '') as plan,
    s.pending_plan, s.pending_interval, s.card_brand, s.card_last4, s.card_expires,
    s.discount_name, s.discount_percent, s.discount_amount, s.discount_until, s.current_period_start
from subscriptions s
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where s.tenant_id = $1 and s.is_current;

-- name: SubscriptionState :one
select id, status, quantity, stripe_price_id, current_period_end, cancel_at_period_end, cancel_at, trial_end, is_current,
    ended_at, pause_collection, stripe_schedule_id, pending_stripe_price_id, pending_at, pending_interval,
    card_brand, card_last4, card_expires, discount_name, discount_percent, discount_amount, discount_until
from subscriptions
where tenant_id = $1 and stripe_subscription_id = $2;

-- name: SetCheck :exec
insert into subscription_checks (stripe_subscription_id, tenant_id, due_at)
values ($1, $2, $3)
on conflict (stripe_subscription_id) do update
set due_at = excluded.due_at;

-- name: DropCheck :exec
delete from subscription_checks
where stripe_subscription_id = $1;

-- name: DueChecks :many
-- Taking a check puts it off, so that a refetch that fails for long is not asked for again and again.
update subscription_checks
set due_at = sqlc.arg(again_at)::timestamptz
where due_at < sqlc.arg(now)::timestamptz
returning stripe_subscription_id, tenant_id;

-- name: AddEffect :execrows
insert into billing_effects (tenant_id, id)
values ($1, $2)
on conflict do nothing;

-- name: EffectKnown :one
select exists (
    select
    from billing_effects
    where tenant_id = $1 and id = any (sqlc.arg(ids)::text[])
);

-- name: RefundKnown :one
-- Whether as much of a charge, or more, is known to have gone back. The amount is the last part of the effect's id.
select exists (
    select
    from billing_effects
    where tenant_id = $1 and starts_with(id, 'refund::' || sqlc.arg(charge)::text || ':')
      and split_part(id, ':', 4)::bigint >= sqlc.arg(amount)::bigint
);

-- name: CustomerOfSubscription :one
select stripe_customer_id
from subscriptions
where tenant_id = $1 and stripe_subscription_id = $2;
