-- Changing an address, and the browsers an account is known from.

-- +goose Up
create table email_changes (
    id               uuid primary key,
    user_id          uuid not null,
    old_email        text not null,
    new_email        text not null,
    old_confirmed_at timestamptz,
    new_confirmed_at timestamptz,
    created_at       timestamptz not null default now(),
    expires_at       timestamptz not null,
    constraint email_changes_user_id_key unique (user_id), -- one at a time
    constraint email_changes_email_lower check (new_email = lower(new_email))
);
comment on table email_changes is 'class: local';
create index email_changes_expires_at_idx on email_changes (expires_at);

create table known_devices (
    user_id uuid not null,
    hash    bytea not null, -- of an id in a sealed cookie of the browser
    seen_at timestamptz not null default now(),
    primary key (user_id, hash)
);
comment on table known_devices is 'class: local';
create index known_devices_seen_at_idx on known_devices (seen_at);

grant select, insert, update, delete on email_changes, known_devices to plinth_app, plinth_worker;
grant select, delete on email_changes, known_devices to plinth_admin;

-- +goose Down
drop table known_devices, email_changes;
