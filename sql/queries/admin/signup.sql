-- name: ListSignups :many
select s.id, s.name, s.email, s.created_at, s.expires_at
from signups s
where s.expires_at > now() and (s.created_at, s.id) < ($1::timestamptz, $2::uuid)
  and ($3::text = '' or s.name ilike '%' || $3 || '%' or s.email ilike '%' || $3 || '%')
order by s.created_at desc, s.id desc
limit $4;

-- name: CountSignups :one
select count(*)
from (
    select
    from signups s
    where s.expires_at > now() and ($1::text = '' or s.name ilike '%' || $1 || '%' or s.email ilike '%' || $1 || '%')
    limit $2
) found;
