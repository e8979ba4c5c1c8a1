-- name: ListTasks :many
-- The newest first. An empty kind is any; a nil assignee is anybody.
select b.id, b.kind, b.object_id, b.tenant_id, coalesce(t.name, '') as organization, b.detail, b.amount, b.currency, b.reason, b.state,
    b.opened_at, b.assignee_id, coalesce(a.name, '') as assignee, b.closed_at, coalesce(c.name, '') as closed_by, b.note
from billing_tasks b
left join tenants t on t.id = b.tenant_id
left join users a on a.id = b.assignee_id
left join users c on c.id = b.closed_by
where (b.opened_at, b.id) < ($1::timestamptz, $2::uuid)
  and (b.closed_at is not null) = $3::boolean
  and ($4::text = '' or b.kind = $4)
  and ($5::uuid = '00000000-0000-0000-0000-000000000000' or b.assignee_id = $5)
order by b.opened_at desc, b.id desc
limit $6;

-- name: CountTasks :many
select kind, count(*)
from billing_tasks
where (closed_at is not null) = $1::boolean and ($2::uuid = '00000000-0000-0000-0000-000000000000' or assignee_id = $2)
group by kind
order by kind;

-- name: Task :one
-- With the row of the subscription and the newest event that the task is about, where there are such.
select b.id, b.kind, b.object_id, b.tenant_id, coalesce(t.name, '') as organization, b.detail, b.amount, b.currency, b.reason, b.state,
    b.opened_at, b.assignee_id, coalesce(a.name, '') as assignee, b.closed_at, coalesce(c.name, '') as closed_by, b.note,
    coalesce(k.stripe_customer_id, '') as customer_id, s.id as subscription_id, coalesce(s.stripe_subscription_id, '') as stripe_subscription_id,
    coalesce(e.id, '') as event_id, coalesce(e.type, '') as event_type
from billing_tasks b
left join tenants t on t.id = b.tenant_id
left join users a on a.id = b.assignee_id
left join users c on c.id = b.closed_by
left join billing_customers k on k.tenant_id = b.tenant_id
left join lateral (
    select x.id, x.stripe_subscription_id
    from subscriptions x
    where x.tenant_id = b.tenant_id and (x.stripe_subscription_id = b.object_id or x.is_current)
    order by x.stripe_subscription_id = b.object_id desc
    limit 1
) s on true
left join lateral (
    select x.id, x.type
    from stripe_events x
    where x.object_id = b.object_id
    order by x.created desc
    limit 1
) e on true
where b.id = $1;
