package flags

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/flags/flagsdb"
	"plinth/internal/scope"
)

// Changes are the fields that a change changed, each before and after.
type Changes map[string][2]string

// SetTx sets a flag for all, and says what that changed: nothing when it is so already. It is called inside db.InAdmin.
func SetTx(ctx context.Context, tx db.Tx, key Key, s State) (Changes, error) {
	if s.Rule != RulePercent {
		s.Percent = 0
	}
	was, err := flagsdb.New().LockFlag(ctx, tx, string(key))
	if err != nil {
		return nil, fmt.Errorf("lock flag: %w", err)
	}
	before := State{Rule: was.Rule, Percent: was.Percent, Expires: was.ExpiresAt}
	changes := Changes{}
	changes.note("rule", before.ruleText(), s.ruleText())
	changes.note("expires", before.expiresText(), s.expiresText())
	if len(changes) == 0 {
		return nil, nil
	}
	err = flagsdb.New().SetFlag(ctx, tx, flagsdb.SetFlagParams{Key: string(key), Rule: s.Rule, Percent: s.Percent, ExpiresAt: s.Expires})
	if err != nil {
		return nil, fmt.Errorf("set flag: %w", err)
	}
	return changes, tellTx(ctx, tx)
}

func (c Changes) note(field, before, after string) {
	if before != after {
		c[field] = [2]string{before, after}
	}
}

func (s State) ruleText() string {
	if s.Rule == RulePercent {
		return strconv.Itoa(int(s.Percent)) + " %"
	}
	return s.Rule
}

func (s State) expiresText() string {
	if s.Expires == nil {
		return ""
	}
	return s.Expires.UTC().Format(time.RFC3339)
}

// MaxTargets is for how many organizations and people a flag is set one by one: every process holds all of them.
const MaxTargets = 1000

// Target is an organization or a person that a flag is set for; one of the two is uuid.Nil.
type Target struct {
	TenantID, UserID uuid.UUID
	On               bool
}

// FlagChanged is the event of an organization that a flag was set for, or is no longer.
const FlagChanged = "flag.changed"

// SetTargetTx sets a flag for an organization or a person, and says what that changed: nothing when it is so already. The
// organization is told by an event; by is who acts. Invalid, beside the field who, beyond MaxTargets.
func SetTargetTx(ctx context.Context, tx db.Tx, by scope.Scope, key Key, t Target) (Changes, error) {
	q := flagsdb.New()
	if _, err := q.LockFlag(ctx, tx, string(key)); err != nil {
		return nil, fmt.Errorf("lock flag: %w", err)
	}
	was, err := q.Target(ctx, tx, flagsdb.TargetParams{Flag: string(key), TenantID: orNil(t.TenantID), UserID: orNil(t.UserID)})
	before := ""
	switch {
	case db.None(err):
		if err := roomTx(ctx, tx, key); err != nil {
			return nil, err
		}
		id, failed := uuid.NewV7()
		if failed != nil {
			return nil, fmt.Errorf("make an id: %w", failed)
		}
		err = q.AddTarget(ctx, tx, flagsdb.AddTargetParams{ID: id, Flag: string(key), TenantID: orNil(t.TenantID), UserID: orNil(t.UserID), IsOn: t.On})
	case err == nil && was.IsOn == t.On:
		return nil, nil
	case err == nil:
		before = onText(was.IsOn)
		err = q.SetTarget(ctx, tx, flagsdb.SetTargetParams{ID: was.ID, IsOn: t.On})
	}
	if err != nil {
		return nil, fmt.Errorf("set flag of one: %w", err)
	}
	return targetTx(ctx, tx, by, key, t, before, onText(t.On))
}

