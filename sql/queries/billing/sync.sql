-- name: BeginSync :exec
-- The job that begins a run may be tried again; it finds the run.
insert into billing_syncs (id)
values ($1)
on conflict (id) do nothing;

-- name: ForgetSyncs :exec
with old as (
    delete from billing_syncs s
    where s.started_at < $1
    returning s.id
)
delete from billing_drifts d
using old
where d.sync_id = old.id;

-- name: NoteSyncPage :exec
-- A page that is compared again, because its job was tried again, counts once.
update billing_syncs
set looked_at = looked_at + sqlc.arg(looked_at)::bigint,
    after_id = sqlc.arg(next_after)::text,
    updated_at = now(),
    finished_at = case when sqlc.arg(finished)::boolean then now() end
where id = $1 and after_id = sqlc.arg(after)::text and finished_at is null;

-- name: AddDrift :exec
insert into billing_drifts (sync_id, stripe_subscription_id, tenant_id, what)
values ($1, $2, $3, $4)
on conflict (sync_id, stripe_subscription_id) do nothing;

-- name: ListSyncs :many
-- The last runs, newest first, with how many rows differed.
select s.id, s.started_at, s.finished_at, s.looked_at, count(d.stripe_subscription_id) as differed
from billing_syncs s
left join billing_drifts d on d.sync_id = s.id
where s.id < sqlc.arg(before_id)::uuid
group by s.id
order by s.id desc
limit $1;
