-- Staff retry or cancel many jobs at once, in steps; and what one request did is found by its id.

-- +goose NO TRANSACTION
-- +goose Up
create table if not exists job_acts (
    id         uuid primary key,
    act        text not null,
    state      text not null, -- the filter; what is empty leaves everything in
    kind       text not null,
    queue      text not null,
    tenant     text not null,
    upto       bigint not null, -- the newest job when it was asked for: what comes later is not meant
    after      bigint not null default 0, -- up to which job it is done
    total      integer not null,
    done       integer not null default 0,
    created_at timestamptz not null default now(),
    ended_at   timestamptz,
    constraint job_acts_act_known check (act in ('retry', 'cancel'))
);
comment on table job_acts is 'class: local';
grant select, insert, update, delete on job_acts to plinth_admin;

alter table instances
    add column if not exists busy integer not null default 0, -- connections that are used
    add column if not exists open integer not null default 0,
    add column if not exists most integer not null default 0,
    add column if not exists oldest_at timestamptz; -- since when the oldest transaction of its role runs

alter table mails add column if not exists request_id text not null default ''; -- of the request that caused it
drop index concurrently if exists mails_request_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_request_idx on mails (request_id) where request_id <> '';
drop index concurrently if exists events_request_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently events_request_idx on events (request_id) where request_id <> '';
drop index concurrently if exists account_events_request_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently account_events_request_idx on account_events (request_id) where request_id <> '';

-- +goose Down
drop index concurrently if exists account_events_request_idx;
drop index concurrently if exists events_request_idx;
drop index concurrently if exists mails_request_idx;
alter table mails drop column request_id;
alter table instances drop column oldest_at, drop column most, drop column open, drop column busy;
drop table job_acts;
