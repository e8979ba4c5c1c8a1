-- name: LockPreparing :exec
-- What an organization is told is written down by one after another, so that nobody posts an event before an earlier one.
select pg_advisory_xact_lock(hashtextextended('prepare webhooks ' || @tenant::text, 0));

-- name: Untold :many
-- An event and those around it that an endpoint hears of and that were not written down for it yet: of the minute before it,
-- whose jobs it may have overtaken, and of those after it, whose jobs find it done. What happened before the endpoint was
-- changed last is left to its own job.
select x.id
from (
    (select e.id, e.action, e.at
    from events e
    where e.tenant_id = $1 and e.id <= @event
    order by e.id desc
    limit 50)
    union all
    (select e.id, e.action, e.at
    from events e
    where e.tenant_id = $1 and e.id > @event
    order by e.id
    limit 50)
) x
where (x.id >= @event or x.at > (select e.at from events e where e.tenant_id = $1 and e.id = @event) - interval '1 minute')
  and x.action = any(@told::text[])
  and exists (
      select
      from webhook_endpoints h
      where h.tenant_id = $1
        and h.state = 'active'
        and h.deleted_at is null
        and (h.updated_at < x.at or x.id = @event)
        and (h.types = '{}' or x.action = any(h.types))
        and not exists (
            select
            from webhook_deliveries d
            where d.tenant_id = $1 and d.endpoint_id = h.id and d.event_id = x.id
        )
  )
order by x.id;

-- name: Hearing :many
-- The endpoints that are told of one of some types, and whether they are to be left alone until a job comes that waits already.
-- None of them is paused or deleted until this is written down; posting to them goes on.
select e.id, e.types, e.updated_at, coalesce(e.failures > 0 and e.next_at > @now and e.wake_at > @now, false)::boolean as later
from webhook_endpoints e
where e.tenant_id = $1
  and e.state = 'active'
  and e.deleted_at is null
  and (e.types = '{}' or e.types && @types::text[])
order by e.id
for key share;

-- name: Snapshots :many
-- What is told of events: what happened, and what it is about as that stands now.
-- every project: who has them sent manages the organization, and sees all of its projects
select e.id, e.at, e.action, e.object_kind, e.object_id, e.object_name, e.changes, e.actor_id, coalesce(u.name, '') as actor_name,
    o.id as organization_id, o.slug as organization_slug, o.name as organization_name,
    p.id as project_id, coalesce(p.key, '') as project_key, coalesce(p.name, '') as project_name,
    t.number, coalesce(tp.key, '') as ticket_project, coalesce(t.title, '') as title, coalesce(t.status, '') as status, coalesce(t.priority, 0)::smallint as priority,
    t.assignee_id, coalesce(a.name, '') as assignee_name,
    c.id as comment_id, coalesce(c.body, '') as comment_body,
    coalesce(m.name, '') as member_name
from events e
join tenants o on o.id = e.tenant_id and o.deleted_at is null
left join users u on u.id = e.actor_id
left join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
left join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id and e.object_kind = 'ticket'
left join projects tp on tp.tenant_id = t.tenant_id and tp.id = t.project_id
left join users a on a.id = t.assignee_id
left join comments c on c.tenant_id = e.tenant_id and c.id = (e.changes -> 'comment' ->> 1)::uuid and c.deleted_at is null
left join users m on m.id = e.object_id and e.object_kind = 'member'
where e.tenant_id = $1 and e.id = any(@ids::uuid[]);

-- name: AddDelivery :exec
insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, next_at, queued_at, created_at)
values ($1, $2, $3, $4, $5, $6, $6, $6)
on conflict (tenant_id, endpoint_id, event_id) do nothing;
