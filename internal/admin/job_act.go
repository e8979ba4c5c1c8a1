package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/jobs"
)

// What can be done with all jobs of a filter.
const (
	ActRetry  = jobs.ActRetry
	ActCancel = jobs.ActCancel
)

const (
	atOnce = 200             // jobs that are acted on while somebody waits; more are for the background
	actFor = 8 * time.Second // how long one step goes on
)

// JobActForm retries or cancels all jobs of a filter. ID is made when the form is shown.
type JobActForm struct {
	ID     uuid.UUID `form:"id"`
	Act    string    `form:"act"`
	State  string    `form:"state"`
	Kind   string    `form:"kind"`
	Queue  string    `form:"queue"`
	Tenant string    `form:"tenant"`
}

// Filter is what the jobs of the form have in common.
func (f JobActForm) Filter() JobFilter {
	return JobFilter{State: f.State, Kind: f.Kind, Queue: f.Queue, Tenant: f.Tenant}
}

// Whole says whether the form says what to do, and does not mean every job there is.
func (f JobActForm) Whole() bool {
	return (f.Act == ActRetry || f.Act == ActCancel) && f.Filter() != JobFilter{}
}

// JobAct is an act on many jobs or Stripe events, and how far it is.
type JobAct struct {
	ID        uuid.UUID
	Act       string
	State     string
	Kind      string
	Queue     string
	Tenant    string
	Total     int32
	Done      int32 // the others had gone on meanwhile, once it has ended
	CreatedAt time.Time
	EndedAt   *time.Time
	Waiting   int64 // Stripe events that are queued, when they are replayed
}

// CountJobAct says how many jobs an act would be done to now.
func (a *Admin) CountJobAct(ctx context.Context, f JobActForm) (int64, error) {
	var span jobs.Span
	if !f.Whole() {
		return 0, nil
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { jobs.ReadSpan(r, f.Filter().ForAct(f.Act), &span) })
	return span.Count, err
}

// ActOnAll begins to retry or cancel all jobs of a filter: up to 200 at once, more in the background. Sending the form
// twice does it once. Conflict when no job is left.
func (a *Admin) ActOnAll(ctx context.Context, by Actor, f JobActForm) error {
	if !f.Whole() || f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "Say which jobs are meant. Load the page again.")
	}
	action := "staff.jobs_retried"
	if f.Act == ActCancel {
		action = "staff.jobs_cancelled"
	}
	object := said(f.State, f.Kind, f.Queue, f.Tenant)
	return a.unlessSo(a.act(ctx, by, action, object, func(ctx context.Context, tx db.Tx) error {
		var span jobs.Span
		if err := db.Together(ctx, tx, func(r *db.Reads) { jobs.ReadSpan(r, f.Filter().ForAct(f.Act), &span) }); err != nil {
			return err
		}
		if span.Count == 0 {
			return fault.New(fault.Conflict, "No job is left that this could be done to.")
		}
		err := admindb.New().BeginJobAct(ctx, tx, admindb.BeginJobActParams{
			ID: f.ID, Act: f.Act, State: f.State, Kind: f.Kind, Queue: f.Queue, Tenant: f.Tenant, Upto: span.Upto, Total: int32(min(span.Count, 1<<30)),
		})
		if db.Violates(err, "job_acts_pkey") {
			return errUnchanged
		}
		if err != nil {
			return fmt.Errorf("begin to act on jobs: %w", err)
		}
		return a.beginTx(ctx, tx, f.ID, span.Count)
	}))
}

// said names a filter by what it narrows down.
func said(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " · ")
}

// beginTx acts at once on what is little, and leaves the rest to the background.
func (a *Admin) beginTx(ctx context.Context, tx db.Tx, act uuid.UUID, n int64) error {
	if n <= atOnce {
		if more, err := a.stepTx(ctx, tx, act, atOnce); err != nil || !more {
			return err
		}
	}
	return a.Queue.EnqueueTx(ctx, tx, jobs.ActOnJobs{Act: act})
}

// ActOnJobs goes on with an act on many jobs; more says that it had to stop before the end.
func (a *Admin) ActOnJobs(ctx context.Context, id uuid.UUID) (more bool, err error) {
	begun := time.Now()
	for {
		err := a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
			more, err = a.stepTx(ctx, tx, id, atOnce/2)
			return err
		})
		if err != nil || !more {
			return false, err
		}
		if time.Since(begun) > actFor {
			return true, nil
		}
	}
}

// stepTx acts on the next jobs. Each is looked at once, by its number: one that is retried and fails again is left.
func (a *Admin) stepTx(ctx context.Context, tx db.Tx, id uuid.UUID, size int) (more bool, err error) {
	q := admindb.New()
	row, err := q.LockJobAct(ctx, tx, id)
	if db.None(err) {
		return false, nil // it has ended
	}
	if err != nil {
		return false, fmt.Errorf("read an act on jobs: %w", err)
	}
	if row.Act == ActReplay {
		n, err := a.replayTx(ctx, tx, row, size)
		if err != nil {
			return false, err
		}
		return n == size, noteStepTx(ctx, tx, admindb.StepJobActParams{ID: id, Did: int32(n), Ended: n < size})
	}
	f := JobFilter{State: row.State, Kind: row.Kind, Queue: row.Queue, Tenant: row.Tenant}
	ids, err := a.Office.NextTx(ctx, tx, f.ForAct(row.Act), row.After, row.Upto, size)
	if err != nil {
		return false, err
	}
	did, last := int32(0), row.After
	for _, job := range ids {
		done, err := a.Office.ActTx(ctx, tx, row.Act, job)
		if err != nil {
			return false, err
		}
		if done {
			did++
		}
		last = job
	}
	more = len(ids) == size
	return more, noteStepTx(ctx, tx, admindb.StepJobActParams{ID: id, After: last, Did: did, Ended: !more})
}

func noteStepTx(ctx context.Context, tx db.Tx, p admindb.StepJobActParams) error {
	if err := admindb.New().StepJobAct(ctx, tx, p); err != nil {
		return fmt.Errorf("note how far an act on jobs is: %w", err)
	}
	return nil
}

// JobAct reads how far an act on many jobs is; NotFound when there is none.
func (a *Admin) JobAct(ctx context.Context, id uuid.UUID) (JobAct, error) {
	var act JobAct
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &act, admindb.JobAct, id) })
	return act, err
}

// Purge forgets the acts on many jobs of more than a month ago.
func (a *Admin) Purge(ctx context.Context) error {
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error { return admindb.New().PurgeJobActs(ctx, tx) })
}
