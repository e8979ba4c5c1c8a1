-- name: CustomersToMeter :many
-- Whoever pays has a customer; what their plan meters is asked for one by one.
select c.tenant_id
from billing_customers c
join tenants n on n.id = c.tenant_id and n.deleted_at is null
where c.tenant_id > $1
order by c.tenant_id
limit $2;

-- name: AddUsage :exec
-- What was found first stands: a second try reports the same.
insert into usage_hours (tenant_id, meter, hour, quantity, measured)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: UsageOfHour :one
select quantity, reported_at
from usage_hours
where tenant_id = $1 and meter = $2 and hour = $3;

-- name: NoteUsage :exec
update usage_hours
set reported_at = sqlc.arg(reported_at)::timestamptz, note = sqlc.arg(note)
where tenant_id = sqlc.arg(tenant_id) and meter = sqlc.arg(meter) and hour = sqlc.arg(hour) and reported_at is null;

-- name: LatestUsage :one
select meter, hour, quantity, measured
from usage_hours
where tenant_id = $1
order by hour desc, meter
limit 1;

-- name: DropOldUsage :exec
delete from usage_hours
where tenant_id = $1 and hour < $2;
