-- name: PurgeTenantMails :execrows
delete from mails d
where d.tenant_id = $1 and d.id in (
    select x.id
    from mails x
    where x.tenant_id = $1
    limit $2
);
