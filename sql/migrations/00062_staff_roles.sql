-- Staff have a role: support reads, billing acts on money, full on everything. Who has none is not
-- staff.

-- +goose Up
alter table users add column if not exists staff_role text;
update users set staff_role = 'full' where staff_since is not null;
alter table users add constraint users_staff_role_check check (staff_role in ('support', 'billing', 'full')) not valid;

-- +goose Down
alter table users drop constraint users_staff_role_check;
alter table users drop column staff_role;
