-- Deleting an account: it waits for two weeks, in which its person can take it back, and is then erased everywhere.
--
-- The indexes are built beside the work that goes on, outside of a transaction; so every statement can be repeated after
-- one that was ended. An index whose build was ended is dropped first, as in 00010.

-- +goose NO TRANSACTION
-- +goose Up
alter table users add column if not exists erase_at timestamptz;
drop index concurrently if exists users_erase_at_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently users_erase_at_idx on users (erase_at) where erase_at is not null;
drop index concurrently if exists stripe_events_customer_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently stripe_events_customer_idx on stripe_events (customer_id, received_at);

-- Erasing is plinth_admin's: it alone reaches a person in every organization. It begins the change too, because whether
-- an organization would be left without an owner is asked of all of a person's at once.
grant select, insert, delete on one_time_tokens to plinth_admin;
grant select, delete on signups, mail_suppressions to plinth_admin;
grant update (subject) on mails to plinth_admin;
grant delete on mails to plinth_admin, plinth_worker;
grant update (email, revoked_at) on invitations to plinth_admin;
grant update (params) on billing_intents to plinth_admin;

-- +goose Down
revoke update (params) on billing_intents from plinth_admin;
revoke update (email, revoked_at) on invitations from plinth_admin;
revoke delete on mails from plinth_admin, plinth_worker;
revoke update (subject) on mails from plinth_admin;
revoke select, delete on signups from plinth_admin;
revoke delete on mail_suppressions from plinth_admin;
revoke select, insert, delete on one_time_tokens from plinth_admin;
drop index concurrently if exists stripe_events_customer_idx;
drop index concurrently if exists users_erase_at_idx;
alter table users drop column if exists erase_at;
