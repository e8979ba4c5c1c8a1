-- name: ReportWeek :one
-- The week that a report is of, the one asked for or the last whole one, and the one that runs; weeks are those of the
-- organization's time zone.
select n.time_zone, coalesce(nullif($3::text, '')::date, (w.began - interval '7 days')::date)::date as monday, w.began::date as running
from tenants n
cross join lateral (select date_trunc('week', timezone(n.time_zone, $2::timestamptz)) as began) w
where n.id = $1;
