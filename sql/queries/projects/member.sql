-- name: ListProjectMembers :many
-- Who was added is read first, and looked up among the people of the organization, not the other way round.
with added as materialized (
    select pm.user_id, pm.added_at
    from projects p
    join project_members pm on pm.tenant_id = p.tenant_id and pm.project_id = p.id
    where p.tenant_id = $1
      and p.id in (select v.project_id from visible_to($1, $2) v)
      and p.key = $3
      and p.deleted_at is null
)
select a.user_id, u.name, u.email, m.role, a.added_at, u.picture
from added a
join memberships m on m.tenant_id = $1 and m.user_id = a.user_id and m.left_at is null and a.added_at >= m.joined_at
join users u on u.id = a.user_id
order by u.name, a.user_id
limit 500;

-- name: ListCandidates :many
-- Who belongs to the organization and was not added to the project.
select m.user_id, u.name, m.role
from projects p
join memberships m on m.tenant_id = p.tenant_id and m.left_at is null
join users u on u.id = m.user_id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and not exists (
      select
      from project_members pm
      where pm.tenant_id = p.tenant_id and pm.project_id = p.id and pm.user_id = m.user_id and pm.added_at >= m.joined_at
  )
order by u.name, m.user_id
limit 500;

-- name: ListAssignable :many
-- Who may see the project, by name: the same rule as visible_to, turned round. The project is looked up once, not for
-- each member.
with p as materialized (
    select o.id, o.visibility
    from projects o
    where o.tenant_id = $1
      and o.id in (select v.project_id from visible_to($1, $2) v)
      and o.key = $3
      and o.deleted_at is null
)
select m.user_id, u.name
from p
join memberships m on m.tenant_id = $1 and m.left_at is null
join users u on u.id = m.user_id
where m.role in ('owner', 'admin')
  or (m.role = 'member' and p.visibility = 'organization')
  or exists (
      select
      from project_members pm
      where pm.tenant_id = $1 and pm.project_id = p.id and pm.user_id = m.user_id and pm.added_at >= m.joined_at
  )
order by u.name, m.user_id
limit 500;

-- name: MaySee :one
select exists (select from visible_to($1, $2) v where v.project_id = @project::uuid);

-- name: MemberNow :one
select u.name
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.user_id = $2 and m.left_at is null;

-- name: AddProjectMember :execrows
-- every project: the project was locked through visible_to in the same transaction
insert into project_members (tenant_id, project_id, user_id)
values ($1, $2, $3)
on conflict (tenant_id, project_id, user_id) do update
set added_at = now()
where project_members.added_at < (
    select m.joined_at
    from memberships m
    where m.tenant_id = excluded.tenant_id and m.user_id = excluded.user_id
);

-- name: RemoveProjectMember :execrows
delete from project_members
where tenant_id = $1
  and project_id in (select v.project_id from visible_to($1, $2) v)
  and project_id = $3
  and user_id = $4;
