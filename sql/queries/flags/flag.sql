-- name: Flags :many
select key, rule, percent, expires_at
from flags
order by key;

-- name: FlagTargets :many
select flag, tenant_id, user_id, is_on
from flag_targets
order by flag, id;

-- name: LockFlag :one
-- Makes the flag's row when there is none, so that who changes it waits for who did so before.
insert into flags (key, rule)
values ($1, 'default')
on conflict (key) do update
set updated_at = now()
returning rule, percent, expires_at;

-- name: SetFlag :exec
update flags
set rule = $2, percent = $3, expires_at = $4, updated_at = now()
where key = $1;

-- name: Target :one
select id, tenant_id, user_id, is_on
from flag_targets
where flag = $1 and (tenant_id = $2 or user_id = $3);

-- name: CountTargets :one
select count(*)
from flag_targets
where flag = $1;

-- name: TargetByID :one
select id, tenant_id, user_id, is_on
from flag_targets
where flag = $1 and id = $2;

-- name: AddTarget :exec
insert into flag_targets (id, flag, tenant_id, user_id, is_on)
values ($1, $2, $3, $4, $5);

-- name: SetTarget :exec
update flag_targets
set is_on = $2
where id = $1;

-- name: RemoveTarget :execrows
delete from flag_targets
where id = $1;

-- name: DeleteTargets :execrows
delete from flag_targets
where flag = $1;

-- name: DeleteFlag :execrows
delete from flags
where key = $1;

-- name: Tell :exec
-- Whoever holds flags and announcements hears, when it is committed, that they have changed.
select pg_notify('plinth_flags', '');

-- name: EraseTargets :execrows
delete from flag_targets
where user_id = $1;

-- name: PurgeTargets :execrows
delete from flag_targets d
where d.tenant_id = $1 and d.id in (
    select x.id
    from flag_targets x
    where x.tenant_id = $1
    limit $2
);
