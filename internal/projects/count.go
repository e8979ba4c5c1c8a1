package projects

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// The kept counts are written in the transaction that changes a ticket, always in the same order, so that two
// transactions never wait for each other: statuses by name, then the day.

func bumpCount(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, status Status, by int32) error {
	if err := projectsdb.New().BumpCount(ctx, tx, projectsdb.BumpCountParams{
		TenantID: s.TenantID, ProjectID: projectID, Status: string(status), Tickets: by,
	}); err != nil {
		return fmt.Errorf("keep the count of %s: %w", status, err)
	}
	return nil
}

func bumpDay(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, day time.Time, opened, closed int32) error {
	if err := projectsdb.New().BumpDay(ctx, tx, projectsdb.BumpDayParams{
		TenantID: s.TenantID, ProjectID: projectID, Day: day, Opened: opened, Closed: closed,
	}); err != nil {
		return fmt.Errorf("keep the count of the day: %w", err)
	}
	return nil
}

func countNewTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, to lane, now time.Time, loc *time.Location) error {
	if err := bumpCount(ctx, tx, s, projectID, to.Slug, 1); err != nil {
		return err
	}
	closed := int32(0)
	if to.Kind.Closed() {
		closed = 1
	}
	return bumpDay(ctx, tx, s, projectID, dayOf(now, loc), 1, closed)
}

// countMoveTx follows a ticket from the status it had to another.
func countMoveTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, to Status, closed *time.Time) error {
	steps := map[Status]int32{Status(t.Status): -1, to: 1}
	for _, status := range slices.Sorted(maps.Keys(steps)) {
		if err := bumpCount(ctx, tx, s, t.ProjectID, status, steps[status]); err != nil {
			return err
		}
	}
	loc := zone(t.TimeZone)
	switch {
	case t.ClosedAt == nil && closed != nil:
		return bumpDay(ctx, tx, s, t.ProjectID, dayOf(*closed, loc), 0, 1)
	case t.ClosedAt != nil && closed == nil:
		return bumpDay(ctx, tx, s, t.ProjectID, dayOf(*t.ClosedAt, loc), 0, -1)
	}
	return nil
}

// countStepsTx keeps the counts of many tickets: by how much each status has more of them, and each day closed ones.
func countStepsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, steps map[Status]int32, closed map[time.Time]int32) error {
	for _, status := range slices.Sorted(maps.Keys(steps)) {
		if err := bumpCount(ctx, tx, s, projectID, status, steps[status]); err != nil {
			return err
		}
	}
	for _, day := range slices.SortedFunc(maps.Keys(closed), time.Time.Compare) {
		if err := bumpDay(ctx, tx, s, projectID, day, 0, closed[day]); err != nil {
			return err
		}
	}
	return nil
}

// zone is the organization's; its days are the days of the charts.
func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// dayOf is the calendar day of t in loc, as Postgres hands out dates.
func dayOf(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

const recountBatch = 100 // projects in a run

// Recount compares the kept counts of an organization's projects after the one named with their tickets, and mends them.
// It goes on as another job of the same cause while there are more projects.
func (p *Projects) Recount(ctx context.Context, s scope.Scope, after, cause uuid.UUID) error {
	var rows []projectsdb.RecountProjectsRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &rows, projectsdb.RecountProjects, s.TenantID, after, recountBatch) })
	if err != nil {
		return fmt.Errorf("list projects: %w", err)
	}
	for _, row := range rows {
		mended, err := p.RecountProject(ctx, s, row.ID, zone(row.TimeZone))
		if err != nil {
			return fmt.Errorf("recount a project: %w", err)
		}
		if mended && p.Log != nil {
			p.Log.WarnContext(ctx, "kept counts were wrong", "tenant", s.TenantID, "project", row.ID)
		}
	}
	if len(rows) < recountBatch {
		return nil
	}
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return p.Queue.EnqueueTx(ctx, tx, jobs.RecountTickets{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, After: rows[len(rows)-1].ID, Cause: cause})
	})
}

