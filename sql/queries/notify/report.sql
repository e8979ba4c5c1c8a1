-- name: ReportSubscribed :one
select exists (
    select
    from report_subscriptions r
    join projects p on p.tenant_id = r.tenant_id and p.id = r.project_id
    where r.tenant_id = $1 and r.user_id = $2 and p.key = $3 and p.id in (select v.project_id from visible_to($1, $2) v)
);

-- name: ReportProject :one
select p.id
from projects p
where p.tenant_id = $1 and p.id in (select v.project_id from visible_to($1, $2) v) and p.key = $3 and p.deleted_at is null;

-- name: SubscribeReport :exec
insert into report_subscriptions (tenant_id, project_id, user_id, last_week)
values ($1, $2, $3, $4)
on conflict (tenant_id, project_id, user_id) do nothing;

-- name: UnsubscribeReport :exec
delete from report_subscriptions
where tenant_id = $1 and project_id = $2 and user_id = $3;

-- name: ReportsDue :many
-- Who may be due for a report, with where they are; whether it is their Monday already is for the caller.
select r.project_id, r.user_id, r.last_week, u.time_zone
from report_subscriptions r
join memberships m on m.tenant_id = r.tenant_id and m.user_id = r.user_id and m.left_at is null
join users u on u.id = r.user_id
where r.tenant_id = @tenant_id
  and r.last_week < @before::date
  and (r.project_id, r.user_id) > (@after_project::uuid, @after_user::uuid)
order by r.project_id, r.user_id
limit @size;

-- name: ReportBegun :execrows
update report_subscriptions r
set last_week = @week::date
where r.tenant_id = @tenant_id and r.project_id = @project_id and r.user_id = @user_id and r.last_week < @week::date;

-- name: ReportReader :one
-- Who gets a report, if they still asked for it and may still see the project.
select u.id as user_id, u.email, u.name, u.time_zone, o.slug, o.name as organization, p.key
from report_subscriptions r
join tenants o on o.id = r.tenant_id and o.deleted_at is null and o.suspended_at is null
join memberships m on m.tenant_id = r.tenant_id and m.user_id = r.user_id and m.left_at is null
join users u on u.id = r.user_id and u.anonymised_at is null and u.suspended_at is null
join projects p on p.tenant_id = r.tenant_id and p.id = r.project_id and p.deleted_at is null and p.archived_at is null
where r.tenant_id = $1
  and r.project_id = $2
  and r.user_id = $3
  and p.id in (select v.project_id from visible_to($1, $3) v);

-- name: EndReports :execrows
delete from report_subscriptions
where tenant_id = $1 and user_id = $2;

-- name: OrganizationsOf :many
select m.tenant_id
from memberships m
where m.user_id = $1;

-- name: EraseReports :execrows
-- every organization: the person is erased in all of them
delete from report_subscriptions
where user_id = $1;

-- name: PurgeReports :execrows
delete from report_subscriptions d
where d.tenant_id = $1 and (d.project_id, d.user_id) in (
    select x.project_id, x.user_id
    from report_subscriptions x
    where x.tenant_id = $1
    limit $2
);
