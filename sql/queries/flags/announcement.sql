-- name: Announcements :many
-- Those that are shown, or will be. There are few; a mistake that makes many does not fill the memory.
select id, text, link_text, link_url, level, audience, plan, tenant_id, dismissible, starts_at, ends_at
from announcements
where ends_at is null or ends_at > now()
order by starts_at desc, id desc
limit 200;

-- name: AddAnnouncement :execrows
insert into announcements (id, text, link_text, link_url, level, audience, plan, tenant_id, dismissible, starts_at, ends_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (id) do nothing;

-- name: SetAnnouncement :execrows
update announcements
set text = $2, link_text = $3, link_url = $4, level = $5, audience = $6, plan = $7, tenant_id = $8, dismissible = $9, starts_at = $10, ends_at = $11
where id = $1 and (ends_at is null or ends_at > now());

-- name: EndAnnouncement :execrows
-- One that has not begun never does.
update announcements
set ends_at = @now, starts_at = least(starts_at, @now)
where id = $1 and (ends_at is null or ends_at > @now);

-- name: PurgeAnnouncements :execrows
delete from announcements d
where d.tenant_id = $1 and d.id in (
    select x.id
    from announcements x
    where x.tenant_id = $1
    limit $2
);
