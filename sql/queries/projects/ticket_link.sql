-- name: TicketRef :one
-- A ticket that another one is to be tied to.
select t.id, t.project_id, p.key, t.number, t.title
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id
where t.tenant_id = $1 and t.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k) and t.deleted_at is null;

-- name: LockTies :exec
-- Whoever ties tickets of an organization together waits for the others: two ties made at the same moment could be a
-- circle that neither of them sees.
select pg_advisory_xact_lock(hashtextextended('ticket ties ' || @tenant::text, 0));

-- name: LockEnds :exec
-- Two tickets that are tied together, in an order that everybody takes them in.
select
from tickets t
where t.tenant_id = $1 and t.deleted_at is null
  and t.id in (select k.ticket_id from ticket_at($1, $2, $3, $4) k union all select o.ticket_id from ticket_at($1, $2, @other_key, @other_number) o)
order by t.project_id, t.number
for no key update;

-- name: TryLockTies :one
-- LockTies for who holds tickets already, and would let others wait for them: false when somebody ties some right now.
select pg_try_advisory_xact_lock(hashtextextended('ticket ties ' || @tenant::text, 0))::boolean;

-- name: BelowItself :one
-- every project: a circle is one also where it leads through what the person does not see
-- Whether a ticket is the other one or stands anywhere above it.
with recursive up as (
    select t.id, t.parent_id
    from tickets t
    where t.tenant_id = @tenant and t.id = @below::uuid
    union
    select t.id, t.parent_id
    from up
    join tickets t on t.tenant_id = @tenant and t.id = up.parent_id
)
select exists (select from up where up.id = @above::uuid);

-- name: WaitsFor :one
-- every project: a circle is one also where it leads through what the person does not see
-- Whether a ticket waits for the other one, by however many between them.
with recursive before as (
    select l.blocker_id as id
    from ticket_links l
    where l.tenant_id = @tenant and l.blocked_id = @waiting::uuid
    union
    select l.blocker_id
    from before
    join ticket_links l on l.tenant_id = @tenant and l.blocked_id = before.id
)
select exists (select from before where before.id = @other::uuid);

-- name: AddLink :execrows
-- every project: both tickets were read through visible_to in the same transaction
insert into ticket_links (tenant_id, blocker_id, blocked_id, created_by, created_at)
values ($1, $2, $3, $4, @now::timestamptz)
on conflict do nothing;

-- name: RemoveLink :execrows
-- every project: both tickets were read through visible_to in the same transaction
delete from ticket_links
where tenant_id = $1 and blocker_id = $2 and blocked_id = $3;

-- name: TicketRelations :many
-- What a ticket is tied to, as far as the person sees it: 1 its parent, 2 its sub-tickets, 3 what it waits for, 4 what
-- waits for it.
with me as materialized (
    select i.id, i.parent_id
    from tickets i
    where i.tenant_id = $1 and i.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
), near as materialized (
    select 1 as relation, m.parent_id as id
    from me m
    where m.parent_id is not null
    union all
    select 2, c.id
    from me m
    join lateral (
        select x.id
        from tickets x
        where x.tenant_id = $1 and x.parent_id = m.id and x.deleted_at is null
        limit 200
    ) c on true
    union all
    select 3, l.blocker_id
    from me m
    join ticket_links l on l.tenant_id = $1 and l.blocked_id = m.id
    union all
    select 4, l.blocked_id
    from me m
    join ticket_links l on l.tenant_id = $1 and l.blocker_id = m.id
)
select n.relation, p.key, t.number, t.title, st.name as status_name, st.kind as status_kind
from near n
join tickets t on t.tenant_id = $1 and t.id = n.id and t.deleted_at is null
join projects p on p.tenant_id = $1 and p.id = t.project_id
join statuses st on st.tenant_id = $1 and st.project_id = t.project_id and st.slug = t.status
where p.id in (select v.project_id from visible_to($1, $2) v)
order by n.relation, p.key, t.number
limit 400;
