-- Pictures of people and logos of organizations. The files are in the place for files; here is only which of them is the
-- one in force: its name, or nothing.

-- +goose Up
alter table users add column picture text not null default '';
alter table tenants add column logo text not null default '';

-- +goose Down
alter table tenants drop column logo;
alter table users drop column picture;
