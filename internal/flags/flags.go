// Package flags owns switches and announcements. What switches there are stands in its catalogue; how staff set them, and
// what is announced to whom, stands in Postgres. Each process holds all of it, so that asking costs nothing: it hears of
// a change when it is committed, and reads again now and then in case it heard nothing.
package flags

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/flags/flagsdb"
	"plinth/internal/scope"
)

// Channel is where changes are told of (notify).
const Channel = "plinth_flags"

// How long what is held may be old: while changes are heard, and while they are not.
const (
	rereadEvery = time.Minute
	deafEvery   = 3 * time.Second
)

// Flags is what a process knows of switches and announcements. Before Run or Refresh has read anything, every flag is as
// the code says and nothing is announced.
type Flags struct {
	DB  *db.DB
	URL string // to listen at, past a pooler; empty is where the pool connects to
	Log *slog.Logger
	Now func() time.Time

	reading sync.Mutex
	held    atomic.Pointer[snapshot]
	hears   atomic.Bool
}

// The rules that staff set for all.
const (
	RuleDefault = "default" // as the code says
	RuleOn      = "on"
	RuleOff     = "off"
	RulePercent = "percent" // on for a share of the organizations
)

// State is how a flag is set for all.
type State struct {
	Rule    string
	Percent int32      // of the organizations, of RulePercent
	Expires *time.Time // from then on the flag is as the code says, whatever was set; nil is never
}

// Overdue says whether the flag has expired and is still here.
func (s State) Overdue(now time.Time) bool { return s.Expires != nil && !now.Before(*s.Expires) }

// set is a flag with all that was set of it.
type set struct {
	State
	tenants, users map[uuid.UUID]bool
}

type snapshot struct {
	flags         map[Key]set
	announcements []Announcement
}

// On says whether a flag is on for whoever asks. What was set for the person stands above what was set for the
// organization, and that above what was set for all. It costs nothing.
func (f *Flags) On(s scope.Scope, key Key) bool {
	flag, _ := Find(key)
	held := f.held.Load()
	if held == nil {
		return flag.Default
	}
	is, ok := held.flags[key]
	if !ok || is.Overdue(f.Now()) {
		return flag.Default
	}
	return is.on(flag, s.TenantID, s.Person.ID)
}

func (is set) on(flag Flag, tenant, person uuid.UUID) bool {
	if on, ok := is.users[person]; ok && flag.Reach == Organization {
		return on
	}
	if on, ok := is.tenants[tenant]; ok && flag.Reach == Organization {
		return on
	}
	switch is.Rule {
	case RuleOn:
		return true
	case RuleOff:
		return false
	case RulePercent:
		return tenant != uuid.Nil && Share(flag.Key, tenant) < is.Percent
	}
	return flag.Default
}

// Share is the place of an organization among a hundred, from 0 to 99, for one flag: a share of n takes those below n, so
// that raising it takes none out. Another flag orders them otherwise.
func Share(key Key, tenant uuid.UUID) int32 {
	sum := sha256.Sum256([]byte(string(key) + ":" + tenant.String()))
	return int32(binary.BigEndian.Uint64(sum[:8]) % 100) //nolint:gosec // below 100
}

// Hears says whether changes of other processes are heard at the moment; while they are not they are read every few seconds.
func (f *Flags) Hears() bool { return f.hears.Load() }

// Changed is called by whoever changed something, so that this process knows at once. What it cannot read now it reads
// within seconds.
func (f *Flags) Changed(ctx context.Context) {
	if err := f.Refresh(ctx); err != nil {
		f.Log.Warn("flags cannot be read", "error", err)
	}
}

// Refresh reads everything anew.
func (f *Flags) Refresh(ctx context.Context) error {
	f.reading.Lock() // one after the other: who reads later has read what is newer
	defer f.reading.Unlock()
	now, err := f.read(ctx)
	if err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	f.held.Store(now)
	return nil
}

// Ready reads once, when nothing was read yet.
func (f *Flags) Ready(ctx context.Context) error {
	if f.held.Load() != nil {
		return nil
	}
	return f.Refresh(ctx)
}

func (f *Flags) read(ctx context.Context) (*snapshot, error) {
	q, direct := flagsdb.New(), f.DB.Direct()
	rows, err := q.Flags(ctx, direct)
	if err != nil {
		return nil, err
	}
	targets, err := q.FlagTargets(ctx, direct)
	if err != nil {
		return nil, err
	}
	announced, err := q.Announcements(ctx, direct)
	if err != nil {
		return nil, err
	}
	out := &snapshot{flags: map[Key]set{}}
	for _, row := range rows {
		out.flags[Key(row.Key)] = set{
			State:   State{Rule: row.Rule, Percent: row.Percent, Expires: row.ExpiresAt},
			tenants: map[uuid.UUID]bool{}, users: map[uuid.UUID]bool{},
		}
	}
	for _, t := range targets {
		switch is, ok := out.flags[Key(t.Flag)]; {
		case !ok:
		case t.TenantID != nil:
			is.tenants[*t.TenantID] = t.IsOn
		case t.UserID != nil:
			is.users[*t.UserID] = t.IsOn
		}
	}
	for _, a := range announced {
		out.announcements = append(out.announcements, announcement(a))
	}
	return out, nil
}

// Run keeps what is held up to date until ctx ends.
func (f *Flags) Run(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	go f.listen(ctx, func() {
		select {
		case changed <- struct{}{}:
		default: // it will be read anyway
		}
	})
	for {
		if err := f.Refresh(ctx); err != nil && ctx.Err() == nil {
			f.Log.Warn("flags cannot be read", "error", err)
		}
		again := deafEvery
		if f.hears.Load() {
			again = rereadEvery
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-time.After(again):
		}
	}
}

// listen calls changed when it begins to hear, since what happened before nobody told, and whenever it hears something.
func (f *Flags) listen(ctx context.Context, changed func()) {
	for ctx.Err() == nil {
		err := f.DB.Listen(ctx, f.URL, Channel, func() { f.hears.Store(true); changed() }, func(string) { changed() })
		f.hears.Store(false)
		if ctx.Err() != nil {
			return
		}
		f.Log.Warn("flags: listening ended", "error", err)
		changed()
		select {
		case <-ctx.Done():
		case <-time.After(deafEvery/2 + rand.N(deafEvery)):
		}
	}
}
