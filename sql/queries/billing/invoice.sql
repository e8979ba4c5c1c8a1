-- name: WriteInvoice :exec
-- The ticket is that of the invoice's subscription: both were fetched under it.
insert into invoices (tenant_id, id, stripe_invoice_id, stripe_customer_id, subscription_id, number, status, currency, total, amount_due,
    amount_paid, hosted_url, pdf_url, period_start, period_end, issued_at, attempts, next_attempt_at, applied, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (tenant_id, stripe_invoice_id) do update
set number = excluded.number,
    status = excluded.status,
    total = excluded.total,
    amount_due = excluded.amount_due,
    amount_paid = excluded.amount_paid,
    hosted_url = excluded.hosted_url,
    pdf_url = excluded.pdf_url,
    attempts = excluded.attempts,
    next_attempt_at = excluded.next_attempt_at,
    applied = excluded.applied,
    updated_at = excluded.updated_at
where invoices.applied < excluded.applied;

-- name: ListInvoices :many
-- Drafts are not shown: they have no number and may still change.
select id, number, status, currency, total, amount_due, amount_paid, hosted_url, pdf_url, issued_at, attempts, next_attempt_at
from invoices
where tenant_id = $1 and status <> 'draft'
  and (issued_at, id) < (sqlc.arg(before_at)::timestamptz, sqlc.arg(before_id)::uuid)
order by issued_at desc, id desc
limit $2;

-- name: FailingInvoice :one
-- The newest invoice that was tried and not paid.
select id, number, status, currency, total, amount_due, amount_paid, hosted_url, pdf_url, issued_at, attempts, next_attempt_at
from invoices
where tenant_id = $1 and status = 'open' and attempts > 0
order by issued_at desc, id desc
limit 1;

-- name: InvoiceByStripeID :one
select number, status, currency, total, amount_due, hosted_url, next_attempt_at, amount_paid, pdf_url
from invoices
where tenant_id = $1 and stripe_invoice_id = $2;

-- name: CountPending :one
select count(*)
from invitations
where tenant_id = $1 and role <> 'guest' and accepted_at is null and revoked_at is null and expires_at > now();
