-- name: PurgeStripeEvents :execrows
-- What Stripe told of its customers; first, while it is known which they are.
delete from stripe_events d
where d.id in (
    select x.id
    from stripe_events x
    where x.customer_id in (
        select c.stripe_customer_id from billing_customers c where c.tenant_id = $1
        union
        select s.stripe_customer_id from subscriptions s where s.tenant_id = $1
    )
    limit $2
);

-- name: PurgeEffects :execrows
delete from billing_effects d
where d.tenant_id = $1 and d.id in (
    select x.id
    from billing_effects x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeIntents :execrows
delete from billing_intents d
where d.tenant_id = $1 and d.id in (
    select x.id
    from billing_intents x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeChecks :execrows
delete from subscription_checks d
where d.tenant_id = $1 and d.stripe_subscription_id in (
    select x.stripe_subscription_id
    from subscription_checks x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeTasks :execrows
delete from billing_tasks d
where d.tenant_id = $1 and d.id in (
    select x.id
    from billing_tasks x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeOverrides :execrows
delete from plan_overrides d
where d.tenant_id = $1 and d.id in (
    select x.id
    from plan_overrides x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeInvoices :execrows
delete from invoices d
where d.tenant_id = $1 and d.id in (
    select x.id
    from invoices x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeChanges :execrows
delete from subscription_changes d
where d.tenant_id = $1 and d.id in (
    select x.id
    from subscription_changes x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSubscriptions :execrows
delete from subscriptions d
where d.tenant_id = $1 and d.id in (
    select x.id
    from subscriptions x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeCustomers :execrows
delete from billing_customers d
where d.tenant_id = $1 and d.tenant_id in (
    select x.tenant_id
    from billing_customers x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeUsage :execrows
delete from usage_hours d
where d.tenant_id = $1 and (d.meter, d.hour) in (
    select x.meter, x.hour
    from usage_hours x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSettings :execrows
delete from billing_settings d
where d.tenant_id = $1 and d.tenant_id in (
    select x.tenant_id
    from billing_settings x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeDrifts :execrows
delete from billing_drifts d
where d.tenant_id = $1 and (d.sync_id, d.stripe_subscription_id) in (
    select x.sync_id, x.stripe_subscription_id
    from billing_drifts x
    where x.tenant_id = $1
    limit $2
);
