-- A count of attempts that drains steadily, instead of one that only a quiet day forgave; and which sign-up the browser
-- had begun that used a link, so that the second press of its button is known for one. The old count stays for the
-- program that is still running while this is applied; nothing reads it any more afterwards.

-- +goose Up
alter table rate_buckets
    add column level double precision not null default 0,
    alter column failures set default 0;
alter table one_time_tokens add column used_in uuid;

-- +goose Down
alter table one_time_tokens drop column used_in;
alter table rate_buckets
    alter column failures drop default,
    drop column level;
