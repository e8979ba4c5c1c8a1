-- name: Beat :exec
insert into instances (id, kind, host, version, busy, open, most, oldest_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update
set seen_at = now(), busy = excluded.busy, open = excluded.open, most = excluded.most, oldest_at = excluded.oldest_at;

-- name: End :exec
delete from instances
where id = $1;

-- name: PurgeInstances :exec
-- Those that died without a word.
delete from instances
where seen_at < now() - interval '1 day';

-- name: AddTimings :exec
-- Everybody adds in one order.
insert into timings as t (hour, what, name, count, errors, buckets)
select hour, what, name, count, errors, buckets
from jsonb_to_recordset($1::jsonb) as x(hour timestamptz, what text, name text, count bigint, errors bigint, buckets bigint[])
order by hour, what, name
on conflict (hour, what, name) do update
set count = t.count + excluded.count,
    errors = t.errors + excluded.errors,
    buckets = (
        select array_agg(coalesce(t.buckets[i], 0) + coalesce(excluded.buckets[i], 0) order by i)
        from generate_series(1, greatest(cardinality(t.buckets), cardinality(excluded.buckets))) i
    );

-- name: Timings :many
-- Since an hour, of one kind or of all: the hours are added up.
select b.what, b.name, s.count::bigint as count, s.errors::bigint as errors, array_agg(b.n order by b.place)::bigint[] as buckets
from (
    select t.what, t.name, u.place, sum(u.n)::bigint as n
    from timings t
    cross join unnest(t.buckets) with ordinality u(n, place)
    where t.hour >= $1
    group by t.what, t.name, u.place
) b
join (
    select t.what, t.name, sum(t.count) as count, sum(t.errors) as errors
    from timings t
    where t.hour >= $1
    group by t.what, t.name
) s on s.what = b.what and s.name = b.name
group by b.what, b.name, s.count, s.errors
order by b.what, b.name;

-- name: PurgeTimings :exec
delete from timings
where hour < now() - interval '14 days';

-- name: Instances :many
select id, kind, host, version, busy, open, most, started_at, seen_at, oldest_at, (seen_at > now() - interval '45 seconds')::boolean as alive
from instances
order by seen_at > now() - interval '45 seconds' desc, kind, started_at, id
limit 100;
