-- name: OpenTask :exec
-- What is open already learns what Stripe says of it now.
insert into billing_tasks (id, kind, object_id, tenant_id, detail, amount, currency, reason, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (kind, object_id) where closed_at is null do update
set detail = excluded.detail, amount = excluded.amount, currency = excluded.currency, reason = excluded.reason, state = excluded.state;

-- name: CloseTask :exec
update billing_tasks
set closed_at = now()
where kind = $1 and object_id = $2 and closed_at is null;

-- name: TakeTask :execrows
-- Nobody's, or of whoever is to take it over.
update billing_tasks
set assignee_id = sqlc.arg(assignee_id)::uuid
where id = $1 and closed_at is null and assignee_id is distinct from sqlc.arg(assignee_id)::uuid;

-- name: CloseTaskBy :execrows
update billing_tasks
set closed_at = now(), closed_by = sqlc.arg(closed_by)::uuid, note = sqlc.arg(note)::text
where id = $1 and closed_at is null;
