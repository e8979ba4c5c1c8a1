-- name: EndOverrides :many
-- What its date has ended was ended by nobody.
update plan_overrides
set ended_at = least(now(), until_at),
    ended_by = case when until_at <= now() then null else sqlc.arg(ended_by)::uuid end,
    ended_reason = case when until_at <= now() then '' else sqlc.arg(ended_reason)::text end
where tenant_id = $1 and ended_at is null and id <> $2
returning plan, (until_at is null or until_at > now())::boolean as in_force;

-- name: AddOverride :execrows
insert into plan_overrides (tenant_id, id, kind, plan, until_at, reason, staff_id)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing;

-- name: NoteTrialMoved :execrows
-- A note of what is done at Stripe: it gives no plan. One that was refused is taken up again.
insert into plan_overrides (tenant_id, id, kind, plan, until_at, reason, staff_id, ended_at)
values ($1, $2, 'stripe_trial', $3, $4, $5, $6, now())
on conflict (tenant_id, id) do update
set ended_by = null, ended_reason = ''
where plan_overrides.kind = 'stripe_trial' and plan_overrides.ended_reason <> '';

-- name: RefuseTrialMoved :execrows
update plan_overrides
set ended_by = sqlc.arg(ended_by)::uuid, ended_reason = sqlc.arg(ended_reason)::text
where tenant_id = $1 and id = $2 and kind = 'stripe_trial' and ended_reason = '';

-- name: OverrideInForce :one
select kind, plan, until_at
from plan_overrides
where tenant_id = $1 and ended_at is null and (until_at is null or until_at > now());
