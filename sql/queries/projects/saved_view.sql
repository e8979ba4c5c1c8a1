-- name: SavedViews :many
-- The views of a project that the person may use: their own, and those that are shared.
select w.id, w.name, w.query, w.shared, (w.user_id = $2)::boolean as mine, u.name as owner, w.opens
from projects p
join saved_views w on w.tenant_id = p.tenant_id and w.project_id = p.id
join users u on u.id = w.user_id
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = $3
  and p.deleted_at is null
  and (w.shared or w.user_id = $2)
order by w.user_id <> $2, lower(w.name), w.id
limit 200;

-- name: SaveView :execrows
-- One of that name is replaced.
insert into saved_views (tenant_id, id, project_id, user_id, name, query, shared)
select p.tenant_id, @id::uuid, p.id, $2, @name::text, @query::text, @shared::boolean
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.key = @key
  and p.deleted_at is null
on conflict (tenant_id, project_id, user_id, lower(name)) do update
set query = excluded.query, shared = excluded.shared, opens = saved_views.opens and excluded.shared, updated_at = now();

-- name: CountViews :one
-- The person's views in a project that have another name.
select count(*)
from saved_views w
where w.tenant_id = $1
  and w.user_id = $2
  and lower(w.name) <> lower(@name::text)
  and w.project_id = (
      select p.id
      from projects p
      where p.tenant_id = $1 and p.id in (select v.project_id from visible_to($1, $2) v) and p.key = $3 and p.deleted_at is null
  );

-- name: UpdateView :execrows
-- Only whoever saved it changes it.
update saved_views w
set name = @name, shared = @shared, opens = w.opens and @shared, updated_at = now()
where w.tenant_id = $1
  and w.project_id in (select v.project_id from visible_to($1, $2) v)
  and w.user_id = $2
  and w.id = $3
  and w.project_id = (select p.id from projects p where p.tenant_id = $1 and p.key = @key and p.deleted_at is null);

-- name: DeleteView :execrows
-- Whoever manages the project deletes the shared ones of others too.
delete from saved_views w
where w.tenant_id = $1
  and w.project_id in (select v.project_id from visible_to($1, $2) v)
  and (w.user_id = $2 or w.shared and @manages::boolean)
  and w.id = $3
  and w.project_id = (select p.id from projects p where p.tenant_id = $1 and p.key = @key and p.deleted_at is null);

-- name: OpenWithNone :many
-- every project: the project was locked through visible_to in the same transaction
update saved_views
set opens = false
where tenant_id = $1 and project_id = $2 and opens
returning name;

-- name: OpenWith :one
-- every project: the project was locked through visible_to in the same transaction
update saved_views
set opens = true
where tenant_id = $1 and project_id = $2 and id = $3 and shared
returning name;
