-- name: SealedEvents :many
-- The chain in its order, with the event of each seal as it stands now.
select s.seq, s.event_id, s.person as person_sum, s.prev, s.hash, e.id is not null as there, x.erasure_id,
    coalesce(e.id, s.event_id) as id, coalesce(e.at, s.sealed_at) as at, e.actor_id, e.acting_as, coalesce(e.action, '') as action,
    coalesce(e.object_kind, '') as object_kind, e.object_id, coalesce(e.object_name, '') as object_name, e.project_id,
    coalesce(e.changes::text, '') as changes, coalesce(e.person::text, '') as person, coalesce(e.request_id, '') as request_id
from event_seals s
left join events e on e.tenant_id = s.tenant_id and e.id = s.event_id
left join event_erasures x on x.tenant_id = s.tenant_id and x.event_id = s.event_id
where s.tenant_id = $1 and s.seq > $2
order by s.seq
limit $3;

-- name: SealedAccountEvents :many
select s.seq, s.event_id, s.person as person_sum, s.prev, s.hash, e.id is not null as there, x.erasure_id,
    coalesce(e.id, s.event_id) as id, coalesce(e.at, s.sealed_at) as at, e.actor_id, null::uuid as acting_as, coalesce(e.action, '') as action,
    'account'::text as object_kind, e.user_id as object_id, ''::text as object_name, null::uuid as project_id,
    coalesce(e.changes::text, '') as changes, coalesce(e.person::text, '') as person, coalesce(e.request_id, '') as request_id
from account_event_seals s
left join account_events e on e.id = s.event_id
left join account_event_erasures x on x.event_id = s.event_id
where s.seq > $1
order by s.seq
limit $2;

-- name: HeadsBetween :many
select seq, hash
from audit.heads
where tenant_id = $1 and seq > $2 and seq <= $3
order by seq;

-- name: AccountHeadsBetween :many
select seq, hash
from audit.account_heads
where seq > $1 and seq <= $2
order by seq;

-- name: Unsealed :many
-- Events without a seal, and what waited for one and is gone.
select e.id, e.at, true as there
from events e
where e.tenant_id = $1 and e.at < $2
  and not exists (select from event_seals s where s.tenant_id = $1 and s.event_id = e.id)
union all
select u.event_id, u.queued_at, false
from unsealed_events u
where u.tenant_id = $1 and u.queued_at < $2
  and not exists (select from events e where e.tenant_id = $1 and e.id = u.event_id)
limit $3;

-- name: UnsealedAccounts :many
select e.id, e.at, true as there
from account_events e
where e.at < $1
  and not exists (select from account_event_seals s where s.event_id = e.id)
union all
select u.event_id, u.queued_at, false
from unsealed_events u
where u.tenant_id = '00000000-0000-0000-0000-000000000000' and u.queued_at < $1
  and not exists (select from account_events e where e.id = u.event_id)
limit $2;

-- name: Erasures :many
-- How many events each erasure says it emptied, and how many bear its mark.
select m.erasure_id, m.marked, coalesce(e.changes -> 'events' ->> 1, '') as told
from (
    select x.erasure_id, count(*) as marked
    from event_erasures x
    where x.tenant_id = $1
    group by x.erasure_id
) m
left join events e on e.tenant_id = $1 and e.id = m.erasure_id and e.action = 'person.erased';

-- name: AccountErasures :many
select m.erasure_id, m.marked, coalesce(e.changes -> 'events' ->> 1, '') as told
from (
    select x.erasure_id, count(*) as marked
    from account_event_erasures x
    group by x.erasure_id
) m
left join account_events e on e.id = m.erasure_id and e.action = 'account.erased';
