package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// historyHours is how long the demo has been there: seventy days, as date says.
const historyHours = 70 * 24

// date moves the history's times to those of the tickets they speak of: events are dated by the database when they are
// written, and nobody but the owner of the table may change them. It is the last step and happens wholly or not at all,
// because a second time would move them twice as far.
func date(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("date the history: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	ours := []uuid.UUID{tenantID(acmeSlug), tenantID(harbourSlug)}
	for _, sql := range []string{
		// A worker may have sealed the events already. It is kept from the chains, which begin anew with the right times.
		`select pg_advisory_xact_lock(hashtextextended('seal ' || id::text, 0)) from unnest($1::uuid[]) id`,
		`delete from event_seals where tenant_id = any($1)`,
		`delete from audit.heads where tenant_id = any($1)`,
		`insert into unsealed_events (tenant_id, event_id) select tenant_id, id from events where tenant_id = any($1) on conflict do nothing`,
		`update events e
		set at = case when e.action = 'ticket.created' then t.created_at else greatest(t.created_at, t.updated_at) end
		from tickets t
		where t.tenant_id = e.tenant_id and t.id = e.object_id and e.tenant_id = any($1)`,
		`update events set at = at - interval '70 days' where object_kind <> 'ticket' and tenant_id = any($1)`,
		`update memberships set joined_at = joined_at - interval '70 days' where tenant_id = any($1)`,
	} {
		if _, err := tx.Exec(ctx, sql, ours); err != nil {
			return fmt.Errorf("date the history: %w", err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("date the history: %w", err)
	}
	return nil
}
