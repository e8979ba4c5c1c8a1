-- The log of mails says under which Message-ID each went, what the mail server and its provider said of it, and which job
-- sends it again. Addresses that mail does not reach, or that want none, are told by the provider.

-- +goose Up
alter table mails
    add column if not exists message_id text not null default '',
    add column if not exists unsure integer not null default 0, -- how often it may have gone out although nobody noted it
    add column if not exists again integer not null default 0, -- how often staff had it sent again
    add column if not exists answer text not null default '', -- of the mail server that took it
    add column if not exists outcome text not null default '', -- as its provider told later: delivered, bounced or complained
    add column if not exists outcome_at timestamptz,
    add column if not exists detail text not null default '', -- of the outcome
    add column if not exists job_kind text not null default '', -- with the arguments, which are ids, it is sent again
    add column if not exists job_args jsonb not null default '{}';
alter table mail_suppressions
    add column if not exists detail text not null default '',
    add column if not exists staff_id uuid; -- who put it on the list; null when the provider did
grant update on mails to plinth_admin;
grant insert, delete on mail_suppressions to plinth_admin;

-- +goose Down
revoke insert, delete on mail_suppressions from plinth_admin;
revoke update on mails from plinth_admin;
alter table mail_suppressions drop column staff_id, drop column detail;
alter table mails
    drop column job_args, drop column job_kind, drop column detail, drop column outcome_at, drop column outcome, drop column answer,
    drop column again, drop column unsure, drop column message_id;
