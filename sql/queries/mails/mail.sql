-- name: ClaimMail :one
-- One mail per key: a second attempt with the key finds the row, and a mail already sent stays sent. Who finds it being sent
-- finds what a worker left that died: it may have gone out.
insert into mails (id, key, kind, tenant_id, recipient, subject, state, attempts, message_id, job_kind, job_args)
values ($1, $2, $3, $4, $5, $6, 'sending', 1, $7, $8, $9)
on conflict (key) do update
set attempts = mails.attempts + 1,
    unsure = mails.unsure + (mails.state = 'sending')::integer,
    state = 'sending',
    message_id = case when mails.message_id = '' then excluded.message_id else mails.message_id end
where mails.state not in ('sent', 'unsure')
returning id, message_id, unsure;

-- name: MailSent :exec
update mails
set state = 'sent', sent_at = now(), error = '', answer = $2
where id = $1;

-- name: MailFailed :exec
update mails
set state = 'failed', error = $2
where id = $1;

-- name: MailUnsure :exec
-- It may have gone out twice already: it goes out no more unless somebody says so.
update mails
set state = 'unsure'
where id = $1;

-- name: MailSuppressed :exec
update mails
set state = 'suppressed', error = ''
where id = $1;

-- name: Suppressed :one
select exists (select from mail_suppressions where address = $1);

-- name: Suppress :execrows
insert into mail_suppressions (address, reason, detail, staff_id)
values ($1, $2, $3, $4)
on conflict (address) do nothing;

-- name: Unsuppress :execrows
delete from mail_suppressions
where address = $1;

-- name: NoteOutcome :execrows
-- What the provider tells of a mail; a complaint stands above a delivery, whichever is told first.
update mails
set outcome = $2, outcome_at = $3, detail = $4
where message_id = $1 and message_id <> ''
  and (outcome = '' or outcome = 'delivered' and $2::text <> 'delivered' or outcome = 'bounced' and $2::text = 'complained');

-- name: SendAgain :one
-- Lets the mail of a cause be sent once more, under a Message-ID of its own.
update mails
set state = 'queued', again = again + 1, unsure = 0, message_id = sqlc.arg(message_id), outcome = '', outcome_at = null, detail = '', error = '', answer = ''
where id = $1 and job_kind <> '' and state not in ('queued', 'sending')
returning job_kind, job_args, recipient;

-- name: MailKey :one
select key, again
from mails
where id = $1
for update;
