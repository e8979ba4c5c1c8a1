-- name: Totals :one
select
    (select count(*) from users where anonymised_at is null) as users,
    (select count(*) from users where anonymised_at is null and created_at > now() - interval '30 days') as users_new,
    (select count(*) from tenants where deleted_at is null) as organizations,
    (select count(*) from tenants where deleted_at is null and created_at > now() - interval '30 days') as organizations_new,
    (select count(*) from billing_tasks where closed_at is null) as tasks;

-- name: SubscriptionTotals :one
-- every organization: the overview counts all subscriptions
select
    count(*) filter (where status = 'active') as active,
    count(*) filter (where status = 'past_due') as past_due,
    count(*) filter (where status = 'trialing') as trials,
    count(*) filter (where status = 'trialing' and trial_end < now() + interval '7 days') as trials_ending
from subscriptions
where is_current;

-- name: Revenue :many
-- What the paying current subscriptions bring in a month, by currency: the newest change of each says its amount.
select c.currency, sum(c.monthly_amount)::bigint as monthly_amount, count(*) as subscriptions
from subscriptions s
join lateral (
    select x.currency, x.monthly_amount
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where s.is_current and s.status in ('active', 'past_due')
group by c.currency
order by 2 desc
limit 10;

-- name: RevenueDays :many
-- By how much what subscriptions bring in a month went up or down on each day; what was before the first day is in it. A
-- subscription that goes over to another currency takes what it brought out of the old one.
with changes as (
    select
        c.at, c.currency, c.monthly_amount,
        lag(c.monthly_amount) over before as had, lag(c.currency) over before as had_currency
    from subscription_changes c
    where c.at <= $2::timestamptz
    window before as (partition by c.tenant_id, c.subscription_id order by c.at, c.id)
), steps as (
    select at, currency, monthly_amount as step
    from changes
    union all
    select at, had_currency, -had
    from changes
    where had_currency is not null
)
select greatest(date_trunc('day', at, 'UTC'), $1::timestamptz)::timestamptz as day, currency::text as currency, sum(step)::bigint as step
from steps
group by 1, 2
order by 1, 2;

-- name: OpenedOrganizations :many
select date_trunc('month', created_at, 'UTC')::timestamptz as month, count(*) as opened
from tenants
where created_at >= $1
group by 1
order by 1;

-- name: WebhookHours :many
select
    date_trunc('hour', received_at, 'UTC')::timestamptz as hour,
    count(*) filter (where state in ('applied', 'ignored')) as done,
    count(*) filter (where state in ('queued', 'parked')) as waiting
from stripe_events
where received_at >= $1
group by 1
order by 1;

-- name: WebhookHealth :one
select
    count(*) as applied,
    coalesce(percentile_disc(0.5) within group (order by extract(epoch from e.applied_at - e.received_at)), 0)::double precision as median_seconds,
    coalesce(percentile_disc(0.95) within group (order by extract(epoch from e.applied_at - e.received_at)), 0)::double precision as slow_seconds,
    (select count(*) from stripe_events p where p.state = 'parked') as parked,
    (select min(q.received_at) from stripe_events q where q.state = 'queued')::timestamptz as oldest_queued
from stripe_events e
where e.received_at >= $1 and e.applied_at is not null and e.state <> 'queued'; -- one that waits again was not applied
