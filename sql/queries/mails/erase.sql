-- name: EraseMails :execrows
delete from mails
where recipient = any(@addresses::text[]);

-- name: EraseMailSubjects :execrows
-- Mails to others that named the person, as an invitation does.
update mails m
set subject = regexp_replace(m.subject, @pattern::text, '\1Somebody\2', 'g')
where m.tenant_id in (select x.tenant_id from memberships x where x.user_id = @user_id)
  and m.subject ~ @pattern::text;

-- name: EraseSuppression :execrows
delete from mail_suppressions
where address = any(@addresses::text[]);

-- name: PurgeMails :execrows
-- The log of what was sent is kept for 90 days.
delete from mails m
where m.id in (
    select o.id
    from mails o
    where o.created_at < now() - interval '90 days'
    order by o.created_at
    limit 5000
);
