-- name: StaffActs :many
-- What staff did and looked at, outside of organizations; an empty action or the nil person is any.
select e.id, e.at, e.action, e.changes, e.actor_id, coalesce(a.name, '') as actor_name, e.request_id
from account_events e
left join users a on a.id = e.actor_id
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
