-- name: IndexTicket :exec
-- every project: follows a ticket that the same transaction has written
insert into search_docs (tenant_id, id, project_id, ticket_id, words)
values ($1, @ticket_id, @project_id, @ticket_id, setweight(to_tsvector('simple', @title::text), 'A') || strip(to_tsvector('simple', @body::text)))
on conflict (tenant_id, id) do update
set project_id = excluded.project_id, words = excluded.words;

-- name: IndexComment :exec
-- every project: follows a comment that the same transaction has written
insert into search_docs (tenant_id, id, project_id, ticket_id, words)
values ($1, $2, $3, $4, strip(to_tsvector('simple', @body::text)))
on conflict (tenant_id, id) do update
set words = excluded.words;

-- name: ForgetDoc :exec
-- every project: follows a comment that the same transaction has deleted
delete from search_docs
where tenant_id = $1 and id = $2;

-- name: Search :many
-- What was typed finds what has all of its words, or words that begin so; near words find the rest. Both are asked for in
-- one reading of the organization's words.
with asked as materialized (
    select
        to_tsquery('simple', @exact::text) as exact,
        to_tsquery('simple', string_agg(x.term, ' & ')) as near
    from (
        select '(' || k.token || ':*' || coalesce((
            select string_agg(' | ' || w.word, '')
            from (
                select distinct n.word
                from search_variants n
                where n.tenant_id = $1
                  and n.variant = any(array(
                      select split_part(y.pair, ' ', 2)
                      from unnest(@variants::text[]) y (pair)
                      where split_part(y.pair, ' ', 1) = k.token
                  ))
                limit 12
            ) w
        ), '') || ')' as term
        from unnest(@tokens::text[]) k (token)
    ) x
), found as materialized (
    select
        d.id, d.ticket_id, d.words @@ (select a.exact from asked a) as exact,
        ts_rank(d.words, (select a.near from asked a)) as rank
    from search_docs d
    where d.tenant_id = $1
      and d.project_id = any(array(select v.project_id from visible_to($1, $2) v))
      and d.words @@ (select a.near from asked a)
    order by exact desc, rank desc, d.id desc
    limit 300
), best as (
    select distinct on (f.ticket_id) f.id, f.ticket_id, f.exact, f.rank
    from found f
    order by f.ticket_id, f.exact desc, f.rank desc, f.id
)
select
    p.key, t.number, t.title, t.status, st.name as status_name, st.kind as status_kind, t.updated_at,
    b.id as doc_id, (c.id is not null)::boolean as comment, b.exact::boolean as exact,
    ts_headline('simple', left(coalesce(c.body, t.body), 20000), to_tsquery('simple', @headline::text),
        'StartSel=' || chr(1) || ', StopSel=' || chr(2) || ', MaxWords=22, MinWords=10, MaxFragments=1')::text as excerpt
from best b
join tickets t on t.tenant_id = $1 and t.id = b.ticket_id and t.deleted_at is null
join projects p on p.tenant_id = $1 and p.id = t.project_id and p.deleted_at is null
join statuses st on st.tenant_id = $1 and st.project_id = t.project_id and st.slug = t.status
left join comments c on c.tenant_id = $1 and c.id = b.id and b.id <> b.ticket_id and c.deleted_at is null
where b.id = b.ticket_id or c.id is not null
order by b.exact desc, b.rank desc, t.updated_at desc, t.id
limit @size;

-- name: SearchProjects :many
select p.key, p.name, p.hue, p.archived_at
from projects p
where p.tenant_id = $1
  and p.id in (select v.project_id from visible_to($1, $2) v)
  and p.deleted_at is null
  and (p.name ilike @pattern or p.key ilike @pattern)
order by p.archived_at is not null, p.name, p.id
limit 6;

-- name: SearchPeople :many
select m.user_id, u.name, u.email, m.role, u.picture
from memberships m
join users u on u.id = m.user_id
where m.tenant_id = $1
  and m.left_at is null
  and (u.name ilike @pattern or u.email ilike @pattern)
order by u.name, m.user_id
limit 6;

-- name: SearchNumber :many
-- The ticket whose key was typed, also by the one that it had before it was moved.
select p.key, t.number, t.title, t.status, st.name as status_name, st.kind as status_kind, t.updated_at, t.id as doc_id,
    false as comment, true as exact, ''::text as excerpt
from tickets t
join projects p on p.tenant_id = t.tenant_id and p.id = t.project_id and p.deleted_at is null
join statuses st on st.tenant_id = t.tenant_id and st.project_id = t.project_id and st.slug = t.status
where t.tenant_id = $1
  and t.id = (
      select coalesce(
          (select k.ticket_id from ticket_at($1, $2, $3, $4) k),
          (
              select x.id
              from ticket_moves m
              join tickets x on x.tenant_id = m.tenant_id and x.id = m.ticket_id
              where m.tenant_id = $1
                and m.project_id = (
                    select o.id
                    from projects o
                    where o.tenant_id = $1
                      and o.id in (select v.project_id from visible_to($1, $2) v)
                      and o.key = $3
                      and o.deleted_at is null
                )
                and m.number = $4
                and x.project_id in (select v.project_id from visible_to($1, $2) v)
          )
      )
  )
  and t.deleted_at is null;
