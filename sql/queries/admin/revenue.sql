-- name: RevenueMonths :many
-- Each change moves what an organization brings in a month; the sum of a month's moves leads from what it brought at the
-- beginning to what it brings at the end, and that difference has one name. Organizations without a move are in no row.
-- A subscription that goes over to another currency takes what it brought out of the old one.
with changes as (
    select
        c.tenant_id, c.currency, c.monthly_amount, date_trunc('month', c.at, 'UTC') as month,
        lag(c.monthly_amount) over before as had, lag(c.currency) over before as had_currency
    from subscription_changes c
    where c.at <= sqlc.arg(until)::timestamptz
    window before as (partition by c.tenant_id, c.subscription_id order by c.at, c.id)
), steps as (
    select tenant_id, currency, month, monthly_amount as step
    from changes
    union all
    select tenant_id, had_currency, month, -had
    from changes
    where had_currency is not null
), moves as (
    select tenant_id, currency, month, sum(step)::bigint as move
    from steps
    group by tenant_id, currency, month
), standing as (
    select tenant_id, currency, month, move, (sum(move) over (partition by tenant_id, currency order by month))::bigint as brings
    from moves
), named as (
    select currency, month, brings - move as brought, brings,
        coalesce(max(brings) over (partition by tenant_id, currency order by month rows between unbounded preceding and 1 preceding), 0) > 0 as known
    from standing
)
select
    month::timestamptz as month,
    currency,
    coalesce(sum(brings) filter (where brought = 0 and not known), 0)::bigint as new,
    coalesce(sum(brings - brought) filter (where brought > 0 and brings > brought), 0)::bigint as expansion,
    coalesce(sum(brings) filter (where brought = 0 and known), 0)::bigint as reactivation,
    coalesce(sum(brought - brings) filter (where brings > 0 and brings < brought), 0)::bigint as contraction,
    coalesce(sum(brought) filter (where brought > 0 and brings = 0), 0)::bigint as churn,
    count(*) filter (where brought = 0 and brings > 0) as came,
    count(*) filter (where brought > 0 and brings = 0) as went
from named
group by month, currency
order by month, currency;

-- name: RevenueByPlan :many
-- What the newest change of each subscription says.
with newest as (
    select distinct on (c.tenant_id, c.subscription_id) c.plan, c.currency, c.monthly_amount
    from subscription_changes c
    where c.at <= sqlc.arg(until)::timestamptz
    order by c.tenant_id, c.subscription_id, c.at desc, c.id desc
)
select plan, currency, sum(monthly_amount)::bigint as monthly_amount, count(*) as subscriptions
from newest
where monthly_amount > 0
group by plan, currency
order by currency, 3 desc;

-- name: TrialMonths :many
-- By the month that they began in.
-- A trial is a subscription whose first change has seats and brings nothing. It is won when a later change brings
-- something, and lost when it ended before.
with ordered as (
    select
        c.tenant_id, c.subscription_id, c.at, c.monthly_amount, c.quantity,
        row_number() over (partition by c.tenant_id, c.subscription_id order by c.at, c.id) as place
    from subscription_changes c
    where c.at <= sqlc.arg(until)::timestamptz
), trials as (
    select
        min(at) as began,
        bool_or(monthly_amount > 0) as won,
        bool_or(quantity = 0) as ended
    from ordered
    group by tenant_id, subscription_id
    having bool_or(place = 1 and monthly_amount = 0 and quantity > 0)
)
select
    date_trunc('month', began, 'UTC')::timestamptz as month,
    count(*) as started,
    count(*) filter (where won) as won,
    count(*) filter (where ended and not won) as lost
from trials
group by 1
order by 1;

-- name: LastRevenueCheck :one
select id, state, pages, totals, problem, started_at, finished_at
from revenue_checks
order by started_at desc, id desc
limit 1;

-- name: OwnAtCheck :many
-- What our rows said when the last comparison ended, by currency.
with last as (
    select coalesce(finished_at, started_at) as at
    from revenue_checks
    order by started_at desc, id desc
    limit 1
), newest as (
    select distinct on (c.tenant_id, c.subscription_id) c.currency, c.monthly_amount
    from subscription_changes c
    join last on c.at <= last.at
    order by c.tenant_id, c.subscription_id, c.at desc, c.id desc
)
select currency, sum(monthly_amount)::bigint as monthly_amount, count(*) as subscriptions
from newest
where monthly_amount > 0
group by currency
order by currency;
