-- name: BeginJobAct :exec
insert into job_acts (id, act, state, kind, queue, tenant, upto, total)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: LockJobAct :one
select act, state, kind, queue, tenant, upto, after, created_at
from job_acts
where id = $1 and ended_at is null
for update;

-- name: StepJobAct :exec
update job_acts
set after = sqlc.arg(after), done = done + sqlc.arg(did), ended_at = case when sqlc.arg(ended)::boolean then now() end
where id = $1;

-- name: JobAct :one
select a.id, a.act, a.state, a.kind, a.queue, a.tenant, a.total, a.done, a.created_at, a.ended_at,
    (case when a.act = 'replay' then (
        select count(*)
        from stripe_events e
        where e.state = 'queued' and e.applied_at >= a.created_at and (a.kind = '' or e.type = a.kind) and (a.tenant = '' or e.customer_id = a.tenant)
    ) else 0 end)::bigint as waiting
from job_acts a
where a.id = $1;

-- name: PurgeJobActs :exec
delete from job_acts
where created_at < now() - interval '30 days';
