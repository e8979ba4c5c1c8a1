-- +goose NO TRANSACTION
-- What waits for an endpoint is found without walking over what is set aside or over, however much there is of it. The outbox
-- of the back-office reads deliveries of all organizations.

-- +goose Up
drop index concurrently if exists webhook_deliveries_next_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_deliveries_next_idx on webhook_deliveries (tenant_id, endpoint_id, aside, event_id) where state = 'waiting';
drop index concurrently if exists webhook_deliveries_due_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_deliveries_due_idx on webhook_deliveries (tenant_id, endpoint_id, aside, next_at) where state = 'waiting';
drop index concurrently if exists webhook_deliveries_queued_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_deliveries_queued_idx on webhook_deliveries (tenant_id, endpoint_id, queued_at) where state = 'waiting';
drop index concurrently if exists webhook_deliveries_outbox_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_deliveries_outbox_idx on webhook_deliveries (created_at desc, event_id desc, endpoint_id desc);
drop index concurrently if exists webhook_deliveries_outbox_state_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_deliveries_outbox_state_idx on webhook_deliveries (state, created_at desc, event_id desc, endpoint_id desc) where state <> 'delivered';
drop index concurrently if exists webhook_endpoints_trouble_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently webhook_endpoints_trouble_idx on webhook_endpoints (updated_at desc, id desc) where deleted_at is null and (state = 'paused' or failures > 0);
drop index concurrently if exists mails_waiting_idx;
-- squawk-ignore ban-concurrent-index-creation-in-transaction, prefer-robust-stmts
create index concurrently mails_waiting_idx on mails (job_kind) where state in ('queued', 'sending');

-- +goose Down
drop index concurrently if exists mails_waiting_idx;
drop index concurrently if exists webhook_endpoints_trouble_idx;
drop index concurrently if exists webhook_deliveries_outbox_state_idx;
drop index concurrently if exists webhook_deliveries_outbox_idx;
drop index concurrently if exists webhook_deliveries_queued_idx;
drop index concurrently if exists webhook_deliveries_due_idx;
drop index concurrently if exists webhook_deliveries_next_idx;
