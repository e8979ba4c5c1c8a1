-- +goose NO TRANSACTION
-- What the work tool's columns are found and held by. Beside the running program: nothing here blocks a write.

-- +goose Up
alter table tickets validate constraint tickets_estimate_some;
alter table tickets validate constraint tickets_parent_other;
alter table tickets validate constraint tickets_status_fkey;
alter table tickets validate constraint tickets_parent_fkey;
alter table tickets validate constraint tickets_deleted_by_fkey;
alter table projects validate constraint projects_lead_fkey;
drop index concurrently if exists tickets_rank_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_rank_idx on tickets (tenant_id, project_id, status, rank, number desc) where deleted_at is null;
drop index concurrently if exists tickets_parent_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_parent_idx on tickets (tenant_id, parent_id) where parent_id is not null;
drop index concurrently if exists tickets_due_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_due_idx on tickets (tenant_id, due_on) where due_on is not null and deleted_at is null and closed_at is null;

-- +goose Down
drop index concurrently tickets_due_idx;
drop index concurrently tickets_parent_idx;
drop index concurrently tickets_rank_idx;
