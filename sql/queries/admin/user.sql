-- name: ListUsers :many
select u.id, u.name, u.email, u.created_at, u.staff_since, coalesce(u.staff_role, '') as staff, u.suspended_at, u.erase_at,
    (select count(*) from memberships m where m.user_id = u.id and m.left_at is null and m.tenant_id is not null) as organizations
from users u
where u.anonymised_at is null
  and u.id < $1
  and ($2::text = '' or u.name ilike '%' || $2 || '%' or u.email ilike '%' || $2 || '%')
  and ($4::text = '' or $4 = 'staff' and u.staff_role is not null or $4 = 'suspended' and u.suspended_at is not null or $4 = 'closing' and u.erase_at is not null)
order by u.id desc
limit $3;

-- name: CountUsers :one
-- Counts to the limit and no further.
select count(*)
from (
    select
    from users u
    where u.anonymised_at is null
      and ($1::text = '' or u.name ilike '%' || $1 || '%' or u.email ilike '%' || $1 || '%')
      and ($3::text = '' or $3 = 'staff' and u.staff_role is not null or $3 = 'suspended' and u.suspended_at is not null or $3 = 'closing' and u.erase_at is not null)
    limit $2
) found;

-- name: User :one
select u.id, u.name, u.email, u.time_zone, u.created_at, u.email_verified_at, u.password_changed_at, u.terms_version, u.staff_since, coalesce(u.staff_role, '') as staff,
    u.suspended_at, coalesce(u.suspended_reason, '') as suspended_reason, u.erase_at,
    exists (select from totp_factors f where f.user_id = u.id and f.confirmed_at is not null) as totp,
    (select count(*) from passkeys k where k.user_id = u.id) as passkeys,
    (select count(*) from recovery_codes c where c.user_id = u.id and c.used_at is null) as codes,
    (select count(*) from sessions s where s.user_id = u.id and s.expires_at > now()) as sessions,
    (select max(s.seen_at) from sessions s where s.user_id = u.id)::timestamptz as seen_at
from users u
where u.id = $1 and u.anonymised_at is null;

-- name: UserMemberships :many
select m.tenant_id, t.slug, t.name, m.role, m.joined_at, m.left_at
from memberships m
join tenants t on t.id = m.tenant_id
where m.user_id = $1
order by m.left_at is not null, t.name, m.tenant_id
limit $2;

-- name: UserEvents :many
select e.id, e.at, e.action, e.changes, e.actor_id, coalesce(a.name, '') as actor_name, e.request_id
from account_events e
left join users a on a.id = e.actor_id
where e.user_id = $1 and (e.at, e.id) < ($2::timestamptz, $3::uuid)
order by e.at desc, e.id desc
limit $4;

-- name: CountUserEvents :one
select count(*)
from (
    select
    from account_events e
    where e.user_id = $1
    limit $2
) found;

-- name: UserSessions :many
select s.id, s.user_agent, s.address, s.methods, s.strong, s.signed_in_at, s.seen_at
from sessions s
where s.user_id = $1 and s.expires_at > now()
order by s.seen_at desc, s.id
limit $2;

-- name: UserMails :many
select m.id, m.kind, m.recipient, m.subject, m.state, m.outcome, m.created_at, m.sent_at
from mails m
where lower(m.recipient) = (select u.email from users u where u.id = $1)
order by m.created_at desc, m.id desc
limit $2;
