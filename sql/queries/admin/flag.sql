-- name: FlagRows :many
-- What is set for all, with how many organizations and people have something else.
select f.key, f.rule, f.percent, f.expires_at,
    count(x.tenant_id) as organizations, count(x.user_id) as users
from flags f
left join flag_targets x on x.flag = f.key
group by f.key
order by f.key;

-- name: FlagRow :one
select f.key, f.rule, f.percent, f.expires_at, 0::bigint as organizations, 0::bigint as users
from flags f
where f.key = $1;

-- name: TargetsOfFlag :many
select x.id, x.tenant_id, x.user_id, coalesce(t.name, u.name, '') as name, coalesce(t.slug, u.email, '') as address, x.is_on, x.created_at
from flag_targets x
left join tenants t on t.id = x.tenant_id
left join users u on u.id = x.user_id
where x.flag = $1 and x.id < $2
order by x.id desc
limit $3;

-- name: CountTargetsOfFlag :one
select count(*)
from flag_targets
where flag = $1;

-- name: FlagHistory :many
-- Who changed what of a flag, the newest first. Ids in it are named as they are called now.
select e.id, e.at, coalesce(a.name, '') as staff, e.changes, coalesce(t.name, '') as organization, coalesce(u.name, '') as person
from account_events e
left join users a on a.id = e.actor_id
left join tenants t on t.id = (e.changes -> 'organization' ->> 1)::uuid
left join users u on u.id = (e.changes -> 'user' ->> 1)::uuid
where e.action = 'staff.flag_changed' and e.changes -> 'object' ->> 1 = $1::text
order by e.at desc, e.id desc
limit 50;

-- name: TenantCalled :one
-- Of one that is deleted nothing is switched any more.
select t.id
from tenants t
where t.deleted_at is null and t.slug = $1;

-- name: UserCalled :one
select u.id
from users u
where u.anonymised_at is null and u.email = $1;

-- name: ListAnnouncements :many
-- Those of a state: current, planned or past.
select a.id, a.text, a.link_text, a.link_url, a.level, a.audience, a.plan, a.tenant_id, coalesce(t.name, '') as organization,
    coalesce(t.slug, '') as slug, a.dismissible, a.starts_at, a.ends_at, coalesce(u.name, '') as staff
from announcements a
left join tenants t on t.id = a.tenant_id
left join users u on u.id = a.created_by
where (a.starts_at, a.id) < ($1::timestamptz, $2::uuid)
  and case $3::text
      when 'planned' then a.starts_at > now() and (a.ends_at is null or a.ends_at > now())
      when 'past' then a.ends_at <= now()
      else a.starts_at <= now() and (a.ends_at is null or a.ends_at > now())
  end
order by a.starts_at desc, a.id desc
limit $4;

-- name: Announcement :one
select a.id, a.text, a.link_text, a.link_url, a.level, a.audience, a.plan, a.tenant_id, coalesce(t.name, '') as organization,
    coalesce(t.slug, '') as slug, a.dismissible, a.starts_at, a.ends_at, coalesce(u.name, '') as staff
from announcements a
left join tenants t on t.id = a.tenant_id
left join users u on u.id = a.created_by
where a.id = $1;
