-- +goose NO TRANSACTION
-- What a person has to do by when, what they wrote, and how long finished work took. Beside the running program: nothing
-- here blocks a write.

-- +goose Up
drop index concurrently if exists tickets_my_due_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_my_due_idx on tickets (tenant_id, assignee_id, due_on, id) where deleted_at is null and closed_at is null and due_on is not null;
drop index concurrently if exists tickets_author_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_author_idx on tickets (tenant_id, author_id, id desc) where deleted_at is null;
drop index concurrently if exists tickets_cycle_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_cycle_idx on tickets (tenant_id, project_id, closed_at desc) where deleted_at is null and closed_at is not null and started_at is not null;

-- +goose Down
drop index concurrently tickets_cycle_idx;
drop index concurrently tickets_author_idx;
drop index concurrently tickets_my_due_idx;
