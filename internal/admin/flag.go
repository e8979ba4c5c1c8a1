package admin

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// FlagRow is a flag and how it is set.
type FlagRow struct {
	flags.Flag
	flags.State
	Known         bool // the code asks for it; the rest of the flag is empty when not
	Overdue       bool // it expired, so it is as the code says
	Organizations int64
	Users         int64
}

// FlagTarget is an organization or a person that a flag is set for.
type FlagTarget struct {
	ID        uuid.UUID
	TenantID  *uuid.UUID
	UserID    *uuid.UUID
	Name      string
	Address   string // the slug, or the e-mail address
	On        bool
	CreatedAt time.Time
}

// FlagChange is what somebody of staff changed of a flag: each field before and after.
type FlagChange struct {
	ID           uuid.UUID
	At           time.Time
	Staff        string
	Changes      map[string][2]string
	Organization string
	Person       string
}

// FlagPage is a flag with whom it is set for, the newest first, and its history.
type FlagPage struct {
	FlagRow
	Targets List[FlagTarget]
	History []FlagChange
}

// SetFlagForm sets a flag for all. Fields: rule, percent, until as 2026-12-31 by the clock of who sets it, "" for never.
type SetFlagForm struct {
	Rule    string `form:"rule"`
	Percent string `form:"percent"`
	Until   string `form:"until"`
}

// FlagTargetForm sets a flag for one: an organization by its slug or a person by their address.
type FlagTargetForm struct {
	Kind  string `form:"kind"` // organization or user
	Who   string `form:"who"`
	State string `form:"state"` // on or off
}

type flagRow struct {
	Key                  string
	Rule                 string
	Percent              int32
	Expires              *time.Time
	Organizations, Users int64
}

func (row flagRow) flag(now time.Time) FlagRow {
	flag, known := flags.Find(flags.Key(row.Key))
	state := flags.State{Rule: row.Rule, Percent: row.Percent, Expires: row.Expires}
	return FlagRow{Flag: flag, State: state, Known: known, Overdue: state.Overdue(now), Organizations: row.Organizations, Users: row.Users}
}

// FlagList lists the flags of the code, and behind them those that are set and the code no longer knows.
func (a *Admin) FlagList(ctx context.Context) ([]FlagRow, error) {
	var rows []flagRow
	if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Rows(r, &rows, admindb.FlagRows) }); err != nil {
		return nil, err
	}
	now := a.Flags.Now()
	var out []FlagRow
	for _, f := range flags.Catalogue() {
		is := flagRow{Key: string(f.Key), Rule: flags.RuleDefault}
		if i := slices.IndexFunc(rows, func(r flagRow) bool { return r.Key == is.Key }); i >= 0 {
			is = rows[i]
		}
		out = append(out, is.flag(now))
	}
	for _, row := range rows {
		if f := row.flag(now); !f.Known {
			out = append(out, f)
		}
	}
	return out, nil
}

// Flag reads one flag; NotFound when neither the code nor anybody of staff knows it.
func (a *Admin) Flag(ctx context.Context, key, after string) (FlagPage, error) {
	var is *flagRow
	var p FlagPage
	var history []struct {
		ID                   uuid.UUID
		At                   time.Time
		Staff                string
		Changes              []byte
		Organization, Person string
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Maybe(r, &is, admindb.FlagRow, key)
		db.Rows(r, &p.Targets.Rows, admindb.TargetsOfFlag, key, idBefore(after), partSize+1)
		db.Value(r, &p.Targets.Count, admindb.CountTargetsOfFlag, key)
		db.Rows(r, &history, admindb.FlagHistory, key)
	})
	if err != nil {
		return p, err
	}
	if _, known := flags.Find(flags.Key(key)); !known && is == nil {
		return p, fault.Missing()
	}
	if is == nil {
		is = &flagRow{Key: key, Rule: flags.RuleDefault}
	}
	p.FlagRow = is.flag(a.Flags.Now())
	p.Targets.cut(partSize, func(t FlagTarget) string { return t.ID.String() })
	for _, row := range history {
		c := FlagChange{ID: row.ID, At: row.At, Staff: row.Staff, Organization: row.Organization, Person: row.Person}
		_ = json.Unmarshal(row.Changes, &c.Changes) // written by noteChanges
		p.History = append(p.History, c)
	}
	return p, nil
}

// SetFlag sets a flag for all. Doing it twice does it once.
func (a *Admin) SetFlag(ctx context.Context, by Actor, key string, f SetFlagForm) error {
	flag, known := flags.Find(flags.Key(key))
	if !known {
		return fault.Missing()
	}
	state, err := a.readState(by, flag, f)
	if err != nil {
		return err
	}
	return a.onFlag(ctx, by, flag.Key, func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		return flags.SetTx(ctx, tx, flag.Key, state)
	})
}

