-- name: AddImport :execrows
-- A form that is sent twice finds what it brought.
insert into imports (tenant_id, id, project_id, user_id, kind, name, key, size, sha256, layout, mapping, state, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, @now::timestamptz)
on conflict do nothing;

-- name: ImportTwin :one
select i.user_id, i.sha256
from imports i
where i.tenant_id = $1 and i.id = $2;

-- name: ImportTaken :one
-- every project: an id is taken, whoever sees what has it
-- Whether tickets, also in the trash, or another import have ids that lie between those of the tickets of an import.
select (
    exists (select from tickets t where t.tenant_id = $1 and t.id between @low::uuid and @high::uuid)
    or exists (select from imports i where i.tenant_id = $1 and i.id between @low::uuid and @high::uuid and i.id <> $2)
)::boolean as taken;

-- name: ImportsOf :many
-- The imports of a project, the newest first.
select i.id, i.user_id, i.kind, i.name, i.state, i.made, i.skipped, i.remaining, i.created_at, u.name as person
from imports i
join projects p on p.tenant_id = i.tenant_id and p.id = i.project_id
join users u on u.id = i.user_id
where i.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
order by i.created_at desc, i.id
limit 20;

-- name: ImportByID :one
-- Without a project it is an archive of whoever sent it.
select
    i.id, i.user_id, i.kind, i.name, (i.key <> '' and i.forgotten_at is null)::boolean as kept, i.layout, i.mapping, i.found, i.state, i.step, i.at, i.total, i.made, i.skipped, i.remaining, i.problem,
    i.created_at, i.finished_at, coalesce(p.key, '')::text as project
from imports i
left join projects p on p.tenant_id = i.tenant_id and p.id = i.project_id
where i.tenant_id = $1
  and i.id = $3
  and (i.project_id is null and i.user_id = $2 or i.project_id in (select v.project_id from visible_to($1, $2) v));

-- name: ImportNow :one
-- An import under way, with what whoever moved it on last is by now: no row when they have left. Its file is read in the time
-- zone of who sent it, whoever goes on with it.
select
    i.project_id, i.user_id, i.kind, (case when i.forgotten_at is null then i.key else '' end)::text as key, i.size, i.layout, i.mapping, i.found, i.state, i.step, i.at, i.total, i.made, i.skipped, i.created_at, m.role,
    m.user_id as actor_id, u.name as actor, coalesce(u.time_zone, '') as time_zone, coalesce(o.time_zone, '') as sender_zone, coalesce(p.key, '')::text as project, n.time_zone as days, n.slug,
    n.name as organization, (n.suspended_at is not null)::boolean as suspended, (n.closing_at is not null)::boolean as closing
from imports i
join memberships m on m.tenant_id = i.tenant_id and m.user_id = coalesce(i.acted_by, i.user_id) and m.left_at is null
join users u on u.id = m.user_id
join users o on o.id = i.user_id
join tenants n on n.id = i.tenant_id and n.purging_at is null
left join projects p on p.tenant_id = i.tenant_id and p.id = i.project_id
where i.tenant_id = $1
  and i.id = $2
  and (i.project_id is null or i.project_id in (select v.project_id from visible_to(i.tenant_id, m.user_id) v));

-- name: LockImport :one
select i.state, i.step, i.at, i.project_id
from imports i
where i.tenant_id = $1 and i.id = $2
for update;

-- name: SetImport :execrows
-- From one state into another, and only from there.
update imports
set
    state = @state, step = @step, at = 0, mapping = coalesce(sqlc.narg(mapping)::jsonb, mapping), acted_by = coalesce(sqlc.narg(acted_by)::uuid, acted_by), problem = '',
    updated_at = now()
where tenant_id = @tenant_id and id = @id and state = any(@was::text[]);

-- name: ResumeImport :one
-- What was under way when it failed, where that stood. The columns of a table can be said anew when looking through it failed.
update imports
set
    state = case
        when failed_in = 'checking' and kind = 'csv' then 'mapping'
        when failed_in <> '' then failed_in
        when total = 0 then 'checking'
        else 'running'
    end,
    acted_by = @acted_by::uuid, problem = '', updated_at = now()
where tenant_id = @tenant_id and id = @id and state = 'failed' and (forgotten_at is null or failed_in = 'undoing')
returning state;

-- name: FoundImport :execrows
update imports
set state = 'checked', found = @found, total = @total, updated_at = now()
where tenant_id = @tenant_id and id = @id and state = 'checking';

