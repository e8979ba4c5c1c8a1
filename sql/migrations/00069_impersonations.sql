-- Staff look at the product as one of its people sees it: who, as whom, why, from when to when, and whether they may change
-- something. A session that belongs to an impersonation ends with it.

-- +goose Up
create table impersonations (
    id            uuid primary key,
    staff_id      uuid not null,
    user_id       uuid not null,
    reason        text not null,
    created_at    timestamptz not null default now(),
    ends_at       timestamptz not null, -- until it is begun, until when it can be
    begun_at      timestamptz,
    raised_at     timestamptz, -- from when on something may be changed
    raised_reason text not null default '',
    ended_at      timestamptz
);
comment on table impersonations is 'class: local';
create index impersonations_user_id_idx on impersonations (user_id, created_at desc, id desc);
create index impersonations_staff_id_idx on impersonations (staff_id, created_at desc, id desc);
grant select on impersonations to plinth_app;
grant select, insert, update, delete on impersonations to plinth_admin;

alter table sessions add column if not exists impersonation_id uuid;
grant insert on sessions to plinth_admin;

-- +goose Down
revoke insert on sessions from plinth_admin;
alter table sessions drop column impersonation_id;
drop table impersonations;
