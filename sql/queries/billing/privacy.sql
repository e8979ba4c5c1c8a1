-- name: ExportSubscriptions :many
select s.id, jsonb_build_object(
    'stripe_id', s.stripe_subscription_id, 'status', s.status, 'seats', s.quantity, 'amount', s.unit_amount, 'currency', s.currency,
    'interval', s.billing_interval, 'created_at', s.created_at, 'period_end', s.current_period_end, 'trial_end', s.trial_end, 'ended_at', s.ended_at
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
