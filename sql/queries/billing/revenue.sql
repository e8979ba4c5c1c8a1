-- name: EndRevenueChecks :exec
-- One runs at a time: what is begun anew takes the place of what was under way.
update revenue_checks
set state = 'failed', problem = 'it was begun again', finished_at = sqlc.arg(now)::timestamptz
where state = 'running' and id <> $1;

-- name: AddRevenueCheck :execrows
-- Nothing is added when it is there already, or when another one was begun at the same moment.
insert into revenue_checks (id, started_at)
values ($1, $2)
on conflict do nothing;

-- name: RevenueCheckKnown :one
select exists (select from revenue_checks where id = $1);

-- name: RevenueCheckUnderWay :one
select after_id, totals
from revenue_checks
where id = $1 and state = 'running';

-- name: AdvanceRevenueCheck :execrows
-- A page is added once, however often its job runs.
update revenue_checks
set after_id = sqlc.arg(next)::text, pages = pages + 1, totals = sqlc.arg(totals)::jsonb, problem = '',
    state = case when sqlc.arg(next)::text = '' then 'done' else 'running' end,
    finished_at = case when sqlc.arg(next)::text = '' then sqlc.arg(now)::timestamptz end
where id = $1 and state = 'running' and after_id = sqlc.arg(was)::text;

-- name: NoteRevenueProblem :exec
update revenue_checks
set problem = $2
where id = $1 and state = 'running';

-- name: KnownCustomers :many
select stripe_customer_id
from billing_customers
where stripe_customer_id = any (sqlc.arg(customers)::text[]);
