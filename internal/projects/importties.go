package projects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// BroughtTies are ties between tickets of an import: which stands below which, and the pairs of which the first blocks the
// second. By themselves they make no circle.
type BroughtTies struct {
	Imported uuid.UUID // the import
	Since    time.Time // when it came: what was changed after that was changed by people
	Below    map[uuid.UUID]uuid.UUID
	Blocks   [][2]uuid.UUID
}

// ErrTiesBusy says that somebody ties tickets of the organization together right now: a moment later it may go.
var ErrTiesBusy = errors.New("somebody ties tickets together")

// TieBroughtTx ties tickets of a project together that came in, as far as they are there. What people tied meanwhile stays, and
// what would make a circle with that is left out. The tickets are held before the ties, as by people, and for the ties nobody
// waits meanwhile, since who has them may wait for a ticket.
func (p *Projects) TieBroughtTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, b BroughtTies) error {
	if len(b.Below) == 0 && len(b.Blocks) == 0 {
		return nil
	}
	q := projectsdb.New()
	ids := slices.SortedFunc(maps.Keys(b.Below), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	if err := q.HoldTickets(ctx, tx, projectsdb.HoldTicketsParams{TenantID: s.TenantID, Ids: ids}); err != nil {
		return fmt.Errorf("hold tickets: %w", err)
	}
	switch free, err := q.TryLockTies(ctx, tx, s.TenantID.String()); {
	case err != nil:
		return fmt.Errorf("take the ties: %w", err)
	case !free:
		return ErrTiesBusy
	}
	low, high := BroughtBetween(b.Imported)
	touched, err := q.TouchedBetween(ctx, tx, projectsdb.TouchedBetweenParams{TenantID: s.TenantID, ProjectID: projectID, Since: b.Since, Low: low, High: high})
	if err != nil {
		return fmt.Errorf("look for what people tied: %w", err)
	}
	if touched {
		return b.tieOneByOneTx(ctx, tx, s, projectID, ids)
	}
	return b.tieAtOnceTx(ctx, tx, s, projectID, ids)
}

func (b BroughtTies) tieAtOnceTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, ids []uuid.UUID) error {
	q, parents := projectsdb.New(), make([]uuid.UUID, len(ids))
	for i, id := range ids {
		parents[i] = b.Below[id]
	}
	if _, err := q.SetParents(ctx, tx, projectsdb.SetParentsParams{TenantID: s.TenantID, ProjectID: projectID, Ids: ids, Parents: parents}); err != nil {
		return fmt.Errorf("set parents: %w", err)
	}
	row := projectsdb.BringLinksParams{TenantID: s.TenantID, CreatedBy: s.Person.ID, Now: b.Since}
	for _, pair := range b.Blocks {
		row.Blockers, row.Blocked = append(row.Blockers, pair[0]), append(row.Blocked, pair[1])
	}
	if err := q.BringLinks(ctx, tx, row); err != nil {
		return fmt.Errorf("tie tickets: %w", err)
	}
	return nil
}

// tieOneByOneTx looks for each of them whether it closes a circle.
func (b BroughtTies) tieOneByOneTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, ids []uuid.UUID) error {
	err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, id := range ids {
			r.Exec(projectsdb.TieBetween, s.TenantID, projectID, b.Below[id], id)
		}
		for _, pair := range b.Blocks {
			r.Exec(projectsdb.BringLink, s.TenantID, s.Person.ID, b.Since, pair[1], pair[0])
		}
	})
	if err != nil {
		return fmt.Errorf("tie tickets one by one: %w", err)
	}
	return nil
}
