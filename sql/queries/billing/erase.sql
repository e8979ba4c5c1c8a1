-- name: EraseIntents :execrows
-- An intent for a customer at Stripe names the address that was given there.
update billing_intents i
set params = replace(i.params, @email::text, '')
where i.tenant_id in (select m.tenant_id from memberships m where m.user_id = @user_id)
  and position(@email::text in i.params) > 0;

-- name: EraseStripeEvents :execrows
update stripe_events e
set payload = replace(e.payload::text, @email::text, 'erased@erased.invalid')::jsonb
where e.customer_id in (
    select c.stripe_customer_id
    from billing_customers c
    join memberships m on m.tenant_id = c.tenant_id
    where m.user_id = @user_id
)
  and position(@email::text in e.payload::text) > 0;

-- name: EraseBillingEmail :execrows
-- Invoices go to the owners alone from then on.
update billing_settings
set email = '', updated_at = now()
where lower(email) = lower(@email::text)
  and tenant_id in (select m.tenant_id from memberships m where m.user_id = @user_id);
