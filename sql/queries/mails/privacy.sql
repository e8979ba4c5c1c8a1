-- name: ExportMails :many
select id, jsonb_build_object(
    'kind', kind, 'subject', subject, 'state', state, 'created_at', created_at, 'sent_at', sent_at
)::jsonb as doc
from mails
where recipient = $1 and id > @after
order by id
limit @size;