// RecountProject mends one project's kept counts and says whether there was something to mend. loc is the
// organization's time zone.
func (p *Projects) RecountProject(ctx context.Context, s scope.Scope, projectID uuid.UUID, loc *time.Location) (bool, error) {
	mended := false
	err := p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		statuses, err := recountStatusesTx(ctx, tx, s, projectID)
		if err != nil {
			return err
		}
		days, err := recountDaysTx(ctx, tx, s, projectID, loc)
		if err != nil {
			return err
		}
		files, err := recountFilesTx(ctx, tx, s, projectID)
		mended = statuses || days || files
		return err
	})
	return mended, err
}

func recountStatusesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID) (bool, error) {
	q := projectsdb.New()
	kept, err := q.LockCounts(ctx, tx, projectsdb.LockCountsParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return false, fmt.Errorf("lock counts: %w", err)
	}
	// A statement of its own, so that it sees what was committed before the locks were had.
	counted, err := q.CountTickets(ctx, tx, projectsdb.CountTicketsParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return false, fmt.Errorf("count tickets: %w", err)
	}
	right := map[string]int32{}
	for _, c := range counted {
		right[c.Status] = c.Tickets
	}
	mended := false
	for _, k := range kept {
		if k.Tickets == right[k.Status] {
			continue
		}
		mended = true
		if err := q.SetCount(ctx, tx, projectsdb.SetCountParams{
			TenantID: s.TenantID, ProjectID: projectID, Status: k.Status, Tickets: right[k.Status],
		}); err != nil {
			return false, fmt.Errorf("mend a count: %w", err)
		}
	}
	return mended, nil
}

// recountFilesTx mends how many files tickets say they have, a thousand of them in a night.
func recountFilesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID) (bool, error) {
	wrong, err := projectsdb.New().MiscountedFiles(ctx, tx, projectsdb.MiscountedFilesParams{TenantID: s.TenantID, ProjectID: projectID, Limit: 1000})
	if err != nil {
		return false, fmt.Errorf("compare counts of files: %w", err)
	}
	for _, id := range wrong {
		if err := CountFilesTx(ctx, tx, s, id); err != nil {
			return false, err
		}
	}
	return len(wrong) > 0, nil
}

func recountDaysTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, loc *time.Location) (bool, error) {
	q := projectsdb.New()
	kept, err := q.KeptDays(ctx, tx, projectsdb.KeptDaysParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return false, fmt.Errorf("read days: %w", err)
	}
	right, err := q.CountDays(ctx, tx, projectsdb.CountDaysParams{TenantID: s.TenantID, ProjectID: projectID, Zone: loc.String()})
	if err != nil {
		return false, fmt.Errorf("count days: %w", err)
	}
	same := slices.EqualFunc(kept, right, func(a projectsdb.KeptDaysRow, b projectsdb.CountDaysRow) bool {
		return a.Day.Equal(b.Day) && a.Opened == b.Opened && a.Closed == b.Closed
	})
	if same {
		return false, nil
	}
	if err := q.ClearDays(ctx, tx, projectsdb.ClearDaysParams{TenantID: s.TenantID, ProjectID: projectID}); err != nil {
		return false, fmt.Errorf("clear days: %w", err)
	}
	for _, d := range right {
		if err := bumpDay(ctx, tx, s, projectID, d.Day, d.Opened, d.Closed); err != nil {
			return false, err
		}
	}
	return true, nil
}

const tenantBatch = 500

// RecountAll enqueues a recount for each organization after the one named, and itself for the rest.
func (p *Projects) RecountAll(ctx context.Context, after uuid.UUID) error {
	return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := projectsdb.New().TenantsToRecount(ctx, tx, projectsdb.TenantsToRecountParams{ID: after, Limit: tenantBatch})
		if err != nil {
			return fmt.Errorf("list organizations: %w", err)
		}
		for _, id := range ids {
			if err := p.Queue.EnqueueTx(ctx, tx, jobs.RecountTickets{ForTenant: jobs.ForTenant{TenantID: id}}); err != nil {
				return err
			}
		}
		if len(ids) < tenantBatch {
			return nil
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.RecountAll{After: ids[len(ids)-1]})
	})
}
