-- name: AppendRareAccountEvent :exec
-- An event that a stranger can cause is noted once in a while; for an account that is not there nothing is.
with added as (
    insert into account_events (id, user_id, actor_id, action, changes, person, request_id)
    select sqlc.arg(id), u.id, null, sqlc.arg(action), sqlc.arg(changes), sqlc.arg(person), sqlc.arg(request_id)
    from users u
    where u.id = sqlc.arg(user_id)
      and not exists (
          select
          from account_events e
          where e.user_id = sqlc.arg(user_id) and e.action = sqlc.arg(action) and e.at > now() - make_interval(secs => sqlc.arg(every)::float8)
      )
    returning id
)
insert into unsealed_events (tenant_id, event_id)
select '00000000-0000-0000-0000-000000000000', id
from added;
