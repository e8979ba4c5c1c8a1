-- name: BeginJobAct :exec
insert into job_acts (id, act, state, kind, queue, tenant, upto, total)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: LockJobAct :one
select act, state, kind, queue, tenant, upto, after
from job_acts
where id = $1 and ended_at is null
for update;

-- name: StepJobAct :exec
update job_acts
set after = sqlc.arg(after), done = done + sqlc.arg(did), ended_at = case when sqlc.arg(ended)::boolean then now() end
where id = $1;

-- name: JobAct :one
select id, act, state, kind, queue, tenant, total, done, created_at, ended_at
from job_acts
where id = $1;

-- name: PurgeJobActs :exec
delete from job_acts
where created_at < now() - interval '30 days';
