-- name: QueueForDispatch :exec
insert into undispatched_events (tenant_id, event_id, action, repeats, request_id)
values ($1, $2, $3, $4, $5);

-- name: TakeUndispatched :many
-- The longest waiting, which no other dispatcher takes at this moment, with the consumers that their organization has
-- subscribed. They are gone when the jobs they become are there: both in one transaction.
with taken as materialized (
    select u.tenant_id, u.event_id, u.consumer
    from undispatched_events u
    where u.held_until is null or u.held_until <= now()
    order by u.queued_at
    limit $1
    for update skip locked
), gone as (
    delete from undispatched_events d
    using taken k
    where d.tenant_id = k.tenant_id and d.event_id = k.event_id and d.consumer = k.consumer
    returning d.tenant_id, d.event_id, d.consumer, d.action, d.repeats, d.request_id, d.queued_at
)
select g.tenant_id, g.event_id, g.consumer, g.action, g.repeats, g.request_id,
    coalesce((
        select array_agg(s.consumer)
        from event_subscriptions s
        where s.tenant_id = g.tenant_id and s.action = g.action
    ), '{}')::text[] as subscribed
from gone g
order by g.queued_at, g.event_id;

-- name: HoldUndispatched :one
-- What no job can be made of is tried again later and later, and holds back nothing else.
update undispatched_events
set failures = failures + 1, held_until = now() + least(interval '5 seconds' * power(2, least(failures, 20)), interval '1 hour'), error = $4
where tenant_id = $1 and event_id = $2 and consumer = $3
returning failures;

-- name: Replay :execrows
-- Lets a consumer hear again of what happened in a while; those that wait already stay one.
insert into undispatched_events (tenant_id, event_id, consumer, action)
select e.tenant_id, e.id, sqlc.arg(consumer)::text, e.action
from events e
where e.tenant_id = $1
  and e.at >= sqlc.arg(since) and e.at < sqlc.arg(until)
  and e.action = any(sqlc.arg(actions)::text[])
order by e.at, e.id
limit sqlc.arg(most)
on conflict (tenant_id, event_id, consumer) do nothing;

-- name: DispatchWaits :one
-- How many events wait, and since when the longest.
select count(*) as waiting, coalesce(min(u.queued_at), now())::timestamptz as since
from undispatched_events u;

-- name: Subscribe :exec
insert into event_subscriptions (tenant_id, consumer, action)
select $1, sqlc.arg(consumer)::text, a
from unnest(sqlc.arg(actions)::text[]) a
on conflict do nothing;

-- name: Unsubscribe :exec
-- What the consumer is no longer to hear of: all but these.
delete from event_subscriptions
where tenant_id = $1 and consumer = sqlc.arg(consumer)::text and not (action = any(sqlc.arg(actions)::text[]));
