-- name: ListOrganizations :many
-- The plan is the override's, else that of the newest change of the current subscription while that gives access.
select t.id, t.slug, t.name, t.created_at, t.suspended_at, t.deleted_at, t.purging_at,
    (select count(*) from memberships m where m.tenant_id = t.id and m.left_at is null and m.role <> 'guest') as members,
    coalesce(s.status, '') as status,
    coalesce(o.plan, case when s.access_status in ('trialing', 'active', 'past_due', 'unpaid', 'paused') then c.plan end, '')::text as plan,
    (o.plan is not null)::boolean as override
from tenants t
left join subscriptions s on s.tenant_id = t.id and s.is_current
left join plan_overrides o on o.tenant_id = t.id and o.ended_at is null and (o.until_at is null or o.until_at > now())
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where t.id < $1 and t.purged_at is null
  and ($2::text = '' or t.name ilike '%' || $2 || '%' or t.slug ilike '%' || $2 || '%')
  and ($4::text = '' or $4 = 'suspended' and t.suspended_at is not null or $4 = 'deleted' and t.closing_at is not null
      or $4 = 'given' and o.plan is not null or $4 = 'trial' and s.status = 'trialing' or $4 = 'paying' and s.status = 'active'
      or $4 = 'past_due' and s.status in ('past_due', 'unpaid'))
order by t.id desc
limit $3;

-- name: CountOrganizations :one
select count(*)
from (
    select
    from tenants t
    left join subscriptions s on s.tenant_id = t.id and s.is_current
    left join plan_overrides o on o.tenant_id = t.id and o.ended_at is null and (o.until_at is null or o.until_at > now())
    where t.purged_at is null and ($1::text = '' or t.name ilike '%' || $1 || '%' or t.slug ilike '%' || $1 || '%')
      and ($3::text = '' or $3 = 'suspended' and t.suspended_at is not null or $3 = 'deleted' and t.closing_at is not null
          or $3 = 'given' and o.plan is not null or $3 = 'trial' and s.status = 'trialing' or $3 = 'paying' and s.status = 'active'
          or $3 = 'past_due' and s.status in ('past_due', 'unpaid'))
    limit $2
) found;

-- name: Organization :one
-- every project: staff count an organization's projects and read none
select t.id, t.slug, t.name, t.time_zone, t.created_at, t.suspended_at, t.suspended_reason, t.closing_at, t.deleted_at, t.created_by, u.name as founder,
    coalesce(b.stripe_customer_id, '') as customer_id,
    coalesce(o.plan, '') as override_plan,
    coalesce(case when s.access_status in ('trialing', 'active', 'past_due', 'unpaid', 'paused') then c.plan end, '')::text as plan,
    coalesce(s.status, '') as status,
    (select count(*) from memberships m where m.tenant_id = t.id and m.left_at is null) as people,
    (select count(*) from memberships m where m.tenant_id = t.id and m.left_at is null and m.role <> 'guest') as members,
    (select count(*) from projects p where p.tenant_id = t.id and p.deleted_at is null) as projects
from tenants t
join users u on u.id = t.created_by
left join billing_customers b on b.tenant_id = t.id
left join plan_overrides o on o.tenant_id = t.id and o.ended_at is null and (o.until_at is null or o.until_at > now())
left join subscriptions s on s.tenant_id = t.id and s.is_current
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where t.id = $1 and t.purging_at is null;

-- name: OrganizationErasure :one
-- Of one that is being erased, or was; then its name is gone too.
select t.id, t.slug, t.name, t.purging_at::timestamptz as since, t.purged_at as ended_at
from tenants t
where t.id = $1 and t.purging_at is not null;

-- name: ErasedSoFar :many
-- How many rows of each table; they are counted in one record, and gone from here, when it has ended.
select noun, erased
from tenant_purges
where tenant_id = $1
order by erased desc, noun
limit 100;

-- name: OrganizationPeople :many
select m.user_id, u.name, u.email, m.role, m.joined_at
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.left_at is null and (m.joined_at, m.user_id) > ($2::timestamptz, $3::uuid)
order by m.joined_at, m.user_id
limit $4;

-- name: OrganizationSubscriptions :many
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
where s.tenant_id = $1
order by s.is_current desc, s.id desc
limit $2;

-- name: OrganizationInvoices :many
select id, stripe_invoice_id, number, status, currency, total, amount_due, amount_paid, issued_at
from invoices
where tenant_id = $1 and (issued_at, id) < ($2::timestamptz, $3::uuid)
order by issued_at desc, id desc
limit $4;

-- name: CountOrganizationInvoices :one
select count(*)
from (
    select
    from invoices
    where tenant_id = $1
    limit $2
) found;

-- name: OrganizationGifts :many
-- What is in force comes first.
select o.id, o.kind, o.plan, o.until_at, o.reason, o.staff_id, u.name as staff, o.created_at, o.ended_at, coalesce(e.name, '') as ended_by, o.ended_reason,
    (o.ended_at is null and (o.until_at is null or o.until_at > now()))::boolean as in_force
from plan_overrides o
join users u on u.id = o.staff_id
left join users e on e.id = o.ended_by
where o.tenant_id = $1
order by 12 desc, o.created_at desc, o.id desc
limit $2;

-- name: GiftTarget :one
select t.time_zone, (t.deleted_at is not null or t.closing_at is not null)::boolean as closing,
    coalesce(s.status, '') as status, coalesce(s.stripe_subscription_id, '') as subscription, coalesce(s.stripe_customer_id, '') as customer,
    s.trial_end, coalesce(c.plan, '')::text as plan
from tenants t
left join subscriptions s on s.tenant_id = t.id and s.is_current
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where t.id = $1 and t.purging_at is null;

-- name: OrganizationIsThere :one
select exists (select from tenants t where t.id = $1 and t.purging_at is null);
