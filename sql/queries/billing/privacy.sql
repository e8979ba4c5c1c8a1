-- name: ExportSubscriptions :many
select s.id, jsonb_build_object(
    'stripe_id', s.stripe_subscription_id, 'status', s.status, 'seats', s.quantity, 'amount', s.unit_amount, 'currency', s.currency,
    'interval', s.billing_interval, 'created_at', s.created_at, 'period_end', s.current_period_end, 'trial_end', s.trial_end,
    'ends_at', coalesce(s.cancel_at, case when s.cancel_at_period_end then s.current_period_end end), 'ended_at', s.ended_at,
    'changes_to', nullif(s.pending_plan, ''), 'changes_at', s.pending_at,
    'discount', nullif(s.discount_name, ''), 'discount_percent', nullif(s.discount_percent, 0), 'discount_amount', nullif(s.discount_amount, 0),
    'discount_until', s.discount_until, 'card_brand', nullif(s.card_brand, ''), 'card_last4', nullif(s.card_last4, ''), 'card_expires', s.card_expires
)::jsonb as doc
from subscriptions s
where s.tenant_id = $1 and s.id > $2 and s.status <> ''
order by s.id
limit $3;

-- name: ExportInvoices :many
select i.id, jsonb_build_object(
    'stripe_id', i.stripe_invoice_id, 'number', i.number, 'status', i.status, 'currency', i.currency, 'total', i.total, 'amount_due', i.amount_due,
    'amount_paid', i.amount_paid, 'issued_at', i.issued_at, 'period_start', i.period_start, 'period_end', i.period_end, 'page', i.hosted_url, 'pdf', i.pdf_url
)::jsonb as doc
from invoices i
where i.tenant_id = $1 and i.id > $2 and i.status <> 'draft'
order by i.id
limit $3;

-- name: ExportSettings :one
select jsonb_build_object('invoices_go_to', s.email)::jsonb as doc
from billing_settings s
where s.tenant_id = $1;

-- name: ExportUsage :many
-- An hour of a meter has no id of its own: the pages go by one that is made of both.
select (lpad(to_hex(extract(epoch from h.hour)::bigint), 16, '0') || left(md5(h.meter), 16))::uuid as id, jsonb_build_object(
    'meter', h.meter, 'hour', h.hour, 'measured', h.measured, 'charged', h.quantity, 'reported_at', h.reported_at, 'note', h.note
)::jsonb as doc
from usage_hours h
where h.tenant_id = $1 and (lpad(to_hex(extract(epoch from h.hour)::bigint), 16, '0') || left(md5(h.meter), 16))::uuid > sqlc.arg(after)::uuid
order by 1
limit sqlc.arg(size)::int;
