-- name: TenantOfCustomer :one
select tenant_id
from billing_customers
where stripe_customer_id = $1;

-- name: CustomerOfTenant :one
select stripe_customer_id
from billing_customers
where tenant_id = $1;

-- name: MapCustomer :exec
insert into billing_customers (tenant_id, stripe_customer_id, livemode)
values ($1, $2, $3)
on conflict (tenant_id) do update
set stripe_customer_id = excluded.stripe_customer_id, livemode = excluded.livemode, updated_at = now();

-- name: MayRefresh :execrows
-- One refetch in a few seconds for an organization, however often the page is asked.
update billing_customers
set refreshed_at = sqlc.arg(now)::timestamptz
where tenant_id = $1 and (refreshed_at is null or refreshed_at < sqlc.arg(before)::timestamptz or refreshed_at > sqlc.arg(now)::timestamptz);

-- name: StartTrial :execrows
insert into billing_trials (tenant_id, user_id, plan)
values ($1, $2, $3)
on conflict do nothing;

-- name: TrialOf :one
select tenant_id, user_id, plan
from billing_trials
where tenant_id = $1;

-- name: BilledOrganization :one
select t.name, t.slug
from tenants t
where t.id = $1;

-- name: Owners :many
select u.id, u.name, u.email
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.role = 'owner' and m.left_at is null
order by u.id;

-- name: TrialPlan :one
-- What keeps a person from starting a trial here: this organization has had one, or the person has.
select plan
from billing_trials
where tenant_id = $1 or user_id = $2
limit 1;

-- name: BillingEmail :one
-- Where receipts go instead of to the owners; no row or an empty address means to them.
select email
from billing_settings
where tenant_id = $1;

-- name: SetBillingEmail :execrows
insert into billing_settings (tenant_id, email)
values ($1, $2)
on conflict (tenant_id) do update
set email = excluded.email, updated_at = now()
where billing_settings.email <> excluded.email;
