-- One-node plumbing: no foreign keys in or out, so that it can live apart from the data it speaks of.

-- +goose Up
-- A sign-up waits here until its address is proven; only then does a user exist. Known and unknown addresses therefore
-- take the same way, and nobody's unproven password is ever on an account.
create table signups (
    id            uuid primary key,
    email         text not null,
    name          text not null,
    password_hash text not null,
    terms_version text not null,
    next          text not null default '',
    created_at    timestamptz not null default now(),
    expires_at    timestamptz not null
);
comment on table signups is 'class: local';
create index signups_email_idx on signups (email);
create index signups_expires_at_idx on signups (expires_at);

create table one_time_tokens (
    id         uuid primary key,
    purpose    text not null,
    address    text not null,
    subject_id uuid not null,
    tenant_id  uuid,
    hash       bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz
);
comment on table one_time_tokens is 'class: local';
create index one_time_tokens_subject_idx on one_time_tokens (subject_id, purpose);
create index one_time_tokens_expires_at_idx on one_time_tokens (expires_at);

-- The authority on who is signed in: deleting the row ends the session, whatever cookie is still about.
create table sessions (
    id           uuid primary key,
    user_id      uuid not null,
    user_agent   text not null default '',
    address      text not null default '',
    signed_in_at timestamptz not null default now(),
    seen_at      timestamptz not null default now(),
    expires_at   timestamptz not null
);
comment on table sessions is 'class: local';
create index sessions_user_id_idx on sessions (user_id);
create index sessions_expires_at_idx on sessions (expires_at);

-- What scs keeps for a cookie; the token is stored hashed.
create table http_sessions (
    token      text primary key,
    data       bytea not null,
    expires_at timestamptz not null
);
comment on table http_sessions is 'class: local';
create index http_sessions_expires_at_idx on http_sessions (expires_at);

create table rate_buckets (
    key      text primary key,
    failures integer not null,
    last_at  timestamptz not null,
    until_at timestamptz not null
);
comment on table rate_buckets is 'class: local';
create index rate_buckets_last_at_idx on rate_buckets (last_at);

create table account_events (
    id         uuid primary key,
    at         timestamptz not null default clock_timestamp(),
    user_id    uuid,
    actor_id   uuid,
    action     text not null,
    changes    jsonb not null default '{}',
    person     jsonb not null default '{}',
    request_id text not null default ''
);
comment on table account_events is 'class: local';
create index account_events_user_id_idx on account_events (user_id, at desc);

create table mails (
    id         uuid primary key,
    key        text not null,
    kind       text not null,
    tenant_id  uuid,
    recipient  text not null,
    subject    text not null,
    state      text not null,
    error      text not null default '',
    attempts   integer not null default 0,
    created_at timestamptz not null default now(),
    sent_at    timestamptz,
    constraint mails_key_key unique (key)
);
comment on table mails is 'class: local';
create index mails_created_at_idx on mails (created_at desc);

create table mail_suppressions (
    address    text primary key,
    reason     text not null,
    created_at timestamptz not null default now()
);
comment on table mail_suppressions is 'class: local';

grant select, insert, update, delete on signups, one_time_tokens, sessions, http_sessions, rate_buckets to plinth_app, plinth_worker;
grant select, insert, update on mails, mail_suppressions to plinth_app, plinth_worker;
grant delete on mail_suppressions to plinth_app, plinth_worker;
grant select, insert on account_events to plinth_app, plinth_worker, plinth_admin;
grant select on mails, mail_suppressions, rate_buckets to plinth_admin;
grant select, update, delete on sessions to plinth_admin;

-- +goose Down
drop table mail_suppressions, mails, account_events, rate_buckets, http_sessions, sessions, one_time_tokens, signups;
