-- name: FindUsers :many
select id, name, email, picture
from users
where anonymised_at is null and (id::text = $1::text or email = lower($1) or name ilike '%' || $2 || '%' or email ilike '%' || $2 || '%')
order by (email = lower($1)) desc, id desc
limit $3;

-- name: FindOrganizations :many
select id, name, slug
from tenants
where purged_at is null and (id::text = $1::text or slug = lower($1) or name ilike '%' || $2 || '%' or slug ilike '%' || $2 || '%')
order by (slug = lower($1)) desc, id desc
limit $3;

-- name: TenantOfCustomer :one
select tenant_id
from billing_customers
where stripe_customer_id = $1;

-- name: TenantOfSubscription :one
select tenant_id
from subscriptions
where stripe_subscription_id = $1
limit 1;

-- name: HasWebhook :one
select id
from stripe_events
where id = $1;
