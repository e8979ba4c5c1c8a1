-- A count of attempts that drains steadily, instead of one that only a quiet day forgave; and which sign-up the browser
-- had begun that used a link, so that the second press of its button is known for one.

-- +goose Up
alter table rate_buckets rename column failures to level;
alter table rate_buckets alter column level type double precision;
alter table one_time_tokens add column used_in uuid;

-- +goose Down
alter table one_time_tokens drop column used_in;
alter table rate_buckets alter column level type integer;
alter table rate_buckets rename column level to failures;
