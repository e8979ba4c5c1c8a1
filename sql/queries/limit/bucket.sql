-- name: BucketsUntil :one
-- The latest moment before which one of the keys may not try again.
select coalesce(max(until_at), 'epoch'::timestamptz)::timestamptz as until_at
from rate_buckets
where key = any(sqlc.arg(keys)::text[]);

-- name: BucketFailed :exec
-- One more failure: free until the allowance is used up, then a delay that doubles up to the longest. A quiet day
-- forgives.
insert into rate_buckets (key, failures, last_at, until_at)
values (sqlc.arg(key), 1, sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz)
on conflict (key) do update
set failures = case when rate_buckets.last_at < sqlc.arg(now)::timestamptz - interval '24 hours' then 1 else rate_buckets.failures + 1 end,
    last_at = sqlc.arg(now)::timestamptz,
    until_at = case
        when rate_buckets.last_at < sqlc.arg(now)::timestamptz - interval '24 hours' or rate_buckets.failures + 1 <= sqlc.arg(allowance)::int then sqlc.arg(now)::timestamptz
        else sqlc.arg(now)::timestamptz + make_interval(secs => least(
            sqlc.arg(longest)::float8,
            sqlc.arg(first)::float8 * power(2, least(rate_buckets.failures + 1 - sqlc.arg(allowance)::int - 1, 20))))
    end;

-- name: BucketCleared :exec
delete from rate_buckets
where key = any(sqlc.arg(keys)::text[]);

-- name: PurgeBuckets :execrows
delete from rate_buckets
where last_at < now() - interval '2 days' and until_at < now();
