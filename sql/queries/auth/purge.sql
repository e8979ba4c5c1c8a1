-- name: PurgeTenantTokens :execrows
delete from one_time_tokens d
where d.tenant_id = $1 and d.id in (
    select x.id
    from one_time_tokens x
    where x.tenant_id = $1
    limit $2
);
