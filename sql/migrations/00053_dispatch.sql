-- Events wait for being passed on to whoever wants to hear of them, and an organization does one long work at a time.

-- +goose Up
-- Added in the transaction of the event; the dispatcher makes jobs of it within milliseconds.
create table undispatched_events (
    tenant_id uuid not null,
    event_id  uuid not null,
    consumer  text not null default '', -- the only one that is to hear of it; '' is each that wants to
    action    text not null,
    repeats   boolean not null default false, -- one of many of one cause, and not the first
    queued_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, event_id, consumer),
    constraint undispatched_events_action_form check (action ~ '^[a-z_]+\.[a-z_]+$')
);
comment on table undispatched_events is 'class: local';
create index undispatched_events_queued_at_idx on undispatched_events (queued_at);

-- What an organization has chosen that a consumer hears of. The dispatcher asks it for all organizations at once.
create table event_subscriptions (
    tenant_id uuid not null,
    consumer  text not null,
    action    text not null,
    primary key (tenant_id, consumer, action),
    constraint event_subscriptions_action_form check (action ~ '^[a-z_]+\.[a-z_]+$')
);
comment on table event_subscriptions is 'class: local';

grant insert on undispatched_events to plinth_app, plinth_admin;
grant select, insert, update, delete on undispatched_events to plinth_worker;
grant select, delete on undispatched_events to plinth_admin;
grant select, insert, delete on event_subscriptions to plinth_app, plinth_worker;
grant select, delete on event_subscriptions to plinth_admin;

create table bulk_leases (
    tenant_id uuid primary key,
    job_id    bigint not null,
    until_at  timestamptz not null
);
comment on table bulk_leases is 'class: local';
grant select, insert, update, delete on bulk_leases to plinth_worker;
grant select, delete on bulk_leases to plinth_admin;

-- Jobs that wait in a queue of before find its workers. A new database has no jobs yet.
-- +goose StatementBegin
do $$
begin
    if to_regclass('river.river_job') is not null then
        update river.river_job
        set queue = case when queue = 'billing' or kind not in ('send_notification', 'send_digest', 'send_report') then 'critical' else 'default' end
        where queue in ('billing', 'mail') and finalized_at is null;
        delete from river.river_queue where name in ('billing', 'mail');
    end if;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop table bulk_leases, event_subscriptions, undispatched_events;
