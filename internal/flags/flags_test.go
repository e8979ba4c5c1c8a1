package flags_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/flags"
	"plinth/internal/scope"
)

func source(path string) (string, error) {
	text, err := os.ReadFile(path)
	return string(text), err
}

// site is a process with flags, over a database with an organization and a person in it.
type site struct {
	*flags.Flags
	t   *testing.T
	db  *dbtest.Database
	web *db.DB
	now time.Time
}

func newSite(t *testing.T) *site {
	t.Helper()
	d := dbtest.New(t)
	s := &site{t: t, db: d, web: d.Web(t), now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	s.Flags = s.process()
	return s
}

// process is another process over the same database.
func (s *site) process() *flags.Flags {
	return &flags.Flags{DB: s.web, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.now }}
}

// do changes something as the back-office does, and says what that changed.
func (s *site) do(fn func(ctx context.Context, tx db.Tx) (flags.Changes, error)) flags.Changes {
	s.t.Helper()
	var changes flags.Changes
	err := s.web.InAdmin(s.t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		changes, err = fn(ctx, tx)
		return err
	})
	if err == nil {
		err = s.Refresh(s.t.Context())
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return changes
}

func (s *site) set(key flags.Key, state flags.State) flags.Changes {
	s.t.Helper()
	return s.do(func(ctx context.Context, tx db.Tx) (flags.Changes, error) { return flags.SetTx(ctx, tx, key, state) })
}

func (s *site) target(key flags.Key, to flags.Target) flags.Changes {
	s.t.Helper()
	return s.do(func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		return flags.SetTargetTx(ctx, tx, scope.Scope{}, key, to)
	})
}

func in(tenant, person uuid.UUID) scope.Scope {
	return scope.Scope{TenantID: tenant, Person: scope.Person{ID: person}}
}

func (s *site) want(on bool, why string, who scope.Scope) {
	s.t.Helper()
	if got := s.On(who, flags.ArchiveImport); got != on {
		s.t.Errorf("%s: %v", why, got)
	}
}

// tenant makes an organization.
func (s *site) tenant(slug string) uuid.UUID {
	s.t.Helper()
	id := uuid.Must(uuid.NewV7())
	conn := dbtest.Connect(s.t, s.db.Super)
	if _, err := conn.Exec(s.t.Context(), `insert into users (id, email, name, terms_version, email_verified_at, terms_accepted_at) values ($1, $2 || '@example.com', $2, '1', now(), now())`, id, slug); err != nil {
		s.t.Fatal(err)
	}
	if _, err := conn.Exec(s.t.Context(), `insert into tenants (id, slug, name, created_by) values ($1, $2, $2, $1)`, id, slug); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// A person's setting stands above their organization's, that above what is set for all, and an expired flag is as the code says.
func TestWhoHasAFlag(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	acme, other, dana, lee := s.tenant("acme"), uuid.New(), uuid.New(), uuid.New()
	s.want(true, "before anything was read", in(acme, dana))
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.want(true, "as in the code", in(acme, dana))
	s.set(flags.ArchiveImport, flags.State{Rule: flags.RuleOff})
	s.want(false, "off for all", in(acme, dana))
	s.target(flags.ArchiveImport, flags.Target{TenantID: acme, On: true})
	s.want(true, "on for the organization", in(acme, dana))
	s.want(false, "another organization", in(other, dana))
	s.target(flags.ArchiveImport, flags.Target{UserID: dana})
	s.want(false, "off for the person", in(acme, dana))
	s.want(true, "another person there", in(acme, lee))
	s.want(false, "nobody in particular", scope.Scope{})
	end := s.now.Add(time.Hour)
	s.set(flags.ArchiveImport, flags.State{Rule: flags.RuleOff, Expires: &end})
	s.now = end.Add(-time.Microsecond)
	s.want(false, "until it expires", in(other, lee))
	s.now = end
	s.want(true, "expired", in(other, lee))
	s.want(true, "expired for the person too", in(acme, dana))
	if s.On(scope.Scope{}, "none") {
		t.Error("a flag that nobody knows is on")
	}
}

// The same organizations stay in when the share is raised, another flag takes others, and a share is about as large as it says.
func TestAShareOfTheOrganizations(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var tenants []uuid.UUID
	for range 2000 {
		tenants = append(tenants, uuid.New())
	}
	had := map[uuid.UUID]bool{}
	for _, percent := range []int32{0, 1, 10, 50, 99, 100} {
		s.set(flags.ArchiveImport, flags.State{Rule: flags.RulePercent, Percent: percent})
		n := 0
		for _, id := range tenants {
			on := s.On(in(id, uuid.Nil), flags.ArchiveImport)
			if had[id] && !on {
				t.Fatalf("raising the share to %d %% took %s out", percent, id)
			}
			had[id] = on
			if on {
				n++
			}
		}
		if share := float64(n) / 20; share < float64(percent)-4 || share > float64(percent)+4 {
			t.Errorf("%d %% are %.1f %%", percent, share)
		}
		if percent == 0 && n > 0 || percent == 100 && n < len(tenants) {
			t.Errorf("%d %% are %d of %d", percent, n, len(tenants))
		}
	}
	s.want(false, "no organization", scope.Scope{Person: scope.Person{ID: uuid.New()}})
	same := 0
	for _, id := range tenants {
		if flags.Share("a", id) == flags.Share("b", id) {
			same++
		}
	}
	if same > 80 {
		t.Errorf("two flags place %d of %d organizations alike", same, len(tenants))
	}
	if got := flags.Share(flags.ArchiveImport, uuid.MustParse("01920c5e-7e7f-7a3d-9b53-1f2a5d0c7e11")); got != 88 {
		t.Errorf("the place of an organization has become %d: whoever was in may be out", got)
	}
}

func TestWhatAChangeChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	acme := s.tenant("acme")
	end := s.now.Add(time.Hour)
	if got := s.set(flags.SignUps, flags.State{Rule: flags.RuleDefault}); got != nil {
		t.Errorf("what is so already changed %v", got)
	}
	if got := s.set(flags.SignUps, flags.State{Rule: flags.RulePercent, Percent: 5, Expires: &end}); got["rule"] != [2]string{"default", "5 %"} || got["expires"] != [2]string{"", "2026-11-22T13:00:00Z"} {
		t.Errorf("changed %v", got)
	}
	if got := s.target(flags.ArchiveImport, flags.Target{TenantID: acme, On: true}); got["state"] != [2]string{"", "on"} || got["organization"][1] != acme.String() {
		t.Errorf("changed %v", got)
	}
	if got := s.target(flags.ArchiveImport, flags.Target{TenantID: acme, On: true}); got != nil {
		t.Errorf("the same once more changed %v", got)
	}
	if got := s.target(flags.ArchiveImport, flags.Target{TenantID: acme}); got["state"] != [2]string{"on", "off"} {
		t.Errorf("changed %v", got)
	}
	err := s.web.InAdmin(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := flags.DeleteTx(ctx, tx, flags.ArchiveImport)
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a flag that code asks for is deleted: %v", err)
	}
}

