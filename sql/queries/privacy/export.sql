-- name: StartExport :execrows
-- A second press finds the first, by the id of its form or because one is under way.
insert into account_exports (id, user_id, tenants, folders, expires_at)
values (@id, @user_id, @tenants::uuid[], @folders::text[], now() + interval '7 days')
on conflict do nothing;

-- name: GiveUpStale :exec
-- What has not moved for an hour will not: its job was lost.
update account_exports
set state = 'failed', updated_at = now()
where state = 'running' and updated_at < now() - interval '1 hour' and (user_id = @user_id or @everybody::boolean);

-- name: NewestExport :one
select id, state, step, tenants, folders, bytes, created_at, expires_at
from account_exports
where user_id = $1 and expires_at > now()
order by created_at desc
limit 1;

-- name: ExportByID :one
select id, user_id, state, tenants, folders, step, part, after_id, expires_at
from account_exports
where id = $1;

-- name: MoveExport :execrows
update account_exports
set step = @step, part = @part, after_id = @after_id, updated_at = now()
where id = @id and state = 'running' and step = @was_step and part = @was_part;

-- name: FinishExport :execrows
update account_exports
set state = 'ready', bytes = @bytes, updated_at = now(), expires_at = now() + interval '7 days'
where id = @id and state = 'running';

-- name: ReplaceExports :exec
-- One copy of a person's data lies about, the newest.
update account_exports
set expires_at = now()
where user_id = @user_id and id <> @id and state <> 'running' and expires_at > now();

-- name: FailExport :execrows
update account_exports
set state = 'failed', updated_at = now()
where id = $1 and state = 'running';

-- name: ReadyExport :one
select id, tenants, folders, bytes, created_at
from account_exports
where id = $1 and user_id = $2 and state = 'ready' and expires_at > now();

-- name: ExpiredExports :many
select id
from account_exports
where expires_at <= now() and state <> 'running'
order by expires_at
limit 100;

-- name: DropExport :exec
delete from account_exports
where id = $1 and state <> 'running';
