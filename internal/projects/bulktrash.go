package projects

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// TrashDone says what came of putting many tickets into the trash, or of taking that back.
type TrashDone struct {
	Changed int       // that lie in the trash now, or are back
	Missing int       // that were not there any more
	Left    int       // that guests did not write; or that somebody has done something else with since, when it is taken back
	At      time.Time // when it was done; with it RestoreTickets takes it back
}

// DeleteTickets puts tickets of a project into its trash, in one transaction, each as DeleteTicket does. Those that a guest
// did not write stay. Nobody is told.
func (p *Projects) DeleteTickets(ctx context.Context, s scope.Scope, key string, numbers []string) (TrashDone, error) {
	if !s.May(scope.WriteTickets) {
		return TrashDone{}, fault.New(fault.Denied, "")
	}
	var out TrashDone
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		b, err := p.pickTx(ctx, tx, s, key, BulkForm{Tickets: numbers}, true)
		if err != nil {
			return err
		}
		out = TrashDone{Missing: b.done.Missing, At: p.now().Truncate(time.Microsecond)} // as Postgres keeps it
		return b.deleteTx(ctx, tx, &out)
	})
	return out, err
}

func (b *bulk) deleteTx(ctx context.Context, tx db.Tx, out *TrashDone) error {
	var ids []uuid.UUID
	var gone goneCounts
	for _, t := range b.rows {
		if t.AuthorID != b.s.Person.ID && !b.s.May(scope.DeleteTickets) {
			out.Left++
			continue
		}
		ids = append(ids, t.ID)
		gone.add(Status(t.Status), t.CreatedAt, t.ClosedAt, zone(t.TimeZone), -1)
		if err := b.event(t.ID, t.Title, "ticket.deleted", nil); err != nil {
			return err
		}
	}
	if out.Changed = len(ids); len(ids) == 0 {
		return nil
	}
	if err := gone.keepTx(ctx, tx, b.s, b.projectID); err != nil {
		return err
	}
	if err := projectsdb.New().DeleteTickets(ctx, tx, projectsdb.DeleteTicketsParams{
		TenantID: b.s.TenantID, Now: out.At, Person: &b.s.Person.ID, PurgeAt: out.At.Add(TrashFor), Ids: ids,
	}); err != nil {
		return fmt.Errorf("delete tickets: %w", err)
	}
	return events.AppendAllTx(ctx, tx, b.s, b.events)
}

// RestoreTickets takes back what the person did with DeleteTickets: at is its moment, and n how many it were. What somebody
// has brought back or deleted for good since stays as it is.
func (p *Projects) RestoreTickets(ctx context.Context, s scope.Scope, key string, at time.Time, n int) (TrashDone, error) {
	if !s.May(scope.WriteTickets) {
		return TrashDone{}, fault.New(fault.Denied, "")
	}
	var out TrashDone
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		project, err := projectsdb.New().ProjectByKey(ctx, tx, projectsdb.ProjectByKeyParams{TenantID: s.TenantID, Person: s.Person.ID, Key: key})
		switch {
		case db.None(err):
			return fault.Missing()
		case err != nil:
			return fmt.Errorf("read the project: %w", err)
		case project.ArchivedAt != nil:
			return errArchived()
		}
		rows, err := projectsdb.New().LockTrashedTogether(ctx, tx, projectsdb.LockTrashedTogetherParams{
			TenantID: s.TenantID, Person: s.Person.ID, Key: key, At: at, Now: p.now(), Limit: MaxBulk,
		})
		if err != nil {
			return fmt.Errorf("read the tickets in the trash: %w", err)
		}
		out = TrashDone{Changed: len(rows), Left: max(n-len(rows), 0), At: at}
		b := &bulk{Projects: p, s: s, projectID: project.ID}
		return b.restoreTx(ctx, tx, rows)
	})
	return out, err
}

// restoreTx brings tickets back, those of a status together.
func (b *bulk) restoreTx(ctx context.Context, tx db.Tx, rows []projectsdb.LockTrashedTogetherRow) error {
	var back goneCounts
	var statuses []Status
	of := map[Status][]projectsdb.LockTrashedTogetherRow{}
	for _, t := range rows {
		statuses = append(statuses, Status(t.Status))
		of[Status(t.Status)] = append(of[Status(t.Status)], t)
		if err := b.event(t.ID, t.Title, "ticket.restored", nil); err != nil {
			return err
		}
	}
	slices.Sort(statuses)
	for _, status := range slices.Compact(statuses) {
		if err := b.restoreToTx(ctx, tx, status, of[status], &back); err != nil {
			return err
		}
	}
	if err := back.keepTx(ctx, tx, b.s, b.projectID); err != nil || len(rows) == 0 {
		return err
	}
	return events.AppendAllTx(ctx, tx, b.s, b.events)
}

// restoreToTx brings the tickets of a status back: to it and to their places, or to the top of the first one that is to do
// when it was taken away since.
func (b *bulk) restoreToTx(ctx context.Context, tx db.Tx, status Status, rows []projectsdb.LockTrashedTogetherRow, back *goneCounts) error {
	to, known, err := takeStatusTx(ctx, tx, b.s, b.projectID, "", status)
	var ranks []string
	if err == nil && !known {
		to, known, err = takeStatusTx(ctx, tx, b.s, b.projectID, "", "")
		ranks = ranksBetween("", to.top, len(rows))
	}
	switch {
	case err != nil:
		return err
	case !known:
		return errNoStatus()
	}
	keep, now := len(ranks) == 0, b.now()
	var ids []uuid.UUID
	for _, t := range rows {
		ids = append(ids, t.ID)
		if keep {
			ranks = append(ranks, t.Rank)
		}
		back.add(to.Slug, t.CreatedAt, closedAt(to.Kind, t.ClosedAt, now), zone(t.TimeZone), 1)
	}
	if err := projectsdb.New().RestoreTickets(ctx, tx, projectsdb.RestoreTicketsParams{
		TenantID: b.s.TenantID, Status: string(to.Slug), Now: now, Closed: to.Kind.Closed(), Ids: ids, Ranks: ranks,
	}); err != nil {
		return fmt.Errorf("restore tickets: %w", err)
	}
	return nil
}
