-- name: ClosingSince :one
-- When the deletion of an organization was asked for; null when it is not being deleted.
select closing_at
from tenants
where id = $1;

-- name: CountUnsent :one
-- Checkouts and trials that were written down and of which no answer came back.
select count(*)
from billing_intents
where tenant_id = $1 and kind in ('checkout', 'trial') and url = '' and closed_at is null;

-- name: CustomersEver :many
-- The customer at Stripe, and those that were replaced.
select c.stripe_customer_id
from billing_customers c
where c.tenant_id = $1
union
select s.stripe_customer_id
from subscriptions s
where s.tenant_id = $1;
