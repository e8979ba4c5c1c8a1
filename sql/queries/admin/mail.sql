-- name: ListMails :many
-- An empty state, kind or recipient is any; a state may be an outcome too.
select m.id, m.kind, m.recipient, m.subject, m.state, m.outcome, m.created_at, m.sent_at
from mails m
where (m.created_at, m.id) < ($1::timestamptz, $2::uuid)
  and ($3::text = '' or m.state = $3 or m.outcome = $3)
  and ($4::text = '' or m.kind = $4)
  and ($5::text = '' or lower(m.recipient) = $5)
order by m.created_at desc, m.id desc
limit $6;

-- name: CountMails :one
select count(*)
from (
    select
    from mails m
    where ($1::text = '' or m.state = $1 or m.outcome = $1)
      and ($2::text = '' or m.kind = $2)
      and ($3::text = '' or lower(m.recipient) = $3)
    limit $4
) found;

-- name: MailKinds :many
select distinct kind
from (
    select kind
    from mails
    order by created_at desc, id desc
    limit 5000
) newest
order by kind
limit 100;

-- name: MailHealth :one
select count(*) filter (where m.state = 'sent') as sent, count(*) filter (where m.state in ('failed', 'unsure')) as failed,
    count(*) filter (where m.outcome = 'bounced') as bounced, count(*) filter (where m.outcome = 'complained') as complained,
    (select count(*) from mail_suppressions) as suppressed
from mails m
where m.created_at > now() - interval '1 day';

-- name: Mail :one
select m.id, m.kind, m.recipient, m.subject, m.state, m.outcome, m.created_at, m.sent_at, m.key, m.tenant_id, coalesce(t.name, '') as organization,
    m.message_id, m.attempts, m.unsure, m.again, m.error, m.answer, m.outcome_at, m.detail, m.job_kind,
    (select u.id from users u where u.email = lower(m.recipient) and u.anonymised_at is null) as user_id,
    coalesce((select s.reason from mail_suppressions s where s.address = lower(m.recipient)), '') as suppressed,
    (m.state in ('queued', 'sending') and coalesce(m.touched_at, m.created_at) >= now() - make_interval(secs => @stuck_after))::boolean as waits
from mails m
left join tenants t on t.id = m.tenant_id
where m.id = $1;

-- name: ListSuppressions :many
select s.address, s.reason, s.detail, coalesce(u.name, '') as staff, s.created_at
from mail_suppressions s
left join users u on u.id = s.staff_id
where (s.created_at, s.address) < ($1::timestamptz, $2::text)
  and ($3::text = '' or s.address ilike '%' || $3 || '%')
order by s.created_at desc, s.address desc
limit $4;

-- name: CountSuppressions :one
select count(*)
from (
    select
    from mail_suppressions s
    where $1::text = '' or s.address ilike '%' || $1 || '%'
    limit $2
) found;
