-- name: TakeBucket :one
-- One more attempt, unless the key has to wait: then there is no row. The level drains with time; beyond the allowance
-- each attempt is followed by a delay that doubles up to the longest. Only a delay makes the next one wait: the clocks of
-- two that come at the same moment differ.
insert into rate_buckets as b (key, level, last_at, until_at)
values (sqlc.arg(key), 1, sqlc.arg(now)::timestamptz, 'epoch')
on conflict (key) do update
set level = greatest(0, b.level - greatest(0, extract(epoch from sqlc.arg(now)::timestamptz - b.last_at)) / sqlc.arg(drain)::float8) + 1,
    last_at = greatest(b.last_at, sqlc.arg(now)::timestamptz)
where b.until_at <= sqlc.arg(now)::timestamptz
returning level;

-- name: DelayBucket :exec
update rate_buckets
set until_at = $2
where key = $1;

-- name: BucketsUntil :one
-- The latest moment before which one of the keys may not try again.
select coalesce(max(until_at), 'epoch'::timestamptz)::timestamptz as until_at
from rate_buckets
where key = any(sqlc.arg(keys)::text[]);

-- name: ReturnBuckets :exec
-- An attempt that was no failure after all. The delay stays: whoever guesses could otherwise end it by signing in to an
-- account of their own.
update rate_buckets
set level = greatest(0, level - 1)
where key = any(sqlc.arg(keys)::text[]);

-- name: BucketsCleared :exec
delete from rate_buckets
where key = any(sqlc.arg(keys)::text[]);

-- name: PurgeBuckets :execrows
delete from rate_buckets
where last_at < now() - interval '2 days' and until_at < now();
