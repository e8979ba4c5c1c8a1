-- A session as somebody else ends with the own session that it was begun in.

-- +goose Up
alter table impersonations add column if not exists own_session_id uuid;

-- +goose Down
alter table impersonations drop column own_session_id;
