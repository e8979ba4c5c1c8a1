-- The jobs that follow from an event carry the id of the request that caused it.

-- +goose Up
alter table undispatched_events add column if not exists request_id text not null default '';

-- +goose Down
alter table undispatched_events drop column request_id;
