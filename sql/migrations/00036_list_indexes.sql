-- +goose NO TRANSACTION
-- The orders that a list of tickets can have. Beside the running program: nothing here blocks a write.

-- +goose Up
drop index concurrently if exists tickets_created_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_created_idx on tickets (tenant_id, project_id, created_at desc, number desc) where deleted_at is null;
drop index concurrently if exists tickets_due_list_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_due_list_idx on tickets (tenant_id, project_id, (coalesce(due_on, '9999-12-31'::date)), number) where deleted_at is null;
drop index concurrently if exists tickets_title_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_title_idx on tickets (tenant_id, project_id, (lower(title)), number) where deleted_at is null;

-- +goose Down
drop index concurrently tickets_title_idx;
drop index concurrently tickets_due_list_idx;
drop index concurrently tickets_created_idx;
