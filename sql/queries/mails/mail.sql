-- name: ClaimMail :one
-- One mail per key: a second attempt with the key finds the row, and a mail already sent stays sent.
insert into mails (id, key, kind, tenant_id, recipient, subject, state, attempts)
values ($1, $2, $3, $4, $5, $6, 'sending', 1)
on conflict (key) do update
set attempts = mails.attempts + 1
where mails.state <> 'sent'
returning id, state;

-- name: MailSent :exec
update mails
set state = 'sent', sent_at = now(), error = ''
where id = $1;

-- name: MailFailed :exec
update mails
set state = 'failed', error = $2
where id = $1;

-- name: MailSuppressed :exec
update mails
set state = 'suppressed'
where id = $1;

-- name: Suppressed :one
select exists (select from mail_suppressions where address = $1);

-- name: Suppress :exec
insert into mail_suppressions (address, reason)
values ($1, $2)
on conflict (address) do nothing;
