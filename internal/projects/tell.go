package projects

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// newsFor is how long what has happened is news.
const newsFor = 3 * 24 * time.Hour

// teller is the queue that people are told through; nil when what is written is no news, as a seed's past is not.
func (p *Projects) teller() *jobs.Queue {
	if p.Now != nil && time.Since(p.Now()) > newsFor {
		return nil
	}
	return p.Queue
}

// tellTx appends an event of a ticket, and has people told of it when it is one they are told of. comment is the one it
// is about, or nil. Without a queue nobody is told.
func tellTx(ctx context.Context, tx db.Tx, queue *jobs.Queue, s scope.Scope, comment uuid.UUID, e events.Event) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an event id: %w", err)
	}
	e.ID = id
	if err := events.AppendTx(ctx, tx, s, e); err != nil {
		return err
	}
	if queue == nil {
		return nil
	}
	switch e.Action {
	case "ticket.created", "ticket.edited", "ticket.assigned", "ticket.status_changed", "ticket.commented", "ticket.comment_edited",
		"ticket.moved", "ticket.deleted":
		return queue.EnqueueTx(ctx, tx, jobs.NotifyTicket{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Event: id, Comment: comment})
	}
	return nil
}
