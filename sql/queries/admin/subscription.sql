-- name: ListSubscriptions :many
-- Newest organizations first, in the order of the primary key. An empty status is any.
select s.tenant_id, s.id, t.name as organization, s.stripe_subscription_id, s.status, s.is_current, coalesce(c.plan, '') as plan, s.quantity,
    coalesce(c.monthly_amount, 0)::bigint as monthly_amount, coalesce(c.currency, '') as currency, s.current_period_end, s.updated_at
from subscriptions s
join tenants t on t.id = s.tenant_id
left join lateral (
    select x.plan, x.monthly_amount, x.currency
    from subscription_changes x
    where x.tenant_id = s.tenant_id and x.subscription_id = s.id
    order by x.at desc, x.id desc
    limit 1
) c on true
where (s.tenant_id, s.id) < ($1::uuid, $2::uuid)
  and ($3::text = '' or s.status = $3)
order by s.tenant_id desc, s.id desc
limit $4;

-- name: CountSubscriptions :many
-- every organization: the list of subscriptions shows how many there are in each status
select status, count(*)
from subscriptions
group by status
order by status;
