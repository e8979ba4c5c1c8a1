package projects

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

const reassignBatch = 500 // tickets in a run

// Reassign gives one batch of the open tickets of from to to, and enqueues the next while there is more. Where to may
// not see the project the ticket stays with nobody. by is who asked for it.
func (p *Projects) Reassign(ctx context.Context, s scope.Scope, from, to, by uuid.UUID) error {
	s.Person.ID = by
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		rows, err := projectsdb.New().ReassignTickets(ctx, tx, projectsdb.ReassignTicketsParams{
			Tenant: s.TenantID, Receiver: to, Giver: from, Size: reassignBatch, Now: p.now(),
		})
		if err != nil {
			return fmt.Errorf("reassign tickets: %w", err)
		}
		if rows == 0 {
			return nil
		}
		if err := events.AppendTx(ctx, tx, s, events.Event{
			Action: "tickets.reassigned", ObjectKind: "member", ObjectID: from,
			Changes: map[string][2]string{
				"assignee": {from.String(), to.String()}, "tickets": {"", strconv.FormatInt(rows, 10)},
			},
		}); err != nil {
			return err
		}
		if rows < reassignBatch {
			return nil
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.ReassignTickets{
			ForTenant: jobs.ForTenant{TenantID: s.TenantID}, From: from, To: to, By: by,
		})
	})
}
