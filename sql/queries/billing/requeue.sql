-- name: RequeueEvent :execrows
update stripe_events
set state = 'queued', note = '', applied_at = null
where id = $1;
