-- name: ExportAccountEvents :many
-- Where staff did something from is theirs.
select e.id, jsonb_build_object(
    'at', e.at, 'action', e.action, 'changes', e.changes,
    'personal', case when coalesce(e.actor_id, e.user_id) = e.user_id then e.person - 'salt' end
)::jsonb as doc
from account_events e
where e.user_id = $1
  and (e.at, e.id) > (coalesce((select x.at from account_events x where x.id = @after), '-infinity'), @after)
order by e.at, e.id
limit @size;

-- name: ExportActivity :many
-- What a person did in an organization, as far as they still see what they did it to. Of the personal values of an event
-- only where it came from: the rest may be another's.
select e.id, jsonb_build_object(
    'at', e.at, 'action', e.action, 'object', e.object_kind, 'name', e.object_name, 'changes', e.changes,
    'address', e.person ->> 'address', 'device', e.person ->> 'device'
)::jsonb as doc
from events e
where e.tenant_id = @tenant
  and e.actor_id = @person
  and (e.project_id is null or e.project_id in (select v.project_id from visible_to(@tenant, @person) v))
  and exists (
      select
      from memberships m
      join tenants t on t.id = m.tenant_id
      where m.tenant_id = @tenant and m.user_id = @person and m.left_at is null and t.deleted_at is null
  )
  and (e.at, e.id) > (coalesce((select x.at from events x where x.tenant_id = @tenant and x.id = @after), '-infinity'), @after)
order by e.at, e.id
limit @size;

-- name: ExportHistory :many
-- All that happened in an organization, as its owners read it in the audit log.
select e.id, jsonb_build_object(
    'at', e.at, 'actor', u.name, 'actor_id', e.actor_id, 'action', e.action, 'object', e.object_kind, 'object_id', e.object_id, 'name', e.object_name,
    'changes', e.changes, 'personal', e.person - 'salt', 'seal', s.seq
)::jsonb as doc
from events e
left join users u on u.id = e.actor_id
left join event_seals s on s.tenant_id = e.tenant_id and s.event_id = e.id
where e.tenant_id = $1 and e.id > $2
order by e.id
limit $3;
