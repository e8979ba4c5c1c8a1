-- name: TakeEndpoint :one
-- Locked, so that one turn at a time posts to it.
select e.state, e.failures, e.failing_since, e.next_at, e.busy_until, e.wake_at
from webhook_endpoints e
join tenants t on t.id = e.tenant_id and t.deleted_at is null
where e.tenant_id = $1 and e.id = $2 and e.deleted_at is null
for update of e;

-- name: MarkBusy :exec
update webhook_endpoints
set busy_until = @until, wake_at = case when wake_at > @now::timestamptz then wake_at end
where tenant_id = $1 and id = $2;

-- name: GiveUpOld :execrows
-- What was tried for three days.
update webhook_deliveries
set state = 'failed', ended_at = @now, last_error = case when last_error = '' then @reason::text else last_error end
where tenant_id = $1 and endpoint_id = $2 and state = 'waiting' and queued_at < @before;

-- name: EndpointNow :one
select url, secret, old_secret, old_until, failures, failing_since, next_at
from webhook_endpoints
where tenant_id = $1 and id = $2 and state = 'active' and deleted_at is null;

-- name: NextDelivery :one
-- The next that is due, in the order of events.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from webhook_deliveries d
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.next_at <= @now and not (d.event_id = any(@tried::uuid[]))
order by d.event_id
limit 1;

-- name: NextOfFailing :one
-- While the endpoint fails, those that it alone refuses come last.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from webhook_deliveries d
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.next_at <= @now and not (d.event_id = any(@tried::uuid[]))
order by d.aside, d.event_id
limit 1;

-- name: AnotherDelivery :one
-- To find out whether one is refused or the endpoint is away: of those that were tried least.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from webhook_deliveries d
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.next_at <= @now and not (d.event_id = any(@tried::uuid[]))
order by d.aside, d.attempts, d.event_id
limit 1;

-- name: AddAttempt :exec
insert into webhook_attempts (tenant_id, id, endpoint_id, event_id, at, took_ms, signature, status, answer, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: Delivered :exec
update webhook_deliveries
set state = 'delivered', ended_at = $4, attempts = attempts + 1, last_status = $5, last_error = ''
where tenant_id = $1 and endpoint_id = $2 and event_id = $3;

-- name: NotDelivered :exec
update webhook_deliveries
set attempts = attempts + 1, last_status = $4, last_error = $5, next_at = $6
where tenant_id = $1 and endpoint_id = $2 and event_id = $3 and state = 'waiting';

-- name: SetAside :exec
update webhook_deliveries
set aside = true, next_at = $4
where tenant_id = $1 and endpoint_id = $2 and event_id = $3 and state = 'waiting';

-- name: EndpointWorks :exec
update webhook_endpoints
set failures = 0, failing_since = null, next_at = null
where tenant_id = $1 and id = $2 and failures > 0;

-- name: EndpointFails :exec
update webhook_endpoints
set failures = failures + 1, failing_since = coalesce(failing_since, $3), next_at = $4
where tenant_id = $1 and id = $2 and state = 'active';

-- name: FailWaiting :execrows
update webhook_deliveries
set state = 'failed', ended_at = @now, last_error = case when last_error = '' then @reason::text else @reason::text || ' ' || last_error end
where tenant_id = $1 and endpoint_id = $2 and state = 'waiting';

-- name: Earliest :one
-- When the next one is due; there is none without a row.
select d.next_at
from webhook_deliveries d
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting'
order by d.next_at
limit 1;

-- name: GiveBack :exec
update webhook_endpoints
set busy_until = null, wake_at = $3
where tenant_id = $1 and id = $2;

-- name: TryNow :exec
-- Somebody asks for it: what waits for a time is tried at once.
update webhook_endpoints
set next_at = null
where tenant_id = $1 and id = $2;
