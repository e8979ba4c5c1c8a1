-- name: SubscriptionProjection :one
select stripe_customer_id, status, access_status, unknown_since, past_due_since, stripe_price_id, quantity, unit_amount, currency, billing_interval,
    current_period_start, current_period_end, cancel_at_period_end, cancel_at, canceled_at, ended_at, trial_end, stripe_schedule_id,
    pending_stripe_price_id, pending_at, pause_collection, livemode, pending_plan, pending_interval, card_brand, card_last4, card_expires,
    discount_name, discount_percent, discount_amount, discount_until
from subscriptions
where tenant_id = $1 and stripe_subscription_id = $2;