-- name: LookImport :exec
-- How far looking through it is.
update imports
set at = @at, updated_at = now()
where tenant_id = @tenant_id and id = @id and state = 'checking';

-- name: MoveImport :exec
update imports
set step = @step, at = @at, made = made + @made::bigint, skipped = skipped + @skipped::bigint, updated_at = now()
where tenant_id = @tenant_id and id = @id;

-- name: FinishImport :exec
update imports
set state = @state, remaining = @remaining, finished_at = @now::timestamptz, updated_at = now()
where tenant_id = @tenant_id and id = @id;

-- name: FailImport :exec
update imports
set state = 'failed', failed_in = state, problem = @problem, updated_at = now()
where tenant_id = @tenant_id and id = @id and state in ('checking', 'running', 'undoing');

-- name: GiveUpStaleImports :exec
-- What has not moved for an hour will not: its job was lost.
update imports
set state = 'failed', failed_in = state, problem = @problem, updated_at = now()
where tenant_id = @tenant_id and state in ('checking', 'running', 'undoing') and updated_at < now() - interval '1 hour';

-- name: TieImport :exec
-- The project of an archive is made.
update imports
set project_id = @project, total = @total, updated_at = now()
where tenant_id = @tenant_id and id = @id;

-- name: ForgetImports :many
-- What has served its time: what was read of the file is forgotten, and who waited with it starts anew. The key stays until
-- the file is gone.
update imports m
set
    forgotten_at = now(), layout = m.layout - 'rows', mapping = m.mapping - 'people' - 'statuses' - 'labels',
    found = m.found - 'first' - 'kept' - 'statuses' - 'people' - 'labels' - 'strangers',
    failed_in = case when m.state in ('mapping', 'checked') then m.state else m.failed_in end,
    problem = case when m.state in ('mapping', 'checked', 'failed') then @problem::text else m.problem end,
    state = case when m.state in ('mapping', 'checked') then 'failed' else m.state end
where m.tenant_id = $1
  and m.forgotten_at is null
  and m.updated_at < now() - interval '7 days' -- once more, when somebody has just gone on with it
  and m.state not in ('checking', 'running', 'undoing')
  and m.id in (
      select i.id
      from imports i
      where i.tenant_id = $1
        and i.key <> ''
        and i.updated_at < now() - interval '7 days'
        and i.state not in ('checking', 'running', 'undoing')
      order by i.id
      limit 100
  )
returning m.id;

-- name: ForgottenImports :many
-- Those whose file may still be there.
select i.id
from imports i
where i.tenant_id = $1 and i.key <> '' and i.forgotten_at is not null
order by i.id
limit 200;

-- name: EmptyImport :exec
-- All is in, and the file is gone.
update imports
set size = 0
where tenant_id = $1 and id = $2 and state in ('done', 'undone');

-- name: ForgetFile :exec
update imports
set key = ''
where tenant_id = $1 and id = $2;

-- name: ThrowAway :execrows
-- What was read of a file that is not wanted is forgotten, and nobody goes on with it, unless something of it is being brought
-- in or taken back. The key stays until the file is gone.
update imports
set
    forgotten_at = coalesce(forgotten_at, now()), layout = layout - 'rows', mapping = mapping - 'people' - 'statuses' - 'labels',
    found = found - 'first' - 'kept' - 'statuses' - 'people' - 'labels' - 'strangers', failed_in = case when state = 'failed' then failed_in else state end, state = 'failed',
    problem = @problem, updated_at = now()
where tenant_id = @tenant_id and id = @id and state in ('mapping', 'checked', 'failed');

-- name: DropImport :execrows
-- Its file is gone, and nothing of it ever came in.
delete from imports
where tenant_id = $1 and id = $2 and state = 'failed' and forgotten_at is not null and made = 0 and (kind = 'csv' or project_id is null);

-- name: ImportsThere :many
-- Which of some imports there are.
select i.id
from imports i
where i.tenant_id = $1 and i.id = any(@ids::uuid[]);

-- name: Members :many
-- Among whom the people of an archive are found; who has left stays an author.
select m.user_id, u.name, u.email
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1
order by m.user_id
limit 20000;

-- name: ArchivesOf :many
-- The archives that a person sent, the newest first.
select i.id, i.user_id, i.kind, i.name, i.state, i.made, i.skipped, i.remaining, i.created_at, u.name as person
from imports i
join users u on u.id = i.user_id
where i.tenant_id = $1 and i.user_id = $2 and i.kind = 'zip'
order by i.created_at desc, i.id
limit 20;
