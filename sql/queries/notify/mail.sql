-- name: ToMail :one
-- One notification for a mail, if it is unread and its person may still see it.
select n.kind, n.user_id, n.comment_id, n.cause, u.email, u.name, u.time_zone, o.slug, o.name as organization, p.key as project_key, p.name as project_name,
    t.number, t.title, t.due_on, coalesce(a.name, '') as actor, coalesce(left(c.body, 2000), '')::text as excerpt, coalesce(s.name, '') as status
from notifications n
join tenants o on o.id = n.tenant_id and o.deleted_at is null and o.suspended_at is null
join memberships m on m.tenant_id = n.tenant_id and m.user_id = n.user_id and m.left_at is null
join users u on u.id = n.user_id and u.anonymised_at is null and u.suspended_at is null
join projects p on p.tenant_id = n.tenant_id and p.id = n.project_id
join tickets t on t.tenant_id = n.tenant_id and t.id = n.ticket_id and t.project_id = n.project_id and t.deleted_at is null
left join users a on a.id = n.actor_id
left join comments c on c.tenant_id = n.tenant_id and c.id = n.comment_id and c.deleted_at is null
left join events e on e.tenant_id = n.tenant_id and e.id = n.event_id and n.kind = 'status'
left join statuses s on s.tenant_id = n.tenant_id and s.project_id = n.project_id and s.slug = e.changes -> 'status' ->> 1
where n.tenant_id = $1
  and n.id = $2
  and n.read_at is null
  and n.project_id in (select v.project_id from visible_to($1, n.user_id) v);

-- name: DigestsDue :many
-- Who has something for a digest, since when, and where they are.
select n.user_id, u.time_zone, min(n.created_at)::timestamptz as oldest
from notifications n
join users u on u.id = n.user_id
where n.tenant_id = $1 and n.way = 'digest' and n.digest_at is null and n.read_at is null
group by n.user_id, u.time_zone
order by n.user_id
limit 5000;

-- name: PutInDigest :exec
update notifications n
set digest_at = @at
where n.tenant_id = $1 and n.user_id = $2 and n.way = 'digest' and n.digest_at is null and n.read_at is null and n.created_at < @at;

-- name: InDigest :many
select n.kind, n.user_id, n.comment_id, n.cause, u.email, u.name, u.time_zone, o.slug, o.name as organization, p.key as project_key, p.name as project_name,
    t.number, t.title, t.due_on, coalesce(a.name, '') as actor, coalesce(left(c.body, 300), '')::text as excerpt, coalesce(s.name, '') as status
from notifications n
join tenants o on o.id = n.tenant_id and o.deleted_at is null and o.suspended_at is null
join memberships m on m.tenant_id = n.tenant_id and m.user_id = n.user_id and m.left_at is null
join users u on u.id = n.user_id and u.anonymised_at is null and u.suspended_at is null
join projects p on p.tenant_id = n.tenant_id and p.id = n.project_id
join tickets t on t.tenant_id = n.tenant_id and t.id = n.ticket_id and t.project_id = n.project_id and t.deleted_at is null
left join users a on a.id = n.actor_id
left join comments c on c.tenant_id = n.tenant_id and c.id = n.comment_id and c.deleted_at is null
left join events e on e.tenant_id = n.tenant_id and e.id = n.event_id and n.kind = 'status'
left join statuses s on s.tenant_id = n.tenant_id and s.project_id = n.project_id and s.slug = e.changes -> 'status' ->> 1
where n.tenant_id = $1
  and n.user_id = $2
  and n.digest_at = $3
  and n.read_at is null
  and n.project_id in (select v.project_id from visible_to($1, $2) v)
order by p.name, t.number, n.id
limit 51;

-- name: Recipient :one
select u.email, u.name
from users u
where u.id = $1 and u.anonymised_at is null;

-- name: TenantsToTend :many
select id
from tenants
where id > $1 and deleted_at is null and suspended_at is null
order by id
limit $2;
