-- +goose NO TRANSACTION
-- An import goes on as whoever moved it on last, as its sender may have left. And a file that is not wanted goes at once.

-- +goose Up
alter table imports add column if not exists acted_by uuid; -- who moved it on last; null is its sender
drop index concurrently if exists imports_acted_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently imports_acted_idx on imports (tenant_id, acted_by) where acted_by is not null;
alter table imports drop constraint if exists imports_acted_by_fkey;
-- squawk-ignore prefer-robust-stmts
alter table imports add constraint imports_acted_by_fkey foreign key (tenant_id, acted_by) references memberships (tenant_id, user_id) not valid;
-- squawk-ignore constraint-missing-not-valid, prefer-robust-stmts
alter table imports validate constraint imports_acted_by_fkey;
grant delete on imports to plinth_app;

-- +goose Down
revoke delete on imports from plinth_app;
alter table imports drop constraint imports_acted_by_fkey;
drop index concurrently imports_acted_idx;
alter table imports drop column acted_by;
