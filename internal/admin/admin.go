// Package admin is the back-office: what staff see of all organizations and what they do about it. It reads as
// plinth_admin, one round trip a page; each act leaves an account event with the name of who did it, and looking into
// an organization leaves an event there.
package admin

import (
	"context"
	"errors"
	"maps"
	"strings"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/mails"
	"plinth/internal/privacy"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/webhooks"
	"plinth/jobs"
)

// Admin reads and acts for staff. Only routes guarded for staff may call it: it asks nobody for a right.
type Admin struct {
	DB     *db.DB
	Plans  *billing.Catalogue
	Queue  *jobs.Queue
	Office *jobs.Office
	// Billing asks Stripe, where a page or an act needs it.
	Billing *billing.Billing
	Sender  *mails.Mails
	Auth    *auth.Auth
	Tenants *tenants.Tenants
	Privacy *privacy.Privacy
	// Program is what this process knows of itself.
	Program Program
	// Hooks are the webhooks of organizations.
	Hooks *webhooks.Webhooks
	// Flags is told of what was switched or announced, so that this process knows at once.
	Flags *flags.Flags
}

// Actor is the member of staff who asks, the request they ask with, and why they do what they ask for.
type Actor struct {
	Person  scope.Person
	Request string
	Why     string // of an act; nobody acts without
}

// Sizes of lists, and where counting them stops.
const (
	pageSize  = 50
	partSize  = 20 // a list that shares its page
	shortSize = 5  // a glance at a list that has its own page
	CountStop = 1000
)

// List is a page of a longer list. Next is what asks for the page behind it, "" on the last one.
type List[T any] struct {
	Rows  []T
	Count int64 // of all pages; CountStop+1 means that there are more than CountStop
	Next  string
}

// cut leaves size rows and notes where the next page begins; rows holds one more than a page when there is one.
func (l *List[T]) cut(size int, cursor func(T) string) {
	if len(l.Rows) > size {
		l.Rows = l.Rows[:size]
		l.Next = cursor(l.Rows[size-1])
	}
}

// act notes who does what and why, and then does it, as the back-office; both are kept or neither. Invalid without a
// reason.
func (a *Admin) act(ctx context.Context, by Actor, action, object string, fn func(ctx context.Context, tx db.Tx) error) error {
	return a.actOn(ctx, by, action, object, nil, fn)
}

// actOn is act on what is somebody's: person holds their values.
func (a *Admin) actOn(ctx context.Context, by Actor, action, object string, person map[string]string, fn func(ctx context.Context, tx db.Tx) error) error {
	if wrong := Reason(by.Why); wrong != "" {
		return fault.Field("why", wrong)
	}
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := note(ctx, tx, by, action, object, person); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// noted notes what somebody of staff reads or takes away.
func (a *Admin) noted(ctx context.Context, by Actor, action, object string) error {
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error { return note(ctx, tx, by, action, object, nil) })
}

func note(ctx context.Context, tx db.Tx, by Actor, action, object string, person map[string]string) error {
	return noteChanges(ctx, tx, by, action, object, nil, person)
}

// noteChanges is note with what was changed, each field before and after.
func noteChanges(ctx context.Context, tx db.Tx, by Actor, action, object string, changed map[string][2]string, person map[string]string) error {
	changes := maps.Clone(changed)
	if changes == nil {
		changes = map[string][2]string{}
	}
	if object != "" {
		changes["object"] = [2]string{"", object}
	}
	if by.Why != "" {
		changes["why"] = [2]string{"", by.Why}
	}
	_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: by.Person.ID, ActorID: by.Person.ID, Action: action, RequestID: by.Request, Changes: changes, Person: person,
	})
	return err
}

// unlessSo takes an act that changed nothing, and whose note was taken back with it, for a success.
func (a *Admin) unlessSo(err error) error {
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// viewed notes in an organization that staff looked at its data.
func (a *Admin) viewed(ctx context.Context, by Actor, s scope.Scope, e events.Event) error {
	s.Person, s.Request = by.Person, by.Request
	e.Action = "staff.viewed"
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error { return events.AppendTx(ctx, tx, s, e) })
}

// planName is what people call a plan; a key that left the catalogue names itself.
func (a *Admin) planName(key string) string {
	if key == "" {
		return a.Plans.Free().Name
	}
	if p, ok := a.Plans.Plan(key); ok {
		return p.Name
	}
	return key
}

// like makes text stand for itself in a LIKE pattern.
func like(text string) string {
	return db.EscapeLike(strings.TrimSpace(text))
}
