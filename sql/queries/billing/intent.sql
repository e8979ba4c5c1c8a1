-- name: OpenIntent :one
select id, params, stripe_id, url, created_at
from billing_intents
where tenant_id = $1 and kind = $2 and closed_at is null;

-- name: AddIntent :execrows
insert into billing_intents (tenant_id, id, kind, params, created_at)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: FillIntent :exec
update billing_intents
set stripe_id = $3, url = $4
where tenant_id = $1 and id = $2;

-- name: CloseIntent :execrows
update billing_intents
set closed_at = sqlc.arg(closed_at)::timestamptz
where tenant_id = $1 and id = $2 and closed_at is null;

-- name: CloseIntentOf :exec
update billing_intents
set closed_at = sqlc.arg(closed_at)::timestamptz
where tenant_id = $1 and kind = $2 and stripe_id = $3 and closed_at is null;

-- name: CloseIntents :exec
update billing_intents
set closed_at = sqlc.arg(closed_at)::timestamptz
where tenant_id = $1 and kind = $2 and closed_at is null;

-- name: OpenCheckout :one
select stripe_id
from billing_intents
where tenant_id = $1 and kind = 'checkout' and stripe_id <> '' and closed_at is null;

-- name: IntentParams :one
-- Whether it is open or not.
select params
from billing_intents
where tenant_id = $1 and kind = $2 and id = $3;
