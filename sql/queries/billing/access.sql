-- name: Access :one
-- Asked by the guard before the organization's id is known: the slug leads to it. The plan is the override's, else that
-- of the last change applied to the current subscription.
select
    coalesce(o.plan, '') as override_plan,
    coalesce(s.status, '') as status,
    coalesce(s.access_status, '') as access_status,
    s.unknown_since,
    s.past_due_since,
    s.trial_end,
    s.cancel_at_period_end,
    s.cancel_at,
    s.current_period_end,
    coalesce(c.plan, '') as plan,
    coalesce(s.card_last4, '') <> '' as has_card,
    f.next_attempt_at
from tenants t
left join plan_overrides o on o.tenant_id = t.id and o.ended_at is null and (o.until_at is null or o.until_at > now())
left join subscriptions s on s.tenant_id = t.id and s.is_current
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
left join lateral (
    select i.next_attempt_at
    from invoices i
    where i.tenant_id = s.tenant_id and s.status = 'past_due' and i.status = 'open' and i.attempts > 0
    order by i.issued_at desc, i.id desc
    limit 1
) f on true
where t.slug = $1;

-- name: AccessOfTenant :one
select
    coalesce(o.plan, '') as override_plan,
    coalesce(s.status, '') as status,
    coalesce(s.access_status, '') as access_status,
    s.unknown_since,
    s.past_due_since,
    s.trial_end,
    s.cancel_at_period_end,
    s.cancel_at,
    s.current_period_end,
    coalesce(c.plan, '') as plan,
    coalesce(s.card_last4, '') <> '' as has_card,
    f.next_attempt_at
from tenants t
left join plan_overrides o on o.tenant_id = t.id and o.ended_at is null and (o.until_at is null or o.until_at > now())
left join subscriptions s on s.tenant_id = t.id and s.is_current
left join lateral (
    select x.plan
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
left join lateral (
    select i.next_attempt_at
    from invoices i
    where i.tenant_id = s.tenant_id and s.status = 'past_due' and i.status = 'open' and i.attempts > 0
    order by i.issued_at desc, i.id desc
    limit 1
) f on true
where t.id = $1;
