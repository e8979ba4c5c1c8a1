-- +goose NO TRANSACTION
-- What was closed in a week, and what is late in a project. Beside the running program: nothing here blocks a write.

-- +goose Up
drop index concurrently if exists tickets_closed_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_closed_idx on tickets (tenant_id, project_id, closed_at desc, number desc) where deleted_at is null and closed_at is not null;
drop index concurrently if exists tickets_late_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_late_idx on tickets (tenant_id, project_id, due_on, number) where deleted_at is null and closed_at is null and due_on is not null;

-- +goose Down
drop index concurrently tickets_late_idx;
drop index concurrently tickets_closed_idx;
