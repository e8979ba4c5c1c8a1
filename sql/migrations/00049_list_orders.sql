-- +goose NO TRANSACTION
-- The orders by due date and by title. Row security keeps what it does not take for safe out of an index, so lower() and
-- coalesce() made pages far behind linear in the project; a case and a collation are let in. Beside the running program:
-- nothing here blocks a write. Until it is replaced, an older program sorts.

-- +goose Up
drop index concurrently if exists tickets_due_order_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_due_order_idx on tickets (tenant_id, project_id, (case when due_on is null then '9999-12-31'::date else due_on end), number) where deleted_at is null;
drop index concurrently if exists tickets_title_order_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_title_order_idx on tickets (tenant_id, project_id, (title collate "und-x-icu"), number) where deleted_at is null;
drop index concurrently if exists tickets_due_list_idx;
drop index concurrently if exists tickets_title_idx;

-- +goose Down
drop index concurrently if exists tickets_due_list_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_due_list_idx on tickets (tenant_id, project_id, (coalesce(due_on, '9999-12-31'::date)), number) where deleted_at is null;
drop index concurrently if exists tickets_title_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_title_idx on tickets (tenant_id, project_id, (lower(title)), number) where deleted_at is null;
drop index concurrently if exists tickets_due_order_idx;
drop index concurrently if exists tickets_title_order_idx;
