-- name: StaffActs :many
-- What staff did and looked at, outside of organizations; an empty action or the nil person is any. Whom or what it is about
-- is named as it is called now.
select e.id, e.at, e.action, e.changes, e.actor_id, coalesce(a.name, '') as actor_name, e.request_id,
    t.id as tenant_id, u.id as user_id, coalesce(t.name, u.name, '')::text as subject, coalesce(e.person ->> 'why', '')::text as why
from account_events e
left join users a on a.id = e.actor_id
cross join lateral (
    select substring(coalesce(e.changes -> 'organization' ->> 1, e.changes -> 'user' ->> 1, e.changes -> 'object' ->> 1) from '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')::uuid as id
) o
left join tenants t on t.id = o.id
left join users u on u.id = coalesce(o.id, nullif(e.user_id, e.actor_id))
where e.action like 'staff.%'
  and (e.at, e.id) < ($1::timestamptz, $2::uuid)
  and ($3::text = '' or e.action = $3)
  and ($4::uuid = '00000000-0000-0000-0000-000000000000' or e.actor_id = $4)
order by e.at desc, e.id desc
limit $5;

-- name: StaffActions :many
select distinct action
from (
    select e.action
    from account_events e
    where e.action like 'staff.%'
    order by e.at desc, e.id desc
    limit 5000
) newest
order by action;

-- name: StaffPeople :many
-- Who is staff, for the filter.
select u.id, u.name
from users u
where u.staff_role is not null
order by u.name, u.id
limit 200;

-- name: SubjectCalled :one
-- What an organization or a person is called whom an act is done to.
select coalesce(
    (select t.name || ' (' || t.slug || ')' from tenants t where t.id = $1 and t.purging_at is null),
    (select u.name || ' (' || u.email || ')' from users u where u.id = $1 and u.anonymised_at is null),
    ''
)::text;
