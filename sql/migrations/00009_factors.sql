-- More than a password: second factors, passkeys, and what a session was proven with.

-- +goose Up
create table totp_factors (
    user_id      uuid primary key,
    secret       text not null, -- sealed
    created_at   timestamptz not null default now(),
    confirmed_at timestamptz,
    last_step    bigint not null default 0 -- the time step of the last code taken: none is taken twice
);
comment on table totp_factors is 'class: local';

create table recovery_codes (
    user_id    uuid not null,
    hash       bytea not null,
    created_at timestamptz not null default now(),
    used_at    timestamptz,
    primary key (user_id, hash)
);
comment on table recovery_codes is 'class: local';

create table passkeys (
    id            uuid primary key,
    user_id       uuid not null,
    credential_id bytea not null,
    credential    jsonb not null, -- public key, counter and flags as the library keeps them
    name          text not null,
    created_at    timestamptz not null default now(),
    used_at       timestamptz,
    constraint passkeys_credential_id_key unique (credential_id)
);
comment on table passkeys is 'class: local';
create index passkeys_user_id_idx on passkeys (user_id);

alter table sessions
    add column methods text[] not null default '{}', -- password, link, passkey, oidc:<provider>, then totp, recovery, passkey
    add column strong boolean not null default false, -- a second factor or a passkey was proven
    add column proven_at timestamptz not null default now(); -- the last proof of who it is

grant select, insert, update, delete on totp_factors, recovery_codes, passkeys to plinth_app, plinth_worker;
grant select, delete on totp_factors, recovery_codes, passkeys to plinth_admin;

-- +goose Down
alter table sessions drop column methods, drop column strong, drop column proven_at;
drop table passkeys, recovery_codes, totp_factors;
