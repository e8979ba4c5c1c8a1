-- name: AppendEvent :exec
-- Whoever listens hears of it when it is committed: ids alone, which are shown to nobody who may not see the project.
-- every project: the number is for those who see the project; the listeners ask visible_to
with appended as (
    insert into events (tenant_id, id, actor_id, acting_as, action, object_kind, object_id, object_name, project_id, changes, person, request_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
)
select pg_notify('plinth_events', json_build_object(
    't', $1::uuid, 'b', $3::uuid, 'a', $5::text, 'o', $7::uuid, 'p', $9::uuid,
    'n', (select i.number from tickets i where i.tenant_id = $1 and i.id = $7)
)::text);

-- name: AppendAccountEvent :exec
insert into account_events (id, user_id, actor_id, action, changes, person, request_id)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: Activity :many
-- The newest of each project, and of those the newest: so the index on an entry's project ends the search early, however
-- many entries there are and whatever the planner takes their number to be.
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, (coalesce(u.name, '') || coalesce((select ' as ' || a.name from users a where a.id = e.acting_as), ''))::text as actor_name,
    p.key as project_key,
    (case when t.project_id = e.project_id then t.number else 0 end)::integer as ticket_number, -- zero where it was moved since
    coalesce(u.picture, '') as actor_picture
from (
    select newest.*
    from visible_to($1, $2) v
    cross join lateral (
        select x.*
        from events x
        where x.tenant_id = $1 and x.project_id = v.project_id
        order by x.at desc, x.id desc
        limit $3
    ) newest
    order by newest.at desc, newest.id desc
    limit $3
) e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
left join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
left join users u on u.id = e.actor_id
order by e.at desc, e.id desc;

-- name: ProjectActivity :many
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, (coalesce(u.name, '') || coalesce((select ' as ' || a.name from users a where a.id = e.acting_as), ''))::text as actor_name,
    p.key as project_key,
    (case when t.project_id = e.project_id then t.number else 0 end)::integer as ticket_number, -- zero where it was moved since
    coalesce(u.picture, '') as actor_picture
from (
    select x.*
    from events x
    where x.tenant_id = $1
      and x.project_id = (
          select o.id
          from projects o
          where o.tenant_id = $1
            and o.id in (select v.project_id from visible_to($1, $2) v)
            and o.key = $3
            and o.deleted_at is null
      )
    order by x.at desc, x.id desc
    limit $4
) e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
left join tickets t on t.tenant_id = e.tenant_id and t.id = e.object_id
left join users u on u.id = e.actor_id
order by e.at desc, e.id desc;

-- name: ObjectHistory :many
select e.id, e.at, e.action, e.object_kind, e.object_name, e.changes, e.actor_id, (coalesce(u.name, '') || coalesce((select ' as ' || a.name from users a where a.id = e.acting_as), ''))::text as actor_name,
    $3::text as project_key, $4::integer as ticket_number,
    coalesce(u.picture, '') as actor_picture
from (
    select x.*
    from events x
    where x.tenant_id = $1
      and x.object_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
    order by x.at desc, x.id desc
    limit $5
) e
left join users u on u.id = e.actor_id
order by e.at desc, e.id desc;

-- name: AccountEventByID :one
select id, at, user_id, actor_id, action, changes, person
from account_events
where id = $1;

-- name: AuditPeople :many
-- Whom the log can be narrowed down to, those who left among them.
select m.user_id, u.name, (case when m.left_at is null then u.picture else '' end)::text as picture
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1
order by m.joined_at, m.user_id
limit $2;

-- name: TellEvent :exec
-- every project: the number is for those who see the project; the listeners ask visible_to
-- A change that no history needs: only whoever looks at it hears of it.
select pg_notify('plinth_events', json_build_object(
    't', @tenant_id::uuid, 'b', @by::uuid, 'a', @action::text, 'o', @object::uuid, 'p', @project::uuid,
    'n', (select i.number from tickets i where i.tenant_id = @tenant_id::uuid and i.id = @object::uuid)
)::text);
