-- name: CountPlans :many
-- Of each plan: how many organizations have it because staff gave it, because a subscription pays for it, and else. An
-- empty plan is the free one.
with standing as (
    select o.plan as given, case when s.access_status in ('trialing', 'active', 'past_due', 'unpaid', 'paused') then c.plan end as paid
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
    where t.deleted_at is null and t.purged_at is null
)
select
    coalesce(given, paid, '')::text as plan,
    count(*) filter (where given is not null) as given,
    count(*) filter (where given is null and paid is not null) as paid,
    count(*) filter (where given is null and paid is null) as neither
from standing
group by 1
order by 1;
