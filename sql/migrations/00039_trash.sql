-- When a ticket in the trash is deleted for good.

-- +goose Up
alter table tickets add column purge_at timestamptz; -- of one that is deleted; in the past: nothing brings it back
update tickets
set purge_at = deleted_at + interval '30 days'
where deleted_at is not null and purge_at is null;

-- +goose Down
alter table tickets drop column purge_at;
