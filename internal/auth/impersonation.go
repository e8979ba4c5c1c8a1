package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/users"
)

// ImpersonationFor is how long staff look as somebody else at most; BeginWithin how long what was asked for waits to be
// begun.
const (
	ImpersonationFor = 30 * time.Minute
	BeginWithin      = 10 * time.Minute
)

// The events of an impersonation, in the history of its person and of each of their organizations.
const (
	ImpersonationBegun  = "staff.impersonation_begun"
	ImpersonationRaised = "staff.impersonation_raised"
	ImpersonationEnded  = "staff.impersonation_ended"
)

// AskImpersonationTx notes that staff want to look as somebody, and returns what BeginImpersonation takes. Denied for
// staff, whom nobody looks as, and for a suspended account. It is called inside db.InAdmin.
func AskImpersonationTx(ctx context.Context, tx db.Tx, by ByStaff, u users.User, reason string) (uuid.UUID, error) {
	if u.Staff != "" {
		return uuid.Nil, fault.New(fault.Denied, "Nobody looks as a member of staff.")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("make the id of an impersonation: %w", err)
	}
	err = authdb.New().AskImpersonation(ctx, tx, authdb.AskImpersonationParams{
		ID: id, StaffID: by.Person.ID, UserID: u.ID, Reason: reason, Secs: BeginWithin.Seconds(),
	})
	if err != nil {
		return id, fmt.Errorf("ask for an impersonation: %w", err)
	}
	return id, nil
}

// Impersonation is one that a member of staff asked for.
type Impersonation struct {
	ID     uuid.UUID
	UserID uuid.UUID
	Name   string // of whom it is about
	Email  string
	Reason string
	Open   bool // it waits to be begun
}

// Impersonation reads one that the person asked for; NotFound when they did not.
func (a *Auth) Impersonation(ctx context.Context, staff scope.Person, id uuid.UUID) (Impersonation, error) {
	row, err := authdb.New().ImpersonationOf(ctx, a.DB.Direct(), authdb.ImpersonationOfParams{ID: id, StaffID: staff.ID})
	if db.None(err) {
		return Impersonation{}, fault.Missing()
	}
	if err != nil {
		return Impersonation{}, fmt.Errorf("read the impersonation: %w", err)
	}
	return Impersonation{
		ID: row.ID, UserID: row.UserID, Name: row.Name, Email: row.Email, Reason: row.Reason, Open: row.BegunAt == nil && row.EndedAt == nil && !row.Over,
	}, nil
}

// BeginImpersonation opens the session in which a member of staff looks as somebody else, and notes it with both names in
// the history of the person and of each of their organizations. Conflict when it was begun before or waited too long.
func (a *Auth) BeginImpersonation(ctx context.Context, staff scope.Person, id uuid.UUID, d Device) (session.Identity, error) {
	i, err := a.Impersonation(ctx, staff, id)
	if err != nil {
		return session.Identity{}, err
	}
	open := session.Identity{UserID: i.UserID}
	if open.SessionID, err = uuid.NewV7(); err != nil {
		return open, fmt.Errorf("make a session id: %w", err)
	}
	err = a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		q := authdb.New()
		n, err := q.BeginImpersonation(ctx, tx, authdb.BeginImpersonationParams{ID: id, StaffID: staff.ID, Secs: ImpersonationFor.Seconds(), OwnSessionID: &staff.SessionID})
		if err != nil {
			return fmt.Errorf("begin an impersonation: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This was begun before, or waited too long. Ask for it again on the page of the account.")
		}
		if err := tellImpersonationTx(ctx, tx, staff, i.UserID, ImpersonationBegun, i.Reason, d); err != nil {
			return err
		}
		return q.OpenImpersonatedSession(ctx, tx, authdb.OpenImpersonatedSessionParams{
			ID: open.SessionID, UserID: i.UserID, UserAgent: clip(d.UserAgent, 300), Address: d.Address, Secs: ImpersonationFor.Seconds(), ImpersonationID: &i.ID,
		})
	})
	return open, err
}

// RaiseForm says why something is to be changed as somebody else.
type RaiseForm struct {
	Why string `form:"why"`
}

// RaiseImpersonation lets whoever looks as p change something, for a reason that is noted as its beginning was. Doing it
// twice does it once. Denied for staff whose role looks only.
func (a *Auth) RaiseImpersonation(ctx context.Context, p scope.Person, f RaiseForm, d Device) error {
	why := strings.TrimSpace(f.Why)
	switch {
	case !p.By.Role.May(scope.ImpersonateAll):
		return fault.New(fault.Denied, "Your role in the back-office looks, and changes nothing.")
	case why == "":
		return fault.Field("why", "Say why.")
	case len([]rune(why)) > 500:
		return fault.Field("why", "Use at most 500 characters.")
	}
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		n, err := authdb.New().RaiseImpersonation(ctx, tx, authdb.RaiseImpersonationParams{ID: p.By.Impersonation, Reason: why})
		if err != nil {
			return fmt.Errorf("raise an impersonation: %w", err)
		}
		if n == 0 {
			return nil
		}
		return tellImpersonationTx(ctx, tx, scope.Person{ID: p.By.ID}, p.ID, ImpersonationRaised, why, d)
	})
}

// EndImpersonation ends it with its session. Doing it twice does it once.
func (a *Auth) EndImpersonation(ctx context.Context, p scope.Person, d Device) error {
	return a.endImpersonation(ctx, p.By.Impersonation, p.By.ID, p.ID, d)
}

func (a *Auth) endImpersonation(ctx context.Context, id, staff, user uuid.UUID, d Device) error {
	return a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		q := authdb.New()
		n, err := q.EndImpersonation(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("end an impersonation: %w", err)
		}
		if err := q.EndImpersonatedSessions(ctx, tx, id); err != nil {
			return fmt.Errorf("end the session of an impersonation: %w", err)
		}
		if n == 0 {
			return nil
		}
		return tellImpersonationTx(ctx, tx, scope.Person{ID: staff}, user, ImpersonationEnded, "", d)
	})
}

// EndOverImpersonations notes the end of those whose time is over; a job calls it.
func (a *Auth) EndOverImpersonations(ctx context.Context) error {
	var over []authdb.OverImpersonationsRow
	err := a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		over, err = authdb.New().OverImpersonations(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("list impersonations that are over: %w", err)
	}
	for _, i := range over {
		if err := a.endImpersonation(ctx, i.ID, i.StaffID, i.UserID, Device{}); err != nil {
			return err
		}
	}
	return nil
}

// tellImpersonationTx notes what staff do as a person, in the history of the person and of each of their organizations.
func tellImpersonationTx(ctx context.Context, tx db.Tx, staff scope.Person, user uuid.UUID, action, reason string, d Device) error {
	var person map[string]string // the reason may tell of the person: it is erased with them
	if reason != "" {
		person = map[string]string{"why": reason}
	}
	if _, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: user, ActorID: staff.ID, Action: action, Person: person, RequestID: d.Request,
	}); err != nil {
		return err
	}
	places, err := authdb.New().PlacesOf(ctx, tx, user)
	if err != nil {
		return fmt.Errorf("list the organizations of a person: %w", err)
	}
	for _, tenant := range places {
		s := scope.System(tenant)
		s.Person, s.Request = scope.Person{ID: user, By: scope.Impersonator{ID: staff.ID}}, d.Request
		if err := events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "member", ObjectID: user, Person: person}); err != nil {
			return err
		}
	}
	return nil
}
