-- +goose NO TRANSACTION
-- A file can be there before its ticket: until then it is its sender's alone, under the id that the ticket will have.

-- +goose Up
-- squawk-ignore ban-drop-not-null, prefer-robust-stmts
alter table attachments alter column ticket_id drop not null;
alter table attachments drop constraint if exists attachments_of_something;
-- squawk-ignore prefer-robust-stmts
alter table attachments add constraint attachments_of_something check (ticket_id is not null or draft_id is not null) not valid;
-- squawk-ignore constraint-missing-not-valid, prefer-robust-stmts
alter table attachments validate constraint attachments_of_something;

-- +goose Down
delete from attachments where ticket_id is null;
alter table attachments drop constraint attachments_of_something;
alter table attachments alter column ticket_id set not null;
