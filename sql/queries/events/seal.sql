-- name: QueueForSealing :exec
insert into unsealed_events (tenant_id, event_id)
values ($1, $2);

-- name: ChainsToSeal :many
select distinct tenant_id
from unsealed_events
where tenant_id > $1
order by tenant_id
limit $2;

-- name: LateUnsealed :many
-- What has waited for its seal since before $1, the longest first.
select tenant_id, event_id, queued_at
from unsealed_events
where queued_at < $1
order by queued_at
limit $2;

-- name: CountUnsealed :one
select count(*)
from unsealed_events
where queued_at < $1;

-- name: LockChain :one
-- One sealer of a chain at a time; whoever comes second goes home. The key of the table would decide too, by an error.
select pg_try_advisory_xact_lock(hashtextextended('seal ' || $1::text, 0));

-- name: DropUnsealed :exec
delete from unsealed_events
where tenant_id = $1 and event_id = any($2::uuid[]);

-- name: QueueMissed :execrows
-- Events that have no seal and wait for none: those from before there were seals, and what was written by hand.
insert into unsealed_events (tenant_id, event_id)
select e.tenant_id, e.id
from events e
where e.tenant_id = $1
  and not exists (select from event_seals s where s.tenant_id = $1 and s.event_id = e.id)
  and not exists (select from unsealed_events u where u.tenant_id = $1 and u.event_id = e.id)
order by e.id
limit $2;

-- name: QueueMissedAccount :execrows
insert into unsealed_events (tenant_id, event_id)
select '00000000-0000-0000-0000-000000000000'::uuid, e.id
from account_events e
where not exists (select from account_event_seals s where s.event_id = e.id)
  and not exists (select from unsealed_events u where u.tenant_id = '00000000-0000-0000-0000-000000000000' and u.event_id = e.id)
order by e.id
limit $1;

-- name: LastSeal :one
select seq, hash
from event_seals
where tenant_id = $1
order by seq desc
limit 1;

-- name: LastAccountSeal :one
select seq, hash
from account_event_seals
order by seq desc
limit 1;

-- name: SealAt :one
select hash
from event_seals
where tenant_id = $1 and seq = $2;

-- name: AccountSealAt :one
select hash
from account_event_seals
where seq = $1;

-- name: UnsealedOf :many
-- In the order of the ids, which is that of their making: the key of what waits gives it without a sort.
select e.id, e.at, e.actor_id, e.acting_as, e.action, e.object_kind, e.object_id, e.object_name, e.project_id,
    e.changes::text as changes, e.person::text as person, e.request_id
from unsealed_events u
join events e on e.tenant_id = u.tenant_id and e.id = u.event_id
where u.tenant_id = $1 and e.tenant_id = $1
order by u.event_id
limit $2;

-- name: UnsealedAccount :many
-- The same columns: the account stands where an event's object does.
select e.id, e.at, e.actor_id, null::uuid as acting_as, e.action, 'account'::text as object_kind, e.user_id as object_id,
    ''::text as object_name, null::uuid as project_id, e.changes::text as changes, e.person::text as person, e.request_id
from unsealed_events u
join account_events e on e.id = u.event_id
where u.tenant_id = '00000000-0000-0000-0000-000000000000'
order by u.event_id
limit $1;

-- name: AppendSeal :exec
insert into event_seals (tenant_id, seq, event_id, person, prev, hash)
values ($1, $2, $3, $4, $5, $6);

-- name: AppendAccountSeal :exec
insert into account_event_seals (seq, event_id, person, prev, hash)
values ($1, $2, $3, $4, $5);

-- name: LastHead :one
select seq, hash
from audit.heads
where tenant_id = $1
order by seq desc
limit 1;

-- name: LastAccountHead :one
select seq, hash
from audit.account_heads
order by seq desc
limit 1;

-- name: AppendHead :exec
insert into audit.heads (tenant_id, seq, hash)
values ($1, $2, $3)
on conflict (tenant_id, seq) do nothing;

-- name: AppendAccountHead :exec
insert into audit.account_heads (seq, hash)
values ($1, $2)
on conflict (seq) do nothing;

-- name: ListChains :many
select t.id, t.slug, (t.purging_at is null)::boolean as live
from tenants t
where t.id > $1
order by t.id
limit $2;

-- name: ChainBySlug :one
select id
from tenants
where slug = $1;

-- name: AccountsWait :one
select exists (select from unsealed_events where tenant_id = '00000000-0000-0000-0000-000000000000');

-- name: HeadsChangeable :one
-- Whether the role may change what it has copied.
select coalesce(bool_or(has_table_privilege(t, 'update') or has_table_privilege(t, 'delete') or has_table_privilege(t, 'truncate')), false)::boolean
from unnest(array['audit.heads', 'audit.account_heads']) t;
