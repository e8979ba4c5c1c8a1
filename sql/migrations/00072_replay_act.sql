-- A replay of many Stripe events is an act in steps, as are those on many jobs.

-- +goose Up
alter table job_acts drop constraint if exists job_acts_act_known;
-- squawk-ignore prefer-robust-stmts
alter table job_acts add constraint job_acts_act_known check (act in ('retry', 'cancel', 'replay')) not valid;
-- squawk-ignore constraint-missing-not-valid, prefer-robust-stmts
alter table job_acts validate constraint job_acts_act_known;

-- +goose Down
delete from job_acts where act = 'replay';
alter table job_acts drop constraint job_acts_act_known;
-- squawk-ignore constraint-missing-not-valid
alter table job_acts add constraint job_acts_act_known check (act in ('retry', 'cancel'));
