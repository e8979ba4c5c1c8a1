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
	"plinth/jobs"
)

const followBatch = 500 // tickets in a run

// RemoveStatus takes a status away; its tickets get the status called to. The first of them have it when this returns,
// the others follow in batches. What is taken away stays for the history of tickets that had it.
func (p *Projects) RemoveStatus(ctx context.Context, s scope.Scope, key string, slug, to Status) error {
	var project Project
	err := p.manage(ctx, s, key, func(ctx context.Context, tx db.Tx, locked Project) error {
		project = locked
		all, err := statusesNowTx(ctx, tx, s, project)
		if err != nil {
			return err
		}
		one, ok := StatusNamed(all.there, slug)
		if !ok {
			return fault.Missing()
		}
		stands, ok := StatusNamed(all.there, to)
		switch {
		case !slices.ContainsFunc(all.there, func(o StatusInfo) bool { return o.Slug != slug && o.Kind.Closed() == one.Kind.Closed() }):
			return errLastStatus("to", one.Kind)
		case !ok || to == slug:
			return fault.Field("to", "Choose where its tickets go.")
		}
		if err := projectsdb.New().RemoveStatus(ctx, tx, projectsdb.RemoveStatusParams{
			TenantID: s.TenantID, ProjectID: project.ID, Slug: string(slug), MovesTo: string(to),
		}); err != nil {
			return fmt.Errorf("remove status: %w", err)
		}
		if err := p.Queue.EnqueueTx(ctx, tx, jobs.FollowSettings{
			ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Project: project.ID, Status: string(slug), By: s.Person.ID,
		}); err != nil {
			return err
		}
		return settingTx(ctx, tx, s, project, "project.status_removed", map[string][2]string{"status": {one.Name, stands.Name}})
	})
	if err != nil {
		return err
	}
	if err := p.FollowStatus(ctx, s, project.ID, slug, s.Person.ID); err != nil && p.Log != nil {
		p.Log.WarnContext(ctx, "tickets follow a status later", "error", err)
	}
	return nil
}

// FollowStatus gives a batch of the tickets whose status was taken away the one that stands for it, and enqueues the
// next while there are more. by is who took it away.
func (p *Projects) FollowStatus(ctx context.Context, s scope.Scope, projectID uuid.UUID, from Status, by uuid.UUID) error {
	s.Person.ID = by
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := projectsdb.New()
		rows, err := q.TakeFollowers(ctx, tx, projectsdb.TakeFollowersParams{TenantID: s.TenantID, ProjectID: projectID, Status: string(from), Limit: followBatch})
		if err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		stands, err := q.StandsForStatus(ctx, tx, projectsdb.StandsForStatusParams{TenantID: s.TenantID, ProjectID: projectID, Slug: string(from)})
		if err != nil {
			return fmt.Errorf("read what stands for %s: %w", from, err)
		}
		to, ok, err := takeStatusTx(ctx, tx, s, projectID, from, Status(stands.Slug))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("status %s was taken away as well", stands.Slug)
		}
		if err := p.followTx(ctx, tx, s, projectID, from, to, rows); err != nil {
			return err
		}
		if err := events.TellTx(ctx, tx, s, events.Event{Action: "project.tickets_followed", ObjectID: projectID, ProjectID: projectID}); err != nil {
			return err
		}
		if len(rows) < followBatch {
			return nil
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.FollowSettings{
			ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Project: projectID, Status: string(from), By: by,
		})
	})
}

func (p *Projects) followTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, from Status, to lane, rows []projectsdb.TakeFollowersRow) error {
	now := p.now()
	zoneName, err := projectsdb.New().Zone(ctx, tx, s.TenantID)
	if err != nil {
		return fmt.Errorf("read the time zone: %w", err)
	}
	ids := make([]uuid.UUID, len(rows))
	counted := int32(0)
	days := map[time.Time]int32{}
	for i, row := range rows {
		ids[i] = row.ID
		if row.Deleted {
			continue
		}
		counted++
		switch closed := closedAt(to.Kind, row.ClosedAt, now); {
		case row.ClosedAt == nil && closed != nil:
			days[dayOf(*closed, zone(zoneName))]++
		case row.ClosedAt != nil && closed == nil:
			days[dayOf(*row.ClosedAt, zone(zoneName))]--
		}
	}
	if err := countStepsTx(ctx, tx, s, projectID, map[Status]int32{from: -counted, to.Slug: counted}, days); err != nil {
		return err
	}
	if err := projectsdb.New().FollowStatus(ctx, tx, projectsdb.FollowStatusParams{
		TenantID: s.TenantID, Status: string(to.Slug), Closed: to.Kind.Closed(), Started: to.Kind.Stage() == StageDoing, Now: now, Ids: ids,
	}); err != nil {
		return fmt.Errorf("move tickets: %w", err)
	}
	return nil
}

// FollowLabel takes a label that was taken away from a batch of tickets, gives them the one that stands for it, and
// enqueues the next while there are more.
func (p *Projects) FollowLabel(ctx context.Context, s scope.Scope, projectID, label, by uuid.UUID) error {
	s.Person.ID = by
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		q := projectsdb.New()
		ids, err := q.TakeLabelled(ctx, tx, projectsdb.TakeLabelledParams{TenantID: s.TenantID, LabelID: label, Limit: followBatch})
		if err != nil {
			return fmt.Errorf("read tickets: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		var stands *uuid.UUID
		if id, err := q.StandsForLabel(ctx, tx, projectsdb.StandsForLabelParams{TenantID: s.TenantID, ID: label}); err == nil {
			stands = &id
		} else if !db.None(err) {
			return fmt.Errorf("read what stands for a label: %w", err)
		}
		if err := q.DropLabelled(ctx, tx, projectsdb.DropLabelledParams{TenantID: s.TenantID, LabelID: label, Ids: ids, Stands: stands}); err != nil {
			return fmt.Errorf("take a label away: %w", err)
		}
		if stands != nil {
			if err := q.FollowLabel(ctx, tx, projectsdb.FollowLabelParams{TenantID: s.TenantID, LabelID: label, Ids: ids, Stands: *stands}); err != nil {
				return fmt.Errorf("give another label: %w", err)
			}
		}
		if err := events.TellTx(ctx, tx, s, events.Event{Action: "project.tickets_followed", ObjectID: projectID, ProjectID: projectID}); err != nil {
			return err
		}
		if len(ids) < followBatch {
			return nil
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.FollowSettings{
			ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Project: projectID, Label: label, By: by,
		})
	})
}
