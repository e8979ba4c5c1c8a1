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

// staysAtOnce is for how many rows of an import StaysOfBrought asks at once.
const staysAtOnce = 10_000

// StaysOfBrought are those tickets of an import of up to so many rows that stay when it is taken back: what somebody has worked on
// since then, and what stands above that.
func (p *Projects) StaysOfBrought(ctx context.Context, s scope.Scope, projectID, imported uuid.UUID, rows uint32, since time.Time) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	low, high := BroughtBetween(imported)
	for from := uint32(0); from <= rows; from += staysAtOnce {
		ask := projectsdb.StayBetweenParams{
			TenantID: s.TenantID, ProjectID: projectID, First: BroughtID(imported, from), Last: BroughtID(imported, from+staysAtOnce-1), Since: since, Low: low, High: high,
		}
		err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
			ids, err := projectsdb.New().StayBetween(ctx, tx, ask)
			for _, id := range ids {
				out[id] = true
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for what stays: %w", err)
		}
	}
	return out, nil
}

// Undo says what UndoBroughtTx takes back: Imported into a project Since when, but for what Stays.
type Undo struct {
	ProjectID uuid.UUID
	TimeZone  string
	Imported  uuid.UUID
	Since     time.Time
	Stays     map[uuid.UUID]bool
}

// UndoBroughtTx throws tickets of an import away behind one of them, that nobody has worked on. It looks at up to BroughtAtOnce of
// them, says how many went, and which was the last that it looked at; nil when there are no more. They lie in the trash.
func (p *Projects) UndoBroughtTx(ctx context.Context, tx db.Tx, s scope.Scope, u Undo, after uuid.UUID) (n int, last uuid.UUID, err error) {
	q := projectsdb.New()
	low, high := BroughtBetween(u.Imported)
	rows, err := q.LockUntouched(ctx, tx, projectsdb.LockUntouchedParams{
		TenantID: s.TenantID, ProjectID: u.ProjectID, After: after, Low: low, High: high, Since: u.Since, Limit: BroughtAtOnce,
	})
	if err != nil {
		return 0, uuid.Nil, fmt.Errorf("take what nobody worked on: %w", err)
	}
	var c bulkCount
	var ids []uuid.UUID
	for _, t := range rows {
		if !u.Stays[t.ID] {
			ids = append(ids, t.ID)
			c.add(Status(t.Status), t.CreatedAt, t.ClosedAt, zone(u.TimeZone), -1)
		}
	}
	if len(rows) == BroughtAtOnce {
		last = rows[len(rows)-1].ID
	}
	if len(ids) == 0 {
		return 0, last, nil
	}
	if err := q.ThrowAway(ctx, tx, projectsdb.ThrowAwayParams{TenantID: s.TenantID, Ids: ids, Now: p.now(), By: s.Person.ID, PurgeAt: p.now().Add(TrashFor)}); err != nil {
		return 0, last, fmt.Errorf("throw tickets away: %w", err)
	}
	return len(ids), last, c.keepTx(ctx, tx, s, u.ProjectID)
}

// RemainingTx is how many tickets there are whose ids lie between two, in whichever project they are by now.
func (p *Projects) RemainingTx(ctx context.Context, tx db.Tx, s scope.Scope, low, high uuid.UUID) (int64, error) {
	return projectsdb.New().CountBetween(ctx, tx, projectsdb.CountBetweenParams{TenantID: s.TenantID, Low: low, High: high})
}
