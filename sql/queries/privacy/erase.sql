-- name: ExportsOf :many
select id
from account_exports
where user_id = $1;

-- name: EraseExports :execrows
delete from account_exports
where user_id = $1;
