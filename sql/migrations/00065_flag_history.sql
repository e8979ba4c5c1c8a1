-- +goose NO TRANSACTION
-- What staff changed of a flag is read on its page.

-- +goose Up
drop index concurrently if exists account_events_flag_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently account_events_flag_idx on account_events ((changes -> 'object' ->> 1), at desc, id desc) where action = 'staff.flag_changed';

-- +goose Down
drop index concurrently if exists account_events_flag_idx;
