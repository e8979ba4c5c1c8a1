-- Who waits goes before who was served: long works of an organization, and the servers that are posted to. What an endpoint
-- is no longer to be told is given up in steps, and what cannot be passed on or mailed any more says so.

-- +goose Up
alter table webhook_endpoints
    add column if not exists stopped_at timestamptz, -- what was queued up to then is not sent: it was paused or deleted
    add column if not exists wanted_at timestamptz, -- since when it waits for its turn, while others of its organization have theirs
    add column if not exists older_secrets jsonb not null default '[]'; -- before old_secret, that sign as well until their time
grant update on webhook_endpoints, webhook_deliveries to plinth_admin; -- staff has something sent again
grant insert on event_subscriptions to plinth_admin;

alter table bulk_leases add column if not exists fence bigint not null default 0; -- another at each taking
create table bulk_wants (
    tenant_id uuid not null,
    job_id    bigint not null,
    wanted_at timestamptz not null default clock_timestamp(), -- who waits longest is next
    asked_at  timestamptz not null default clock_timestamp(), -- who asks no more waits no more
    primary key (tenant_id, job_id)
);
comment on table bulk_wants is 'class: local';
grant select, insert, update, delete on bulk_wants to plinth_worker;
grant select, delete on bulk_wants to plinth_admin;

alter table undispatched_events
    add column if not exists failures integer not null default 0, -- how often no job could be made of it
    add column if not exists held_until timestamptz, -- it is tried again then, and holds back nobody until then
    add column if not exists error text not null default '';

alter table mails
    add column if not exists touched_at timestamptz, -- when it was last tried or asked for
    add column if not exists outcome_passing boolean not null default false; -- a bounce that may end by itself

-- +goose Down
alter table mails drop column outcome_passing, drop column touched_at;
alter table undispatched_events drop column error, drop column held_until, drop column failures;
drop table bulk_wants;
alter table bulk_leases drop column fence;
revoke insert on event_subscriptions from plinth_admin;
revoke update on webhook_endpoints, webhook_deliveries from plinth_admin;
alter table webhook_endpoints drop column older_secrets, drop column wanted_at, drop column stopped_at;
