-- Accounts at identity providers that sign in to an account here.

-- +goose Up
create table identities (
    id         uuid primary key,
    user_id    uuid not null,
    provider   text not null, -- its name in the configuration
    issuer     text not null, -- a subject belongs to whoever issued it, whatever the provider is called here
    subject    text not null,
    email      text not null, -- as the provider last said it, for show; '' when it said none
    created_at timestamptz not null default now(),
    used_at    timestamptz,
    constraint identities_subject_key unique (provider, issuer, subject),
    constraint identities_subject_form check (length(subject) between 1 and 255)
);
comment on table identities is 'class: local';
create index identities_user_id_idx on identities (user_id);

grant select, insert, update, delete on identities to plinth_app, plinth_worker;
grant select, delete on identities to plinth_admin;

-- +goose Down
drop table identities;
