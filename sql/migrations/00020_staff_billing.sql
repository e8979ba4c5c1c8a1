-- What staff do about money: plans they give, tasks they take and close, and the comparison of our revenue with Stripe's.
--
-- Indexes are built beside the work that goes on, outside of a transaction; so every statement can be repeated after one
-- that was ended. An index whose build was ended is dropped first, as in 00010.

-- +goose NO TRANSACTION
-- +goose Up
alter table plan_overrides
    add column if not exists kind text not null default 'comp',
    add column if not exists ended_by uuid, -- staff; null when it ended by its date
    add column if not exists ended_reason text not null default '';
comment on column plan_overrides.kind is 'comp, trial, or stripe_trial: the end of a trial was moved at Stripe, and the row is the note of it';

alter table billing_tasks
    add column if not exists assignee_id uuid, -- staff
    add column if not exists closed_by uuid, -- staff; null when its reason was gone
    add column if not exists note text not null default '',
    add column if not exists amount bigint, -- of a refund or a dispute, in the currency's smallest unit
    add column if not exists currency text not null default '',
    add column if not exists reason text not null default '', -- Stripe's
    add column if not exists state text not null default ''; -- Stripe's

drop index concurrently if exists billing_tasks_opened_at_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently billing_tasks_opened_at_idx on billing_tasks (opened_at desc, id desc);
drop index concurrently if exists billing_tasks_tenant_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently billing_tasks_tenant_idx on billing_tasks (tenant_id) where closed_at is null;
drop index concurrently if exists stripe_events_customer_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently stripe_events_customer_idx on stripe_events (customer_id, received_at desc, id desc);

-- One comparison of what Stripe's list of subscriptions brings in a month with what our rows say.
create table if not exists revenue_checks (
    id          uuid primary key,
    state       text not null default 'running',
    after_id    text not null default '', -- the last subscription that was read
    pages       integer not null default 0,
    totals      jsonb not null default '{}', -- by currency: amount and subscriptions, and the same of nobody's customers
    problem     text not null default '',
    started_at  timestamptz not null,
    finished_at timestamptz,
    constraint revenue_checks_state_known check (state in ('running', 'done', 'failed'))
);
comment on table revenue_checks is 'class: local';
create unique index if not exists revenue_checks_running_key on revenue_checks (state) where state = 'running';
grant select, update on revenue_checks to plinth_worker;
grant select, insert, update, delete on revenue_checks to plinth_admin;

-- +goose Down
drop table if exists revenue_checks;
drop index concurrently if exists stripe_events_customer_idx;
drop index concurrently if exists billing_tasks_tenant_idx;
drop index concurrently if exists billing_tasks_opened_at_idx;
alter table billing_tasks
    drop column if exists state,
    drop column if exists reason,
    drop column if exists currency,
    drop column if exists amount,
    drop column if exists note,
    drop column if exists closed_by,
    drop column if exists assignee_id;
alter table plan_overrides
    drop column if exists ended_reason,
    drop column if exists ended_by,
    drop column if exists kind;
