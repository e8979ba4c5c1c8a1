package admin

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
)

// SuspendForm says why an organization is suspended. Its owners read it.
type SuspendForm struct {
	Reason string `form:"reason"`
}

// errUnchanged takes back the note of an act that changed nothing.
var errUnchanged = errors.New("it is so already")

// Suspend lets an organization be read and not changed. Doing it twice does it once.
func (a *Admin) Suspend(ctx context.Context, by Actor, id uuid.UUID, f SuspendForm) error {
	f.Reason = strings.TrimSpace(f.Reason)
	switch {
	case f.Reason == "":
		return fault.Field("reason", "Say why. The owners read it.")
	case len([]rune(f.Reason)) > 500:
		return fault.Field("reason", "Use at most 500 characters.")
	}
	return a.suspend(ctx, by, "staff.organization_suspended", id, f.Reason)
}

// Lift lets a suspended organization be changed again.
func (a *Admin) Lift(ctx context.Context, by Actor, id uuid.UUID) error {
	return a.suspend(ctx, by, "staff.organization_suspension_lifted", id, "")
}

func (a *Admin) suspend(ctx context.Context, by Actor, action string, id uuid.UUID, reason string) error {
	s := scope.System(id)
	s.Person, s.Request = by.Person, by.Request
	return a.unlessSo(a.act(ctx, by, action, id.String(), func(ctx context.Context, tx db.Tx) error {
		changed, err := tenants.SuspendTx(ctx, tx, a.Queue, s, reason)
		if err == nil && !changed {
			return errUnchanged
		}
		return err
	}))
}
