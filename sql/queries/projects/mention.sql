-- name: NamedPeople :many
-- every project: the ticket was locked through visible_to in the same transaction
-- Who may see the project and is named in a text: the same rule as visible_to, turned round.
select m.user_id, u.name
from projects p
join memberships m on m.tenant_id = p.tenant_id and m.left_at is null
join users u on u.id = m.user_id
where p.tenant_id = $1
  and p.id = $2
  and position('@' || lower(u.name) in lower(@body::text)) > 0
  and (
      m.role in ('owner', 'admin')
      or (m.role = 'member' and p.visibility = 'organization')
      or exists (
          select
          from project_members pm
          where pm.tenant_id = p.tenant_id and pm.project_id = p.id and pm.user_id = m.user_id and pm.added_at >= m.joined_at
      )
  )
order by u.name, m.user_id
limit 500;

-- name: MentionsOf :many
-- every project: the ticket was locked through visible_to in the same transaction
select m.user_id
from mentions m
where m.tenant_id = $1 and m.ticket_id = $2 and m.comment_id is not distinct from sqlc.narg(comment_id)::uuid;

-- name: AddMention :exec
-- every project: the ticket was locked through visible_to in the same transaction
insert into mentions (tenant_id, id, ticket_id, comment_id, user_id, author_id, created_at)
values ($1, $2, $3, sqlc.narg(comment_id)::uuid, $4, $5, @now::timestamptz)
on conflict do nothing;

-- name: RemoveMention :exec
-- every project: the ticket was locked through visible_to in the same transaction
delete from mentions
where tenant_id = $1 and ticket_id = $2 and comment_id is not distinct from sqlc.narg(comment_id)::uuid and user_id = $3;

-- name: TicketReferences :many
-- The tickets that a ticket and its comments in sight name, as far as the person sees them: by the key that is named, also
-- where they were moved since.
with t as materialized (
    select i.id, i.body
    from tickets i
    where i.tenant_id = $1 and i.id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
), texts as materialized (
    select t.body
    from t
    union all
    (
        select x.body
        from comments x
        where x.tenant_id = $1
          and x.ticket_id = (select t.id from t)
          and x.deleted_at is null
          and (x.created_at, x.id) < ($5::timestamptz, $6::uuid)
        order by x.created_at desc, x.id desc
        limit $7
    )
), named as materialized (
    select distinct m.found[1] as key, m.found[2]::integer as number
    from texts
    cross join lateral regexp_matches(texts.body, '\m([A-Z][A-Z0-9]{1,5})-([1-9][0-9]{0,8})\M', 'g') m (found)
    limit 500
)
select n.key, n.number, r.title, st.kind
from named n
join projects p on p.tenant_id = $1 and p.key = n.key
cross join lateral (
    select x.id
    from tickets x
    where x.tenant_id = $1 and x.project_id = p.id and x.number = n.number
    union all
    select m.ticket_id
    from ticket_moves m
    where m.tenant_id = $1 and m.project_id = p.id and m.number = n.number
) f
join tickets r on r.tenant_id = $1 and r.id = f.id and r.deleted_at is null
join statuses st on st.tenant_id = $1 and st.project_id = r.project_id and st.slug = r.status
where p.id in (select v.project_id from visible_to($1, $2) v)
  and r.project_id in (select v.project_id from visible_to($1, $2) v)
limit 500;

-- name: TextReferences :many
-- The tickets that a text names, as TicketReferences has them.
with named as materialized (
    select distinct m.found[1] as key, m.found[2]::integer as number
    from regexp_matches($3::text, '\m([A-Z][A-Z0-9]{1,5})-([1-9][0-9]{0,8})\M', 'g') m (found)
    limit 500
)
select n.key, n.number, r.title, st.kind
from named n
join projects p on p.tenant_id = $1 and p.key = n.key
cross join lateral (
    select x.id
    from tickets x
    where x.tenant_id = $1 and x.project_id = p.id and x.number = n.number
    union all
    select m.ticket_id
    from ticket_moves m
    where m.tenant_id = $1 and m.project_id = p.id and m.number = n.number
) f
join tickets r on r.tenant_id = $1 and r.id = f.id and r.deleted_at is null
join statuses st on st.tenant_id = $1 and st.project_id = r.project_id and st.slug = r.status
where p.id in (select v.project_id from visible_to($1, $2) v)
  and r.project_id in (select v.project_id from visible_to($1, $2) v)
limit 500;

-- name: CompleteTickets :many
-- Tickets of a project whose number begins so, or whose title holds the text, among those that changed last.
select $3::text as key, t.number, t.title, st.kind
from (
    select x.tenant_id, x.project_id, x.number, x.title, x.status, x.updated_at
    from tickets x
    where x.tenant_id = $1
      and x.project_id = (
          select p.id
          from projects p
          where p.tenant_id = $1
            and p.id in (select v.project_id from visible_to($1, $2) v)
            and p.key = $3
            and p.deleted_at is null
      )
      and x.deleted_at is null
    order by x.updated_at desc, x.number desc
    limit 300
) t
join statuses st on st.tenant_id = t.tenant_id and st.project_id = t.project_id and st.slug = t.status
where t.number::text like @number::text || '%' or (@words::text <> '' and t.title ilike '%' || @words::text || '%')
order by t.updated_at desc, t.number desc
limit 8;
