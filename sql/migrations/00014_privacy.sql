-- What people ask for of their own data: a copy of it.
--
-- The index is built beside the work that goes on, outside of a transaction; so every statement can be repeated after one
-- that was ended. An index whose build was ended is dropped first, as in 00010.

-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists mails_recipient_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_recipient_idx on mails (recipient, id);

create table if not exists account_exports (
    id         uuid primary key,
    user_id    uuid not null,
    state      text not null default 'running',
    tenants    uuid[] not null, -- the organizations when it was asked for
    folders    text[] not null, -- the name of each in the file
    step       integer not null default 0,
    part       integer not null default 0, -- of the step: pages written
    after_id   uuid not null default '00000000-0000-0000-0000-000000000000', -- the last row written
    bytes      bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint account_exports_state_known check (state in ('running', 'ready', 'failed'))
);
comment on table account_exports is 'class: local';
create unique index if not exists account_exports_running_key on account_exports (user_id) where state = 'running';
create index if not exists account_exports_user_idx on account_exports (user_id, created_at desc);
create index if not exists account_exports_expires_at_idx on account_exports (expires_at);
grant select, insert, update, delete on account_exports to plinth_app, plinth_worker;
grant select, delete on account_exports to plinth_admin;

-- +goose Down
drop table if exists account_exports;
drop index concurrently if exists mails_recipient_idx;
