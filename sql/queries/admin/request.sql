-- name: RequestEvents :many
select e.id, e.at, e.action, t.id as tenant_id, t.name as organization, u.id as actor_id, coalesce(u.name, '') as actor
from events e
join tenants t on t.id = e.tenant_id
left join users u on u.id = e.actor_id
where e.request_id = $1 and e.request_id <> ''
order by e.at, e.id
limit $2;

-- name: RequestAccountEvents :many
select e.id, e.at, e.action, null::uuid as tenant_id, ''::text as organization, u.id as actor_id, coalesce(u.name, '') as actor
from account_events e
left join users u on u.id = coalesce(e.actor_id, e.user_id)
where e.request_id = $1 and e.request_id <> ''
order by e.at, e.id
limit $2;

-- name: RequestMails :many
select m.id, m.kind, m.recipient, m.subject, m.state, m.outcome, m.created_at, m.sent_at
from mails m
where m.request_id = $1 and m.request_id <> ''
order by m.created_at, m.id
limit $2;

-- name: HasRequest :one
-- every organization: staff ask by the id of a request alone
select exists (select from events e where e.request_id = $1 and e.request_id <> '')
    or exists (select from account_events e where e.request_id = $1 and e.request_id <> '')
    or exists (select from mails m where m.request_id = $1 and m.request_id <> '');
