-- name: DeliveryByID :one
select d.event_id, d.type, d.payload, d.state, d.aside, d.attempts, d.next_at, d.created_at, d.ended_at, d.last_status, d.last_error,
    e.url, e.state as endpoint_state, e.failures, e.next_at as endpoint_next_at
from webhook_deliveries d
join webhook_endpoints e on e.tenant_id = d.tenant_id and e.id = d.endpoint_id and e.deleted_at is null
where d.tenant_id = $1 and d.endpoint_id = $2 and d.event_id = $3;

-- name: ListAttempts :many
-- The newest first.
select a.id, a.at, a.took_ms, a.signature, a.status, a.answer, a.error
from webhook_attempts a
where a.tenant_id = $1 and a.endpoint_id = $2 and a.event_id = $3
order by a.id desc
limit 100;

-- name: Requeue :execrows
-- One more time, as it was.
update webhook_deliveries
set state = 'waiting', aside = false, attempts = 0, next_at = @now, queued_at = @now, ended_at = null
where tenant_id = $1 and endpoint_id = $2 and event_id = $3;

-- name: StartReplay :execrows
insert into webhook_replays (tenant_id, id, endpoint_id, since, until, total, more, created_by, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, @now, @now)
on conflict do nothing;

-- name: NewestReplay :one
select id, since, until, done, total, more, state, created_at
from webhook_replays
where tenant_id = $1 and endpoint_id = $2
order by created_at desc
limit 1;

-- name: RunningReplay :one
select id, updated_at
from webhook_replays
where tenant_id = $1 and endpoint_id = $2 and state = 'running'
for update;

-- name: StaleReplays :many
-- Whose worker died, and whose job was given up.
select id
from webhook_replays
where tenant_id = $1 and state = 'running' and updated_at < @before
order by id
limit 100;

-- name: ReplayNow :one
select r.endpoint_id, r.since, r.until, r.after_at, r.after_id, r.done, r.total, r.state, e.types
from webhook_replays r
join webhook_endpoints e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id and e.state = 'active' and e.deleted_at is null
where r.tenant_id = $1 and r.id = $2;

-- name: CountEvents :one
-- Of a while, counted up to a limit: type by type, so that what is of other types is not walked over.
select count(*)
from (
    select
    from unnest(@types::text[]) t (action)
    cross join lateral (
        select
        from events e
        where e.tenant_id = $1 and e.action = t.action and e.at >= @since and e.at < @until
        limit @most
    ) y
    limit @most
) x;

-- name: EventsOfReplay :many
select x.id, x.at
from unnest(@types::text[]) t (action)
cross join lateral (
    select e.id, e.at
    from events e
    where e.tenant_id = $1 and e.action = t.action and e.at >= @since and e.at < @until and (e.at, e.id) > (@after_at, @after_id::uuid)
    order by e.at, e.id
    limit @size
) x
order by x.at, x.id
limit @size;

-- name: Redeliver :exec
-- What was sent before is sent again as it was.
insert into webhook_deliveries as d (tenant_id, endpoint_id, event_id, type, payload, next_at, queued_at, created_at)
values ($1, $2, $3, $4, $5, $6, $6, $6)
on conflict (tenant_id, endpoint_id, event_id) do update
set state = 'waiting', aside = false, attempts = 0, next_at = excluded.next_at, queued_at = excluded.queued_at, ended_at = null
where d.state <> 'waiting';

-- name: MoveReplay :execrows
update webhook_replays
set after_at = @after_at, after_id = @after_id, done = @done, state = @state, updated_at = @now
where tenant_id = @tenant_id and id = @id and state = 'running' and done = @was;

-- name: FailReplay :exec
update webhook_replays
set state = 'failed', updated_at = @now
where tenant_id = @tenant_id and id = @id and state = 'running';

-- name: FailReplays :exec
-- Of an endpoint that gets nothing more.
update webhook_replays
set state = 'failed', updated_at = @now
where tenant_id = @tenant_id and endpoint_id = @endpoint_id and state = 'running';
