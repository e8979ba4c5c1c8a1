-- name: OrganizationsOf :many
-- In the person's scope: the organizations they belong to.
select m.tenant_id
from memberships m
where m.user_id = $1 and m.left_at is null
order by m.tenant_id
limit 100;

-- name: SessionsOpen :many
-- Which of the sessions still let somebody in.
select s.id
from sessions s
where s.id = any(@sessions::uuid[])
  and s.expires_at > now()
  and s.seen_at > now() - make_interval(secs => @idle);

-- name: Doors :many
-- Which of the sessions an organization lets in as it stands: of its members, while it is neither suspended nor deleted,
-- and when they meet what it asks of whoever comes in.
select s.id
from sessions s
join memberships m on m.user_id = s.user_id
join tenants t on t.id = m.tenant_id
left join tenant_policies p on p.tenant_id = t.id
where s.id = any(@sessions::uuid[])
  and m.tenant_id = $1
  and m.left_at is null
  and t.suspended_at is null
  and t.deleted_at is null
  and s.expires_at > now()
  and s.seen_at > now() - make_interval(secs => @idle)
  and (s.impersonation_id is not null
      or (not coalesce(p.second_factor, false) or s.strong)
      and (coalesce(cardinality(p.signin_methods), 0) = 0 or s.methods && p.signin_methods)
      and (coalesce(p.session_hours, 0) = 0 or s.proven_at > now() - make_interval(hours => p.session_hours)));

-- name: Views :many
-- What each of the people may see.
select m.user_id, array(select v.project_id from visible_to($1, m.user_id) v order by v.project_id)::uuid[] as projects
from memberships m
where m.tenant_id = $1
  and m.user_id = any(@people::uuid[])
  and m.left_at is null;

-- name: Names :many
-- every project: the key goes with the project to those alone whose view has it
select p.id, p.key
from projects p
where p.tenant_id = $1 and p.deleted_at is null;

-- name: Slug :one
select t.slug
from tenants t
where t.id = $1;

-- name: HappenedSince :one
-- Whether something happened that the person may see. Events stand in the order of their beginnings, and what was begun
-- before may have been committed since: hence the time is taken a little earlier than asked for.
select exists (
    select
    from events e
    where e.tenant_id = $1
      and e.at > @since::timestamptz
      and (e.project_id is null or e.project_id in (select v.project_id from visible_to($1, @person::uuid) v))
);
