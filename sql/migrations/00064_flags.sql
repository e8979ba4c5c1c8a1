-- Switches and announcements. What switches there are stands in the code (internal/flags); here stands how staff set them, for
-- all, for a share of the organizations, or for one organization or person. Both are few: each process holds them all.

-- +goose Up
create table flags (
    key        text primary key,
    rule       text not null,
    percent    integer not null default 0, -- of the organizations, when the rule is percent
    expires_at timestamptz, -- from then on the flag counts as the code says
    updated_at timestamptz not null default now(),
    constraint flags_rule_check check (rule in ('default', 'on', 'off', 'percent')),
    constraint flags_percent_check check (percent between 0 and 100)
);
comment on table flags is 'class: local';

create table flag_targets (
    id         uuid primary key,
    flag       text not null,
    tenant_id  uuid,
    user_id    uuid,
    is_on      boolean not null,
    created_at timestamptz not null default now(),
    constraint flag_targets_one_check check (num_nonnulls(tenant_id, user_id) = 1),
    constraint flag_targets_tenant_key unique (flag, tenant_id),
    constraint flag_targets_user_key unique (flag, user_id)
);
comment on table flag_targets is 'class: local';

create table announcements (
    id          uuid primary key,
    text        text not null,
    link_text   text not null default '',
    link_url    text not null default '', -- of this site, or https
    level       text not null,
    audience    text not null,
    plan        text not null default '', -- of the audience plan
    tenant_id   uuid, -- of the audience organization
    dismissible boolean not null,
    starts_at   timestamptz not null,
    ends_at     timestamptz,
    created_by  uuid not null,
    created_at  timestamptz not null default now(),
    constraint announcements_level_check check (level in ('info', 'warning')),
    constraint announcements_audience_check check (audience in ('everybody', 'managers', 'plan', 'organization'))
);
comment on table announcements is 'class: local';
create index announcements_starts_at_idx on announcements (starts_at desc, id desc);

grant select on flags, flag_targets, announcements to plinth_app, plinth_worker;
grant select, insert, update, delete on flags, flag_targets, announcements to plinth_admin;

-- +goose Down
drop table announcements, flag_targets, flags;
