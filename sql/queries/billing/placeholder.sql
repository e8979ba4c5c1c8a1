-- name: CurrentSubscription :one
select tenant_id, id, stripe_subscription_id, status, access_status
from subscriptions
where tenant_id = $1 and is_current;
