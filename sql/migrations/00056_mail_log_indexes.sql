-- +goose NO TRANSACTION
-- The log is searched by Message-ID, when a provider tells of one, and by who got it.

-- +goose Up
drop index concurrently if exists mails_message_id_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_message_id_idx on mails (message_id) where message_id <> '';
drop index concurrently if exists mails_to_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_to_idx on mails (lower(recipient), created_at desc, id desc);
drop index concurrently if exists mails_list_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_list_idx on mails (created_at desc, id desc);
drop index concurrently if exists mails_created_at_idx;

-- +goose Down
drop index concurrently if exists mails_created_at_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_created_at_idx on mails (created_at desc);
drop index concurrently if exists mails_list_idx;
drop index concurrently if exists mails_to_idx;
drop index concurrently if exists mails_message_id_idx;