func (a *Admin) readState(by Actor, flag flags.Flag, f SetFlagForm) (flags.State, error) {
	var wrong fault.Fields
	state := flags.State{Rule: f.Rule}
	rules := []string{flags.RuleDefault, flags.RuleOn, flags.RuleOff}
	if flag.Reach == flags.Organization {
		rules = append(rules, flags.RulePercent)
	}
	if !slices.Contains(rules, f.Rule) {
		wrong.Add("rule", "Choose one of them.")
	}
	if f.Rule == flags.RulePercent {
		n, err := strconv.ParseInt(strings.TrimSpace(f.Percent), 10, 32)
		if err != nil || n < 0 || n > 100 {
			wrong.Add("percent", "Enter a whole number from 0 to 100.")
		}
		state.Percent = int32(n) //nolint:gosec // parsed as one of 32 bits
	}
	until, text := readUntil(f.Until, by.Person.Zone, false, a.Flags.Now())
	if text != "" {
		wrong.Add("until", text)
	}
	state.Expires = until
	if text := Reason(by.Why); text != "" {
		wrong.Add("why", text)
	}
	return state, wrong.Err()
}

// SetFlagFor sets a flag for one organization or person, which is told in the organization's history. Doing it twice does
// it once.
func (a *Admin) SetFlagFor(ctx context.Context, by Actor, key string, f FlagTargetForm) error {
	flag, known := flags.Find(flags.Key(key))
	if !known {
		return fault.Missing()
	}
	if flag.Reach != flags.Organization {
		return fault.New(fault.Conflict, "This is one switch for the whole site.")
	}
	target, err := a.readTarget(ctx, by, f)
	if err != nil {
		return err
	}
	return a.onFlag(ctx, by, flag.Key, func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		return flags.SetTargetTx(ctx, tx, by.scope(), flag.Key, target)
	})
}

func (a *Admin) readTarget(ctx context.Context, by Actor, f FlagTargetForm) (flags.Target, error) {
	var wrong fault.Fields
	t := flags.Target{On: f.State == flags.RuleOn}
	if f.State != flags.RuleOn && f.State != flags.RuleOff {
		wrong.Add("state", "Choose one of them.")
	}
	if text := Reason(by.Why); text != "" {
		wrong.Add("reason", text)
	}
	who, query, into, text := strings.ToLower(strings.TrimSpace(f.Who)), admindb.TenantCalled, &t.TenantID, "No organization has this address."
	switch f.Kind {
	case "organization":
	case "user":
		who, query, into, text = users.NormalEmail(f.Who), admindb.UserCalled, &t.UserID, "No account has this address."
	default:
		wrong.Add("kind", "Choose one of them.")
		return t, wrong.Err()
	}
	if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Value(r, into, query, who) }); err != nil {
		return t, err
	}
	if *into == uuid.Nil {
		wrong.Add("who", text)
	}
	return t, wrong.Err()
}

// UnsetFlagFor lets an organization or a person have what all have. Doing it twice does it once.
func (a *Admin) UnsetFlagFor(ctx context.Context, by Actor, key string, id uuid.UUID) error {
	return a.onFlag(ctx, by, flags.Key(key), func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		return flags.RemoveTargetTx(ctx, tx, by.scope(), flags.Key(key), id)
	})
}

// DeleteFlag takes away what is set of a flag that the code no longer knows.
func (a *Admin) DeleteFlag(ctx context.Context, by Actor, key string) error {
	return a.onFlag(ctx, by, flags.Key(key), func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		return flags.DeleteTx(ctx, tx, flags.Key(key))
	})
}

// onFlag does what changes a flag, and notes it with what it changed; both are kept or neither.
func (a *Admin) onFlag(ctx context.Context, by Actor, key flags.Key, do func(context.Context, db.Tx) (flags.Changes, error)) error {
	if wrong := Reason(by.Why); wrong != "" {
		return fault.Field("why", wrong)
	}
	err := a.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		changes, err := do(ctx, tx)
		if err == nil && len(changes) == 0 {
			err = errUnchanged
		}
		if err != nil {
			return err
		}
		return noteChanges(ctx, tx, by, "staff.flag_changed", string(key), changes, nil)
	})
	if err == nil {
		a.Flags.Changed(ctx)
	}
	return a.unlessSo(err)
}

// scope is who acts, for events of organizations.
func (by Actor) scope() scope.Scope { return scope.Scope{Person: by.Person, Request: by.Request} }
