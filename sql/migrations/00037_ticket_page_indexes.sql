-- +goose NO TRANSACTION
-- Comments are listed with the places of those that were deleted, and deleted tickets by when that was. Beside the running
-- program: nothing here blocks a write.

-- +goose Up
drop index concurrently if exists comments_talk_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently comments_talk_idx on comments (tenant_id, ticket_id, created_at, id);
drop index concurrently if exists tickets_trash_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_trash_idx on tickets (tenant_id, project_id, deleted_at desc, id desc) where deleted_at is not null;

-- +goose Down
drop index concurrently tickets_trash_idx;
drop index concurrently comments_talk_idx;
