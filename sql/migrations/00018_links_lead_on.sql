-- Where a link that signs in leads on to, so that whoever came for a page gets there by mail too.

-- +goose Up
alter table one_time_tokens add column next text not null default '';

-- +goose Down
alter table one_time_tokens drop column next;
