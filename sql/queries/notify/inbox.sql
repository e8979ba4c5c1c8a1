-- name: Inbox :many
-- The page is cut first, and what it shows is looked up for it alone: what is gone by then, or may not be
-- seen any more, is not there.
select n.id, n.kind, n.created_at, n.read_at, n.comment_id, n.cause, p.key as project_key, p.name as project_name, p.hue, t.number, t.title, t.due_on,
    n.actor_id, coalesce(a.name, '') as actor, coalesce(a.picture, '') as picture, coalesce((
        select left(c.body, 400)
        from comments c
        where c.tenant_id = n.tenant_id and c.id = n.comment_id and c.deleted_at is null
    ), '')::text as excerpt,
    coalesce(s.name, '') as status, t.deleted_at is null and t.project_id = n.project_id
        and n.project_id in (select v.project_id from visible_to($1, $2) v) as there
from (
    select x.*
    from notifications x
    where x.tenant_id = $1
      and x.user_id = $2
      and x.id < $3
    order by x.id desc
    limit $4
) n
join projects p on p.tenant_id = n.tenant_id and p.id = n.project_id
cross join lateral (
    select i.number, i.title, i.due_on, i.deleted_at, i.project_id
    from tickets i
    where i.tenant_id = n.tenant_id and i.id = n.ticket_id
    limit 1
) t
left join users a on a.id = n.actor_id
left join lateral (
    select h.changes
    from events h
    where h.tenant_id = n.tenant_id and h.id = n.event_id and n.kind = 'status'
    limit 1
) e on true
left join statuses s on s.tenant_id = n.tenant_id and s.project_id = n.project_id and s.slug = e.changes -> 'status' ->> 1
order by n.id desc;

-- name: InboxUnread :many
select n.id, n.kind, n.created_at, n.read_at, n.comment_id, n.cause, p.key as project_key, p.name as project_name, p.hue, t.number, t.title, t.due_on,
    n.actor_id, coalesce(a.name, '') as actor, coalesce(a.picture, '') as picture, coalesce((
        select left(c.body, 400)
        from comments c
        where c.tenant_id = n.tenant_id and c.id = n.comment_id and c.deleted_at is null
    ), '')::text as excerpt,
    coalesce(s.name, '') as status, t.deleted_at is null and t.project_id = n.project_id
        and n.project_id in (select v.project_id from visible_to($1, $2) v) as there
from (
    select x.*
    from notifications x
    where x.tenant_id = $1
      and x.user_id = $2
      and x.id < $3
      and x.read_at is null
    order by x.id desc
    limit $4
) n
join projects p on p.tenant_id = n.tenant_id and p.id = n.project_id
cross join lateral (
    select i.number, i.title, i.due_on, i.deleted_at, i.project_id
    from tickets i
    where i.tenant_id = n.tenant_id and i.id = n.ticket_id
    limit 1
) t
left join users a on a.id = n.actor_id
left join lateral (
    select h.changes
    from events h
    where h.tenant_id = n.tenant_id and h.id = n.event_id and n.kind = 'status'
    limit 1
) e on true
left join statuses s on s.tenant_id = n.tenant_id and s.project_id = n.project_id and s.slug = e.changes -> 'status' ->> 1
order by n.id desc;

-- name: Unread :one
-- Asked by the guard before the organization's id is known: the slug leads to it. A hundred stands for more.
select count(*)
from (
    select
    from tenants o
    cross join lateral (
        select n.id
        from notifications n
        where n.tenant_id = o.id
          and n.user_id = $2
          and n.read_at is null
          and n.project_id in (select v.project_id from visible_to(o.id, $2) v)
        limit 100
    ) few
    where o.slug = $1
) counted;

-- name: Open :one
-- Reads one's own notification, where it leads to. Nothing that may not be seen any more.
update notifications n
set read_at = coalesce(n.read_at, now())
from projects p, tickets t
where n.tenant_id = $1
  and n.user_id = $2
  and n.id = $3
  and p.tenant_id = n.tenant_id
  and p.id = n.project_id
  and t.tenant_id = n.tenant_id
  and t.id = n.ticket_id
  and t.deleted_at is null
  and t.project_id = n.project_id
  and n.project_id in (select v.project_id from visible_to($1, $2) v)
returning p.key as project_key, t.number, n.comment_id;

-- name: MarkRead :execrows
with marked as (
    update notifications n
    set read_at = case when @read::boolean then coalesce(n.read_at, now()) end
    where n.tenant_id = $1 and n.user_id = $2 and n.id = $3
    returning n.tenant_id, n.user_id
)
select pg_notify('plinth_events', json_build_object('t', tenant_id, 'u', user_id, 'a', 'notification')::text)
from marked;

-- name: MarkAllRead :execrows
with marked as (
    update notifications n
    set read_at = now()
    where n.tenant_id = @tenant_id and n.user_id = @user_id and n.read_at is null and n.id <= @up_to
    returning n.tenant_id, n.user_id
)
select pg_notify('plinth_events', json_build_object('t', @tenant_id::uuid, 'u', @user_id::uuid, 'a', 'notification')::text)
where exists (select from marked);
