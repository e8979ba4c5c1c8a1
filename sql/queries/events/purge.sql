-- name: PurgeUnsealed :execrows
delete from unsealed_events d
where d.tenant_id = $1 and d.event_id in (
    select x.event_id
    from unsealed_events x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeErasures :execrows
delete from event_erasures d
where d.tenant_id = $1 and d.event_id in (
    select x.event_id
    from event_erasures x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSeals :execrows
delete from event_seals d
where d.tenant_id = $1 and d.seq in (
    select x.seq
    from event_seals x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeEvents :execrows
delete from events d
where d.tenant_id = $1 and d.id in (
    select x.id
    from events x
    where x.tenant_id = $1
    limit $2
);

-- name: RecordsOfErasure :many
-- That an organization is erased, as the accounts' history tells it, with the seals of it.
select coalesce(s.seq, 0)::bigint as seq, e.id as event_id, coalesce(s.person, '') as person_sum, coalesce(s.prev, '') as prev, coalesce(s.hash, '') as hash,
    true as there, null::uuid as erasure_id, e.id, e.at, e.actor_id, null::uuid as acting_as, e.action,
    'account'::text as object_kind, e.user_id as object_id, ''::text as object_name, null::uuid as project_id,
    e.changes::text as changes, e.person::text as person, e.request_id
from account_events e
left join account_event_seals s on s.event_id = e.id
where e.user_id = $1 and e.action in ('organization.erasure_begun', 'organization.erased')
order by e.at desc, e.id desc;

-- name: CountChain :one
-- What is left of an organization's history.
select (select count(*) from event_seals s where s.tenant_id = $1) + (select count(*) from events e where e.tenant_id = $1);

-- name: PurgeUndispatched :execrows
delete from undispatched_events d
where d.tenant_id = $1 and d.event_id in (
    select x.event_id
    from undispatched_events x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeSubscriptions :execrows
delete from event_subscriptions d
where d.tenant_id = $1 and (d.consumer, d.action) in (
    select x.consumer, x.action
    from event_subscriptions x
    where x.tenant_id = $1
    limit $2
);
