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
	if err := q.PlanAnew(ctx, tx); err != nil {
		return fmt.Errorf("have checks planned anew: %w", err)
	}
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
	if err := b.tieAllTx(ctx, tx, s, projectID, ids); err != nil || !touched {
		return err
	}
	return b.openCirclesTx(ctx, tx, s, projectID, ids)
}

func (b BroughtTies) tieAllTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, ids []uuid.UUID) error {
	q := projectsdb.New()
	if _, err := q.SetParents(ctx, tx, projectsdb.SetParentsParams{TenantID: s.TenantID, ProjectID: projectID, Ids: ids, Parents: b.parents(ids)}); err != nil {
		return fmt.Errorf("set parents: %w", err)
	}
	blockers, blocked := b.ends()
	if err := q.BringLinks(ctx, tx, projectsdb.BringLinksParams{TenantID: s.TenantID, CreatedBy: s.Person.ID, Now: b.Since, Blockers: blockers, Blocked: blocked}); err != nil {
		return fmt.Errorf("tie tickets: %w", err)
	}
	return nil
}

// openCirclesTx takes ties away again that make circles with what people tied, one of each at a time.
func (b BroughtTies) openCirclesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, ids []uuid.UUID) error {
	q := projectsdb.New()
	low, high := BroughtBetween(b.Imported)
	blockers, blocked := b.ends()
	parents := projectsdb.UntieCirclesParams{TenantID: s.TenantID, ProjectID: projectID, Since: b.Since, Low: low, High: high, Ids: ids, Parents: b.parents(ids)}
	links := projectsdb.UnlinkCirclesParams{TenantID: s.TenantID, ProjectID: projectID, Since: b.Since, Low: low, High: high, Blockers: blockers, Blocked: blocked}
	for _, open := range []func() (int64, error){
		func() (int64, error) { return q.UntieCircles(ctx, tx, parents) },
		func() (int64, error) { return q.UnlinkCircles(ctx, tx, links) },
	} {
		for opened := int64(1); opened > 0; {
			var err error
			if opened, err = open(); err != nil {
				return fmt.Errorf("open circles: %w", err)
			}
		}
	}
	return nil
}

// parents are the tickets above others, in their order.
func (b BroughtTies) parents(ids []uuid.UUID) []uuid.UUID {
	out := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		out[i] = b.Below[id]
	}
	return out
}

// ends are the tickets of the pairs.
func (b BroughtTies) ends() (blockers, blocked []uuid.UUID) {
	for _, pair := range b.Blocks {
		blockers, blocked = append(blockers, pair[0]), append(blocked, pair[1])
	}
	return blockers, blocked
}
