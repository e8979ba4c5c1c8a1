package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
)

// Task is something that needs a person, found while applying what Stripe says.
type Task struct {
	ID           uuid.UUID
	Kind         string
	ObjectID     string // Stripe's, or the organization's of two_subscriptions
	TenantID     *uuid.UUID
	Organization string
	Detail       string
	Amount       *int64 // of a refund or a dispute
	Currency     string
	Reason       string // Stripe's
	State        string // Stripe's
	OpenedAt     time.Time
	AssigneeID   *uuid.UUID
	Assignee     string
	ClosedAt     *time.Time
	ClosedBy     string // "" when its reason was gone
	Note         string
}

// TaskPage is a task with what it leads to.
type TaskPage struct {
	Task
	CustomerID           string
	SubscriptionID       *uuid.UUID // of our row
	StripeSubscriptionID string
	EventID              string // the newest event about the object
	EventType            string
}

// TaskFilter says which tasks a list shows; what is empty leaves everything in.
type TaskFilter struct {
	Closed bool
	Kind   string
	Mine   bool
}

// KindCount is how many there are of a kind.
type KindCount struct {
	Kind  string
	Count int64
}

// CloseTaskForm closes a task; the note says what was done.
type CloseTaskForm struct {
	Note string `form:"note"`
}

// TaskKinds lists the kinds of tasks, those about money first.
func TaskKinds() []string {
	return []string{
		"dispute", "refund", "two_subscriptions", "drift", "price_unknown", "status_unknown", "object_missing", "customer_mismatch",
		"finalization_failed", "api_version",
	}
}

// Tasks reads a page of tasks, the newest first, and how many there are of each kind.
func (a *Admin) Tasks(ctx context.Context, by Actor, f TaskFilter, after string) (List[Task], []KindCount, error) {
	var l List[Task]
	var counts []KindCount
	var of uuid.UUID // nil: anybody's
	if f.Mine {
		of = by.Person.ID
	}
	at, id := timedBefore(after)
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListTasks, at, id, f.Closed, f.Kind, of, pageSize+1)
		db.Rows(r, &counts, admindb.CountTasks, f.Closed, of)
	})
	l.cut(pageSize, func(t Task) string { return timeCursor(t.OpenedAt, t.ID.String()) })
	for _, c := range counts {
		if f.Kind == "" || f.Kind == c.Kind {
			l.Count += c.Count
		}
	}
	return l, counts, err
}

// Task reads one task; NotFound when there is none.
func (a *Admin) Task(ctx context.Context, id uuid.UUID) (TaskPage, error) {
	var p TaskPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Row(r, &p, admindb.Task, id) })
	return p, err
}

// TakeTask gives a task to whoever asks. Doing it twice does it once; Conflict when it is closed.
func (a *Admin) TakeTask(ctx context.Context, by Actor, id uuid.UUID) error {
	p, err := a.Task(ctx, id)
	if err != nil {
		return err
	}
	if p.ClosedAt != nil {
		return errClosed()
	}
	return a.onTask(ctx, by, "staff.task_taken", p, func(ctx context.Context, tx db.Tx) (bool, error) {
		return billing.TakeTaskTx(ctx, tx, id, by.Person.ID)
	})
}

// CloseTask closes a task. Doing it twice keeps the first note.
func (a *Admin) CloseTask(ctx context.Context, by Actor, id uuid.UUID, f CloseTaskForm) error {
	f.Note = strings.TrimSpace(f.Note)
	switch {
	case f.Note == "":
		return fault.Field("note", "Say what was done, or why nothing is to be done.")
	case len([]rune(f.Note)) > 500:
		return fault.Field("note", "Use at most 500 characters.")
	}
	p, err := a.Task(ctx, id)
	if err != nil {
		return err
	}
	return a.onTask(ctx, by, "staff.task_closed", p, func(ctx context.Context, tx db.Tx) (bool, error) {
		return billing.CloseTaskTx(ctx, tx, id, by.Person.ID, f.Note)
	})
}

func (a *Admin) onTask(ctx context.Context, by Actor, action string, p TaskPage, do func(context.Context, db.Tx) (bool, error)) error {
	return a.unlessSo(a.act(ctx, by, action, p.Kind+" "+p.ObjectID, func(ctx context.Context, tx db.Tx) error {
		changed, err := do(ctx, tx)
		if err == nil && !changed {
			return errUnchanged
		}
		return err
	}))
}

func errClosed() error { return fault.New(fault.Conflict, "This task is closed already.") }