// roomTx refuses one more than MaxTargets. Whoever calls it holds the flag.
func roomTx(ctx context.Context, tx db.Tx, key Key) error {
	n, err := flagsdb.New().CountTargets(ctx, tx, string(key))
	if err != nil {
		return fmt.Errorf("count targets: %w", err)
	}
	if n >= MaxTargets {
		return fault.Field("who", fmt.Sprintf("This is set for %d organizations and people, which is the most. Set it for a share of all instead.", MaxTargets))
	}
	return nil
}

// RemoveTargetTx lets an organization or a person have what all have again. Doing it twice changes nothing more.
func RemoveTargetTx(ctx context.Context, tx db.Tx, by scope.Scope, key Key, id uuid.UUID) (Changes, error) {
	q := flagsdb.New()
	if _, err := q.LockFlag(ctx, tx, string(key)); err != nil {
		return nil, fmt.Errorf("lock flag: %w", err)
	}
	was, err := q.TargetByID(ctx, tx, flagsdb.TargetByIDParams{Flag: string(key), ID: id})
	if db.None(err) {
		return nil, nil
	}
	if err == nil {
		_, err = q.RemoveTarget(ctx, tx, id)
	}
	if err != nil {
		return nil, fmt.Errorf("remove flag of one: %w", err)
	}
	t := Target{On: was.IsOn}
	if was.TenantID != nil {
		t.TenantID = *was.TenantID
	}
	if was.UserID != nil {
		t.UserID = *was.UserID
	}
	return targetTx(ctx, tx, by, key, t, onText(was.IsOn), "")
}

// targetTx notes in the organization what was changed for it, and tells all processes.
func targetTx(ctx context.Context, tx db.Tx, by scope.Scope, key Key, t Target, before, after string) (Changes, error) {
	changes := Changes{"state": {before, after}}
	if t.UserID != uuid.Nil {
		changes["user"] = [2]string{"", t.UserID.String()}
		return changes, tellTx(ctx, tx)
	}
	by.TenantID = t.TenantID
	err := events.AppendTx(ctx, tx, by, events.Event{
		Action: FlagChanged, ObjectKind: "flag", ObjectName: string(key), Changes: map[string][2]string{"state": {before, after}},
	})
	if err != nil {
		return nil, err
	}
	changes["organization"] = [2]string{"", t.TenantID.String()}
	return changes, tellTx(ctx, tx)
}

// DeleteTx takes away what was set of a flag that the code no longer knows; Conflict when it does.
func DeleteTx(ctx context.Context, tx db.Tx, key Key) (Changes, error) {
	if _, known := Find(key); known {
		return nil, fault.New(fault.Conflict, "The code asks for this flag. Set it as the code says instead.")
	}
	n, err := flagsdb.New().DeleteFlag(ctx, tx, string(key))
	if err != nil {
		return nil, fmt.Errorf("delete flag: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	if _, err = flagsdb.New().DeleteTargets(ctx, tx, string(key)); err != nil {
		return nil, fmt.Errorf("delete flag of some: %w", err)
	}
	return Changes{"deleted": {"", "true"}}, tellTx(ctx, tx)
}

// EraseTx takes away what was set for a person. It is called inside db.InAdmin.
func EraseTx(ctx context.Context, tx db.Tx, userID uuid.UUID) (int64, error) {
	n, err := flagsdb.New().EraseTargets(ctx, tx, &userID)
	if err != nil {
		return 0, fmt.Errorf("erase flags: %w", err)
	}
	return n, nil
}

// PurgeTx deletes up to limit rows about an organization; it says of what and how many, zero when there is nothing left.
// It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "flags", SQL: flagsdb.PurgeTargets},
		{Noun: "announcements", SQL: flagsdb.PurgeAnnouncements},
	})
}

// tellTx lets every process read anew when the transaction is committed.
func tellTx(ctx context.Context, tx db.Tx) error {
	if err := flagsdb.New().Tell(ctx, tx); err != nil {
		return fmt.Errorf("tell of a change: %w", err)
	}
	return nil
}

func onText(on bool) string {
	if on {
		return RuleOn
	}
	return RuleOff
}

func orNil(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
