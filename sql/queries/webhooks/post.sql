-- name: LockTurns :exec
-- Who takes a turn counts those that are taken, so the turns of an organization are taken one after another.
select pg_advisory_xact_lock(hashtextextended('webhook turns ' || @tenant::text, 0));

-- name: TakeEndpoint :one
-- Locked, so that one turn at a time posts to it.
select e.state, e.failures, e.failing_since, e.next_at, e.busy_until, e.wake_at, e.stopped_at
from webhook_endpoints e
join tenants t on t.id = e.tenant_id and t.deleted_at is null
where e.tenant_id = $1 and e.id = $2 and e.deleted_at is null
for update of e;

-- name: Turns :one
-- How many have their turn, and how many wait for one that were there before this one and whose job will come.
select count(*) filter (where o.busy_until > @now) as busy,
    count(*) filter (where o.wanted_at < coalesce(e.wanted_at, @now) and o.wake_at > @asking and (o.busy_until is null or o.busy_until <= @now)) as ahead
from webhook_endpoints o
join webhook_endpoints e on e.tenant_id = $1 and e.id = $2
where o.tenant_id = $1 and o.id <> $2 and o.state = 'active' and o.deleted_at is null;

-- name: WantTurn :exec
update webhook_endpoints
set wanted_at = coalesce(wanted_at, @now), wake_at = @wake_at
where tenant_id = $1 and id = $2;

-- name: NextWanting :one
-- Which endpoint waits longest for its turn.
select o.id
from webhook_endpoints o
where o.tenant_id = $1 and o.id <> $2 and o.state = 'active' and o.deleted_at is null and o.wanted_at is not null and (o.busy_until is null or o.busy_until <= @now)
order by o.wanted_at, o.id
limit 1;

-- name: MarkBusy :exec
update webhook_endpoints
set busy_until = @until, wanted_at = null, wake_at = case when wake_at > @now::timestamptz then wake_at end
where tenant_id = $1 and id = $2;

-- name: HoldEndpoint :exec
-- Whoever writes several deliveries of an endpoint holds it first, so that two of them never wait for each other.
select
from webhook_endpoints
where tenant_id = $1 and id = $2
for no key update;

-- name: GiveUpOld :execrows
-- Some of what was tried for three days, the oldest first.
update webhook_deliveries d
set state = 'failed', ended_at = @now, last_error = case when last_error = '' then @reason::text else last_error end
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.event_id in (
    select x.event_id
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.queued_at < @before
    order by x.queued_at
    limit @most
);

-- name: EndpointNow :one
select url, secret, old_secret, old_until, older_secrets, failures, next_at, failing_since
from webhook_endpoints
where tenant_id = $1 and id = $2 and state = 'active' and deleted_at is null;

-- name: NextDelivery :one
-- The next in the order of events, or what was set aside and is due before it.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from (
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and not x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.event_id
    limit 1)
    union all
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.next_at
    limit 1)
) d
order by d.event_id
limit 1;

-- name: NextOfFailing :one
-- While the endpoint fails, those that it alone refuses come last.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from (
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and not x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.event_id
    limit 1)
    union all
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.next_at
    limit 1)
) d
order by d.aside
limit 1;

-- name: AnotherDelivery :one
-- To find out whether one is refused or the endpoint is away: of the first few hundred those that were tried least. A turn
-- tries four at most, and not for long, so that some of them were not tried at all.
select d.event_id, d.type, d.payload, d.attempts, d.aside
from (
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and not x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.event_id
    limit 200)
    union all
    (select x.event_id, x.type, x.payload, x.attempts, x.aside
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.aside and x.next_at <= @now and not (x.event_id = any(@tried::uuid[]))
    order by x.next_at
    limit 1)
) d
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

-- name: Stopped :one
-- Up to when what was queued is not sent, and why.
select e.stopped_at::timestamptz as stopped_at, (e.deleted_at is not null)::boolean as deleted
from webhook_endpoints e
where e.tenant_id = $1 and e.id = $2 and e.stopped_at is not null
for no key update;

-- name: FailStopped :execrows
-- Some of what is not sent any more.
update webhook_deliveries d
set state = 'failed', ended_at = @now, last_error = case when last_error = '' then @reason::text else @reason::text || ' ' || last_error end
where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting' and d.event_id in (
    select x.event_id
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.queued_at <= @stopped_at
    order by x.queued_at
    limit @most
);

-- name: NothingStopped :exec
-- All of it is given up, and what is queued from now on is sent.
update webhook_endpoints
set stopped_at = null
where tenant_id = $1 and id = $2 and state = 'active' and stopped_at = $3;

-- name: Earliest :one
-- When the next one is due; there is none without a row.
select d.next_at
from (
    (select x.next_at
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and not x.aside
    order by x.next_at
    limit 1)
    union all
    (select x.next_at
    from webhook_deliveries x
    where x.tenant_id = $1 and x.endpoint_id = $2 and x.state = 'waiting' and x.aside
    order by x.next_at
    limit 1)
) d
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
