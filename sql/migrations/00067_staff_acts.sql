-- What staff do about people and organizations: an account is suspended, a sign-up that waits is let in, an organization
-- gets another owner; and what they note for each other about either.

-- +goose Up
alter table users
    add column if not exists suspended_at timestamptz,
    add column if not exists suspended_reason text;
grant insert on users to plinth_admin;
grant insert, update on ownership_transfers to plinth_admin;
grant update on join_links, invitations to plinth_admin;

create table staff_notes (
    id         uuid primary key,
    user_id    uuid, -- whom it is about, or
    tenant_id  uuid, -- which organization
    staff_id   uuid not null,
    body       text not null,
    created_at timestamptz not null default now(),
    constraint staff_notes_about_check check ((user_id is null) <> (tenant_id is null))
);
comment on table staff_notes is 'class: local';
create index staff_notes_user_id_idx on staff_notes (user_id, created_at desc, id desc) where user_id is not null;
create index staff_notes_tenant_id_idx on staff_notes (tenant_id, created_at desc, id desc) where tenant_id is not null;
grant select, insert, delete on staff_notes to plinth_admin;
grant select on staff_notes to plinth_worker; -- for the copy of a person's data

-- +goose Down
drop table staff_notes;
revoke update on join_links, invitations from plinth_admin;
revoke insert, update on ownership_transfers from plinth_admin;
revoke insert on users from plinth_admin;
alter table users drop column suspended_reason, drop column suspended_at;
