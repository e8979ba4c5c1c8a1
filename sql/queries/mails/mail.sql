-- name: ClaimMail :one
-- One mail per key: a second attempt with the key finds the row, and a mail already sent stays sent. Who finds it being sent
-- finds what a worker left that died: it may have gone out.
insert into mails (id, key, kind, tenant_id, recipient, subject, state, attempts, message_id, job_kind, job_args, request_id, touched_at)
values ($1, $2, $3, $4, $5, $6, 'sending', 1, $7, $8, $9, $10, now())
on conflict (key) do update
set attempts = mails.attempts + 1,
    unsure = mails.unsure + (mails.state = 'sending')::integer,
    state = 'sending',
    recipient = excluded.recipient, -- who it goes to may have another address by now
    subject = excluded.subject,
    touched_at = now(),
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
-- What the provider tells of a mail: a complaint stands above a bounce for good, and that above the rest, whichever is told
-- first. Of a delivery and a bounce that passes, the later counts.
update mails
set outcome = @outcome, outcome_at = @outcome_at, detail = @detail, outcome_passing = @passing
where message_id = @message_id and message_id <> ''
  and (
      case when @outcome::text = 'complained' then 3 when @outcome::text = 'bounced' and not @passing::boolean then 2 else 1 end
          > case when outcome = 'complained' then 3 when outcome = 'bounced' and not outcome_passing then 2 when outcome <> '' then 1 else 0 end
      or outcome in ('delivered', 'bounced') and (outcome = 'delivered' or outcome_passing)
          and (@outcome::text = 'delivered' or @outcome::text = 'bounced' and @passing::boolean) and outcome <> @outcome::text and outcome_at <= @outcome_at
  );

-- name: RecipientOf :one
select recipient
from mails
where message_id = $1 and message_id <> ''
order by created_at desc
limit 1;

-- name: SendAgain :one
-- Lets the mail of a cause be sent once more, under a Message-ID of its own. One that waits is not, unless it has waited for
-- longer than its job does between two tries.
update mails
set state = 'queued', again = again + 1, unsure = 0, message_id = sqlc.arg(message_id), outcome = '', outcome_at = null, outcome_passing = false, detail = '',
    error = '', answer = '', touched_at = now()
where id = $1 and job_kind <> '' and (state not in ('queued', 'sending') or coalesce(touched_at, created_at) < now() - make_interval(secs => sqlc.arg(stuck_after)))
returning job_kind, job_args, recipient;

-- name: MailsOver :execrows
-- What a job that had nothing to send any more was to send.
update mails
set state = 'over', touched_at = now(), error = case when state = 'sending' then 'It may have gone out at an earlier attempt.' else '' end
where job_kind = $1 and job_args = $2 and state in ('queued', 'sending');

-- name: MailKey :one
select key, again
from mails
where id = $1
for update;
