-- name: PolicyOf :one
select email_domains, open_to_domains, second_factor, signin_methods, session_hours
from tenant_policies
where tenant_id = $1;

-- name: SetDomains :exec
insert into tenant_policies (tenant_id, email_domains, open_to_domains)
values ($1, $2, $3)
on conflict (tenant_id) do update
set email_domains = excluded.email_domains, open_to_domains = excluded.open_to_domains, updated_at = now();

-- name: OwnerEmails :many
select u.email
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1 and m.role = 'owner' and m.left_at is null
limit 100;

-- name: OpenTo :many
-- The organizations that anybody with an address at a domain may join, but for those the person is or was of.
select t.id, t.name
from tenant_policies p
join tenants t on t.id = p.tenant_id and t.deleted_at is null and t.suspended_at is null
where p.open_to_domains
  and p.email_domains @> array[sqlc.arg(domain)::text]
  and not exists (select from memberships m where m.tenant_id = p.tenant_id and m.user_id = sqlc.arg(user_id))
order by t.name, t.id
limit 20;

-- name: SetSecurity :exec
insert into tenant_policies (tenant_id, second_factor, signin_methods, session_hours)
values ($1, $2, $3, $4)
on conflict (tenant_id) do update
set second_factor = excluded.second_factor, signin_methods = excluded.signin_methods, session_hours = excluded.session_hours, updated_at = now();
