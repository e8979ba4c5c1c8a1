-- +goose NO TRANSACTION
-- A project's list opens with one of its shared views, when whoever manages it says so. And how much a person has to do, by
-- when, and has written is counted in the index alone: in a large project their tickets lie far apart. Beside the running
-- program: nothing here blocks a write, and the indexes that are replaced are there until the others are.

-- +goose Up
-- squawk-ignore prefer-robust-stmts
alter table saved_views add column if not exists opens boolean not null default false;
drop index concurrently if exists saved_views_opens_key;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create unique index concurrently saved_views_opens_key on saved_views (tenant_id, project_id) where opens;
drop index concurrently if exists tickets_to_do_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_to_do_idx on tickets (tenant_id, assignee_id, priority desc, id desc) include (project_id) where deleted_at is null and closed_at is null;
drop index concurrently if exists tickets_to_do_by_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_to_do_by_idx on tickets (tenant_id, assignee_id, due_on, id) include (project_id) where deleted_at is null and closed_at is null and due_on is not null;
drop index concurrently if exists tickets_written_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_written_idx on tickets (tenant_id, author_id, id desc) include (project_id) where deleted_at is null;
drop index concurrently if exists tickets_mine_idx;
drop index concurrently if exists tickets_my_due_idx;
drop index concurrently if exists tickets_author_idx;

-- +goose Down
drop index concurrently if exists tickets_mine_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_mine_idx on tickets (tenant_id, assignee_id, priority desc, id desc) where deleted_at is null and closed_at is null;
drop index concurrently if exists tickets_my_due_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_my_due_idx on tickets (tenant_id, assignee_id, due_on, id) where deleted_at is null and closed_at is null and due_on is not null;
drop index concurrently if exists tickets_author_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_author_idx on tickets (tenant_id, author_id, id desc) where deleted_at is null;
drop index concurrently if exists tickets_written_idx;
drop index concurrently if exists tickets_to_do_by_idx;
drop index concurrently if exists tickets_to_do_idx;
drop index concurrently if exists saved_views_opens_key;
alter table saved_views drop column opens;
