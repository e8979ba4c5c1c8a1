-- name: ListStatuses :many
select st.slug, st.name, st.kind, st.ticket_limit
from projects p
join statuses st on st.tenant_id = p.tenant_id and st.project_id = p.id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and st.deleted_at is null
order by st.position, st.slug;

-- name: TakeStatus :one
-- every project: the ticket or the counter of the project was locked through visible_to in the same transaction
-- Without a slug it is the one that new tickets get: the first that is to do, or the first of all. Shared, so that it is
-- not taken away before the ticket has it.
select
    st.slug, st.name, st.kind,
    coalesce((
        select t.rank
        from tickets t
        where t.tenant_id = $1 and t.project_id = $2 and t.status = st.slug and t.deleted_at is null
        order by t.rank, t.number desc
        limit 1
    ), '')::text as top,
    coalesce(b.name, '')::text as before_name, coalesce(b.kind, '')::text as before_kind
from statuses st
left join statuses b on b.tenant_id = st.tenant_id and b.project_id = st.project_id and b.slug = @before
where st.tenant_id = $1
  and st.project_id = $2
  and (@slug::text = '' or st.slug = @slug)
  and st.deleted_at is null
order by st.kind <> 'todo', st.position, st.slug
limit 1
for share of st;

-- name: AddStatus :exec
-- every project: the project was made or locked through visible_to in the same transaction
insert into statuses (tenant_id, project_id, slug, name, kind, position, ticket_limit)
values ($1, $2, $3, $4, $5, $6, $7);
