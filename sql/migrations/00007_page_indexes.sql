-- A board shows what was done last: with its index it reads the tickets it shows, and not all that were ever done. The
-- page of an account shows also what the person has left, which the index of memberships left out.
--
-- Indexes are built beside the work on their tables, outside of a transaction. A build that was ended leaves one that is
-- not used; `if not exists` would take it for a whole one, so it is dropped first.

-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists tickets_lane_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_lane_idx on tickets (tenant_id, project_id, status, updated_at desc, number desc) where deleted_at is null;
drop index concurrently if exists memberships_user_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently memberships_user_idx on memberships (user_id);
drop index concurrently if exists memberships_user_id_idx;

-- +goose Down
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently memberships_user_id_idx on memberships (user_id) where left_at is null;
drop index concurrently memberships_user_idx;
drop index concurrently tickets_lane_idx;
