-- An import that failed goes on with what was under way then.

-- +goose Up
alter table imports add column failed_in text not null default ''; -- the state in which it failed

-- +goose Down
alter table imports drop column failed_in;
