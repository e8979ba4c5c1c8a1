-- What every process tells of itself: that it lives, and how long its requests and jobs take.

-- +goose Up
create table instances (
    id         uuid primary key,
    kind       text not null,
    host       text not null,
    version    text not null,
    started_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    constraint instances_kind_known check (kind in ('web', 'worker'))
);
comment on table instances is 'class: local';

-- Patterns of routes and kinds of jobs, never whose they were. A bucket counts what took at most as long as its bound,
-- which stands in the program.
create table timings (
    hour    timestamptz not null,
    what    text not null,
    name    text not null,
    count   bigint not null,
    errors  bigint not null,
    buckets bigint[] not null,
    primary key (hour, what, name),
    constraint timings_what_known check (what in ('route', 'job', 'wait'))
);
comment on table timings is 'class: local';

grant select, insert, update, delete on instances, timings to plinth_app, plinth_worker;
grant select on instances, timings to plinth_admin;

-- +goose Down
drop table timings, instances;
