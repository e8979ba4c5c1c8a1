-- +goose NO TRANSACTION
-- What staff did is read newest first, of all of them.

-- +goose Up
drop index concurrently if exists account_events_staff_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently account_events_staff_idx on account_events (at desc, id desc) where action like 'staff.%';

-- +goose Down
drop index concurrently if exists account_events_staff_idx;
