-- name: ListSubscriptions :many
-- Newest organizations first, in the order of the primary key. An empty status or plan is any; drift is what the newest
-- comparison found, or an open task about it.
select s.tenant_id, s.id, t.name as organization, s.stripe_subscription_id, s.status, s.is_current, coalesce(c.plan, '') as plan, s.quantity,
    coalesce(c.monthly_amount, 0)::bigint as monthly_amount, coalesce(c.currency, '') as currency, s.current_period_end, s.updated_at,
    coalesce(d.what, '')::text as drift, (o.id is not null)::boolean as override
from subscriptions s
join tenants t on t.id = s.tenant_id
left join lateral (
    select x.plan, x.monthly_amount, x.currency
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
left join lateral (
    select f.what
    from billing_drifts f
    where f.stripe_subscription_id = s.stripe_subscription_id and f.sync_id = (select max(r.id::text)::uuid from billing_syncs r)
    union all
    select b.detail
    from billing_tasks b
    where b.kind = 'drift' and b.object_id = s.stripe_subscription_id and b.closed_at is null
    limit 1
) d on true
left join plan_overrides o on o.tenant_id = s.tenant_id and o.ended_at is null and (o.until_at is null or o.until_at > now())
where (s.tenant_id, s.id) < ($1::uuid, $2::uuid)
  and ($3::text = '' or s.status = $3)
  and ($4::text = '' or c.plan = $4)
  and (not $5::boolean or d.what is not null)
  and (not $6::boolean or o.id is not null)
order by s.tenant_id desc, s.id desc
limit $7;

-- name: CountSubscriptions :many
-- every organization: the list of subscriptions shows how many there are in each status
select status, count(*)
from subscriptions
group by status
order by status;

-- name: LastSyncs :many
select s.started_at, s.finished_at, s.looked_at, count(d.stripe_subscription_id) as differed
from billing_syncs s
left join billing_drifts d on d.sync_id = s.id
group by s.id
order by s.started_at desc, s.id desc
limit $1;

-- name: SubscriptionMore :one
select s.tenant_id, t.name as organization, s.stripe_customer_id, s.stripe_price_id, s.unit_amount, s.billing_interval, s.current_period_start,
    s.cancel_at, s.canceled_at, s.stripe_schedule_id, s.pending_stripe_price_id, s.pending_at, s.pause_collection, s.dispute_state,
    s.unknown_since, s.livemode, s.created_at, k.due_at
from subscriptions s
join tenants t on t.id = s.tenant_id
left join subscription_checks k on k.stripe_subscription_id = s.stripe_subscription_id and k.tenant_id = s.tenant_id
where s.tenant_id = $1 and s.id = $2 and t.purging_at is null;

-- name: SubscriptionOfTenant :one
select s.id, s.stripe_subscription_id, s.is_current, s.status, s.access_status, coalesce(c.plan, '') as plan, s.quantity,
    coalesce(c.monthly_amount, 0)::bigint as monthly_amount, coalesce(c.currency, '') as currency,
    s.current_period_end, s.trial_end, s.past_due_since, s.cancel_at_period_end, s.ended_at, s.ticket, s.applied, s.updated_at
from subscriptions s
left join lateral (
    select x.plan, x.monthly_amount, x.currency
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where s.tenant_id = $1 and s.id = $2;

-- name: SubscriptionChanges :many
select at, plan, stripe_price_id, quantity, monthly_amount, currency
from subscription_changes
where tenant_id = $1 and subscription_id = $2
order by at desc, id desc
limit $3;

-- name: SubscriptionInvoices :many
select i.id, i.stripe_invoice_id, i.number, i.status, i.currency, i.total, i.amount_due, i.amount_paid, i.issued_at
from invoices i
join subscriptions s on s.tenant_id = i.tenant_id and s.stripe_subscription_id = i.subscription_id
where i.tenant_id = $1 and s.tenant_id = $1 and s.id = $2
order by i.issued_at desc, i.id desc
limit $3;

-- name: SubscriptionWebhooks :many
-- The newest events of its customer.
select e.id, e.type, e.state, e.note, e.received_at, e.customer_id, b.tenant_id, coalesce(t.name, '') as organization
from subscriptions s
join stripe_events e on e.customer_id = s.stripe_customer_id
left join billing_customers b on b.stripe_customer_id = e.customer_id
left join tenants t on t.id = b.tenant_id
where s.tenant_id = $1 and s.id = $2
order by e.received_at desc, e.id desc
limit $3;

-- name: SubscriptionDrifts :many
select d.found_at, d.what
from billing_drifts d
join subscriptions s on s.tenant_id = d.tenant_id and s.stripe_subscription_id = d.stripe_subscription_id
where d.tenant_id = $1 and s.tenant_id = $1 and s.id = $2
order by d.found_at desc
limit $3;
