package projects

import (
	"context"
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

// UndoBroughtTx throws away up to BroughtAtOnce of the tickets whose ids lie between two and that nobody has worked on since
// then, and says how many. They lie in the trash.
func (p *Projects) UndoBroughtTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, timeZone string, low, high uuid.UUID, since time.Time) (int, error) {
	q := projectsdb.New()
	rows, err := q.LockUntouched(ctx, tx, projectsdb.LockUntouchedParams{
		TenantID: s.TenantID, ProjectID: projectID, Low: low, High: high, Since: since, Limit: BroughtAtOnce,
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var c bulkCount
	ids := make([]uuid.UUID, len(rows))
	for i, t := range rows {
		ids[i] = t.ID
		c.add(Status(t.Status), t.CreatedAt, t.ClosedAt, zone(timeZone), -1)
	}
	if err := q.ThrowAway(ctx, tx, projectsdb.ThrowAwayParams{TenantID: s.TenantID, Ids: ids, Now: p.now(), By: s.Person.ID, PurgeAt: p.now().Add(TrashFor)}); err != nil {
		return 0, fmt.Errorf("throw tickets away: %w", err)
	}
	return len(rows), c.keepTx(ctx, tx, s, projectID)
}

// RemainingTx is how many tickets there are whose ids lie between two, in whichever project they are by now.
func (p *Projects) RemainingTx(ctx context.Context, tx db.Tx, s scope.Scope, low, high uuid.UUID) (int64, error) {
	return projectsdb.New().CountBetween(ctx, tx, projectsdb.CountBetweenParams{TenantID: s.TenantID, Low: low, High: high})
}

// SetParentsTx puts tickets below others of the project, as far as both are there.
func (p *Projects) SetParentsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, below map[uuid.UUID]uuid.UUID) error {
	ids := slices.SortedFunc(maps.Keys(below), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	parents := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		parents[i] = below[id]
	}
	if _, err := projectsdb.New().SetParents(ctx, tx, projectsdb.SetParentsParams{TenantID: s.TenantID, ProjectID: projectID, Ids: ids, Parents: parents}); err != nil {
		return fmt.Errorf("set parents: %w", err)
	}
	return nil
}
