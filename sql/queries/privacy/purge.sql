-- name: PurgeTenantExports :execrows
delete from tenant_exports d
where d.tenant_id = $1 and d.id in (
    select x.id
    from tenant_exports x
    where x.tenant_id = $1
    limit $2
);

-- name: AddPurged :exec
insert into tenant_purges (tenant_id, noun, erased)
values ($1, $2, $3)
on conflict (tenant_id, noun) do update
set erased = tenant_purges.erased + excluded.erased;

-- name: TakePurged :many
delete from tenant_purges
where tenant_id = $1
returning noun, erased;
