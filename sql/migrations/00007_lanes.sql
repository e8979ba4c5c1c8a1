-- A board shows what was done last: with this index it reads the tickets it shows, and not all that were ever done. It is
-- built beside the work on tickets, outside of a transaction. A build that was ended leaves an index that is not used;
-- `if not exists` would take it for a whole one, so it is dropped first.

-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists tickets_lane_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently tickets_lane_idx on tickets (tenant_id, project_id, status, updated_at desc, number desc) where deleted_at is null;

-- +goose Down
drop index concurrently tickets_lane_idx;