// An erased account and a purged organization leave nothing that was set for them, and nothing that was announced to them.
func TestWhoIsGoneHasNoFlags(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	acme, other, dana := s.tenant("acme"), s.tenant("other"), uuid.New()
	for _, to := range []flags.Target{{TenantID: acme}, {TenantID: other}, {UserID: dana}} {
		s.target(flags.ArchiveImport, to)
	}
	s.do(func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		for _, id := range []uuid.UUID{acme, other} {
			a := flags.Announcement{ID: uuid.New(), Text: "Hello", Level: flags.Info, Audience: flags.ForOrganization, TenantID: id, Starts: s.now}
			if _, err := flags.AddAnnouncementTx(ctx, tx, a, id); err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	s.do(func(ctx context.Context, tx db.Tx) (flags.Changes, error) {
		n, err := flags.EraseTx(ctx, tx, dana)
		if n != 1 {
			t.Errorf("%d settings are erased", n)
		}
		for _, want := range []string{"flags", "announcements", ""} {
			noun, n, err := flags.PurgeTx(ctx, tx, acme, 10)
			if err != nil || noun != want || want != "" && n != 1 {
				t.Errorf("purged %d %s: %v", n, noun, err)
			}
		}
		return nil, err
	})
	s.want(true, "erased", in(uuid.Nil, dana))
	s.want(true, "purged", in(acme, uuid.Nil))
	s.want(false, "another", in(other, uuid.Nil))
	if got := len(s.Announced(flags.Reader{TenantID: acme})); got != 0 {
		t.Errorf("%d announcements of a purged organization", got)
	}
	if got := len(s.Announced(flags.Reader{TenantID: other})); got != 1 {
		t.Errorf("%d announcements of another organization", got)
	}
}

// What one process commits another hears, without asking; when the connection it hears by is lost it comes back by itself.
func TestProcessesHearOfEachOther(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.process()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- other.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	until := func(on bool, within time.Duration) {
		t.Helper()
		for begun := time.Now(); other.On(scope.Scope{}, flags.SignUps) != on; time.Sleep(time.Millisecond) {
			if time.Since(begun) > within {
				t.Fatalf("after %s the other process does not know that it is %v", within, on)
			}
		}
	}
	for !other.Hears() {
		time.Sleep(time.Millisecond)
	}
	s.set(flags.SignUps, flags.State{Rule: flags.RuleOff})
	until(false, 2*time.Second)
	if _, err := dbtest.At(t, s.db.Super).Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and application_name = 'listens to `+flags.Channel+`'`); err != nil {
		t.Fatal(err)
	}
	s.set(flags.SignUps, flags.State{Rule: flags.RuleOn})
	until(true, 10*time.Second)
}
