-- name: AddReaction :execrows
-- every project: the comment was locked through visible_to in the same transaction
insert into reactions (tenant_id, comment_id, user_id, kind, created_at)
values ($1, $2, $3, $4, @now::timestamptz)
on conflict do nothing;

-- name: RemoveReaction :execrows
-- every project: the comment was locked through visible_to in the same transaction
delete from reactions
where tenant_id = $1 and comment_id = $2 and user_id = $3 and kind = $4;

-- name: ListReactions :many
-- What people made of the comments in sight: the comments are those of ListComments. Who was first stands first.
select
    r.comment_id, r.kind, count(*)::integer as people, bool_or(r.user_id = $2)::boolean as mine,
    ((array_agg(u.name order by r.created_at, r.user_id))[1:8])::text[] as names
from (
    select x.id
    from comments x
    where x.tenant_id = $1
      and x.ticket_id = (select k.ticket_id from ticket_at($1, $2, $3, $4) k)
      and (x.created_at, x.id) < ($5::timestamptz, $6::uuid)
    order by x.created_at desc, x.id desc
    limit $7
) c
join reactions r on r.tenant_id = $1 and r.comment_id = c.id
join users u on u.id = r.user_id
group by r.comment_id, r.kind;
