-- name: StartExport :execrows
-- A second press finds the first, by the id of its form or because one is under way.
insert into project_exports (tenant_id, id, project_id, user_id, kind, filter, total, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, now() + interval '7 days')
on conflict do nothing;

-- name: GiveUpStaleExports :exec
-- What has not moved for an hour will not: its job was lost.
update project_exports
set state = 'failed', updated_at = now()
where tenant_id = $1 and state = 'running' and updated_at < now() - interval '1 hour';

-- name: ExportsOf :many
-- The copies of a project that a person asked for and can still fetch, the newest first.
select e.id, e.kind, e.filter, e.state, e.done, e.total, e.bytes, e.problem, e.created_at, e.expires_at
from project_exports e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
where e.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and e.user_id = $2
  and p.key = $3
  and e.expires_at > now()
order by e.created_at desc, e.id
limit 10;

-- name: ExportNow :one
-- A copy under way, with what its project and its asker are by now: no row when they may not see it any more.
select
    e.project_id, e.user_id, e.kind, e.filter, e.state, e.step, e.page, e.after, e.after_id, e.done, p.key, p.created_by, m.role,
    coalesce(u.time_zone, '') as time_zone, n.name as organization
from project_exports e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
join memberships m on m.tenant_id = e.tenant_id and m.user_id = e.user_id and m.left_at is null
join users u on u.id = e.user_id
join tenants n on n.id = e.tenant_id and n.purging_at is null
where e.tenant_id = $1
  and e.id = $2
  and p.id in (select v.project_id from visible_to(e.tenant_id, e.user_id) v);

-- name: MoveExport :execrows
update project_exports
set step = @step, page = @page, after = @after, after_id = @after_id, done = @done, bytes = bytes + @more::bigint, updated_at = now()
where tenant_id = @tenant_id and id = @id and state = 'running' and step = @was_step and page = @was_page;

-- name: FinishExport :execrows
update project_exports
set state = 'ready', updated_at = now(), expires_at = now() + interval '7 days'
where tenant_id = $1 and id = $2 and state = 'running';

-- name: FailExport :exec
update project_exports
set state = 'failed', problem = $3, updated_at = now()
where tenant_id = $1 and id = $2 and state = 'running';

-- name: FailedExports :many
-- Those that still have files.
select id
from project_exports
where tenant_id = $1 and state = 'failed' and bytes > 0
order by id
limit 100;

-- name: EmptyExport :exec
-- Its files are gone.
update project_exports
set bytes = 0
where tenant_id = $1 and id = $2 and state = 'failed';

-- name: ReadyExport :one
select e.id, e.kind, e.bytes, e.created_at, p.key
from project_exports e
join projects p on p.tenant_id = e.tenant_id and p.id = e.project_id
where e.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and e.user_id = $2
  and p.key = $3
  and e.id = $4
  and e.state = 'ready'
  and e.expires_at > now();

-- name: ExpiredExports :many
select id
from project_exports
where tenant_id = $1 and expires_at <= now() and state <> 'running'
order by expires_at
limit 100;

-- name: DropExport :exec
delete from project_exports
where tenant_id = $1 and id = $2 and state <> 'running';

-- name: PurgeExports :execrows
delete from project_exports d
where d.tenant_id = $1 and d.id in (
    select x.id
    from project_exports x
    where x.tenant_id = $1
    limit $2
);

-- name: PurgeImports :execrows
delete from imports d
where d.tenant_id = $1 and d.id in (
    select x.id
    from imports x
    where x.tenant_id = $1
    limit $2
);
