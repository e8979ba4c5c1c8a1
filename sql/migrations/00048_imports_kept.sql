-- +goose NO TRANSACTION
-- What imports and copies have in the place for files counts as kept until it is gone, and what they had read is forgotten with it.

-- +goose Up
alter table imports add column if not exists forgotten_at timestamptz; -- what was read of its file is forgotten; the file goes next
alter table project_exports add column if not exists problem text not null default '';
update imports
set layout = layout - 'rows', mapping = mapping - 'people' - 'statuses', found = found - 'first' - 'kept' - 'statuses' - 'people' - 'labels' - 'strangers', forgotten_at = updated_at
where key = '';
drop index concurrently if exists imports_kept_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently imports_kept_idx on imports (tenant_id, updated_at) where key <> '';

-- +goose Down
drop index concurrently imports_kept_idx;
alter table project_exports drop column problem;
alter table imports drop column forgotten_at;
