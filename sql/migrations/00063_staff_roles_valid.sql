-- +goose Up
alter table users validate constraint users_staff_role_check;

-- +goose Down
select 1;
