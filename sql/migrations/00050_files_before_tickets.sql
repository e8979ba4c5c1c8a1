-- +goose NO TRANSACTION
-- A file can be there before its ticket: until then it is its sender's alone, under the id that the ticket will have. And
-- a ticket says how many files it has, of itself and of its comments.

-- +goose Up
-- squawk-ignore ban-drop-not-null, prefer-robust-stmts
alter table attachments alter column ticket_id drop not null;
alter table attachments drop constraint if exists attachments_of_something;
-- squawk-ignore prefer-robust-stmts
alter table attachments add constraint attachments_of_something check (ticket_id is not null or draft_id is not null) not valid;
-- squawk-ignore constraint-missing-not-valid, prefer-robust-stmts
alter table attachments validate constraint attachments_of_something;
-- squawk-ignore prefer-robust-stmts
alter table tickets add column if not exists files integer not null default 0; -- kept in the transaction that changes them
-- What tickets have already is counted by the next recount, a project at a time.

-- +goose Down
alter table tickets drop column files;
delete from attachments where ticket_id is null;
alter table attachments drop constraint attachments_of_something;
alter table attachments alter column ticket_id set not null;
