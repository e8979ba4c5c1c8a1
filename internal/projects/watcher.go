package projects

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Watching is how many people hear of a ticket, and whether the person is one of them.
type Watching struct {
	Watchers int32
	Mine     bool
}

func queueWatching(r *db.Reads, s scope.Scope, key string, number int, into *Watching) {
	db.Row(r, into, projectsdb.TicketWatching, s.TenantID, s.Person.ID, key, number)
}

// WatchTicket says whether the person wants to hear of a ticket. What they say holds: nothing that happens later makes
// them watch again.
func (p *Projects) WatchTicket(ctx context.Context, s scope.Scope, key string, number int, watching bool) error {
	return p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if _, err := projectsdb.New().SetWatching(ctx, tx, projectsdb.SetWatchingParams{
			TenantID: s.TenantID, TicketID: t.ID, UserID: s.Person.ID, Watching: watching, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		return nil
	})
}

// watchTx lets people who have to do with a ticket watch it, unless they have said otherwise. The nil id is nobody.
func watchTx(ctx context.Context, tx db.Tx, s scope.Scope, ticketID uuid.UUID, now time.Time, people ...uuid.UUID) error {
	for _, id := range people {
		if id == uuid.Nil {
			continue
		}
		if err := projectsdb.New().WatchUnlessSaid(ctx, tx, projectsdb.WatchUnlessSaidParams{TenantID: s.TenantID, TicketID: ticketID, UserID: id, Now: now}); err != nil {
			return fmt.Errorf("watch: %w", err)
		}
	}
	return nil
}
