package worker

import (
	"context"

	"github.com/riverqueue/river"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/jobs"
)

type reassignTickets struct {
	river.WorkerDefaults[jobs.ReassignTickets]
	m Modules
}

func (w *reassignTickets) Work(ctx context.Context, job *river.Job[jobs.ReassignTickets]) error {
	a := job.Args
	return w.m.Projects.Reassign(ctx, scope.System(a.TenantID), a.From, a.To, a.By)
}

type followSettings struct {
	river.WorkerDefaults[jobs.FollowSettings]
	m Modules
}

func (w *followSettings) Work(ctx context.Context, job *river.Job[jobs.FollowSettings]) error {
	a := job.Args
	if a.Status != "" {
		return w.m.Projects.FollowStatus(ctx, scope.System(a.TenantID), a.Project, projects.Status(a.Status), a.By)
	}
	return w.m.Projects.FollowLabel(ctx, scope.System(a.TenantID), a.Project, a.Label, a.By)
}

type recountTickets struct {
	river.WorkerDefaults[jobs.RecountTickets]
	m Modules
}

func (w *recountTickets) Work(ctx context.Context, job *river.Job[jobs.RecountTickets]) error {
	return w.m.Projects.Recount(ctx, scope.System(job.Args.TenantID), job.Args.After, job.Args.Cause)
}

type recountAll struct {
	river.WorkerDefaults[jobs.RecountAll]
	m Modules
}

func (w *recountAll) Work(ctx context.Context, job *river.Job[jobs.RecountAll]) error {
	return w.m.Projects.RecountAll(ctx, job.Args.After)
}

type purgeTrash struct {
	river.WorkerDefaults[jobs.PurgeTrash]
	m Modules
}

func (w *purgeTrash) Work(ctx context.Context, job *river.Job[jobs.PurgeTrash]) error {
	more, err := w.m.Privacy.PurgeTrash(ctx, job.Args.TenantID)
	if err == nil && more {
		return river.JobSnooze(0) // others get their turn; this one goes on where it was
	}
	return err
}

type purgeAllTrash struct {
	river.WorkerDefaults[jobs.PurgeAllTrash]
	m Modules
}

func (w *purgeAllTrash) Work(ctx context.Context, job *river.Job[jobs.PurgeAllTrash]) error {
	return w.m.Projects.PurgeAllTrash(ctx, job.Args.After)
}
