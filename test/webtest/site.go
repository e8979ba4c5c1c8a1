// Package webtest is the product for a test: the router over a Postgres of its own, a worker, a mail folder, and
// browsers that fill in forms.
package webtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/cmd/plinth/app"
	"plinth/internal/auth"
	"plinth/internal/config"
	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/mailer"
	"plinth/jobs/worker"
)

// Host is the name the site answers under.
const Host = "127.0.0.1:8080"

// quick lets a hash cost next to nothing: with what is recommended, tests would do little but hash.
var quick = auth.Cost{Memory: 64, Passes: 1}

// ReportSecret signs what a mail provider tells.
const ReportSecret = "whsec_cGxpbnRoIHdlYnRlc3QgcmVwb3J0cw=="

// Password is every test person's password.
const Password = "granite under a statue"

// Site is a running product. Its parts are open to tests.
type Site struct {
	*app.Site
	App      *app.App // as web
	Worker   *app.App // as worker
	Database *dbtest.Database
	Log      *Log
}

// Option changes the configuration before the parts are made.
type Option func(*config.Config)

// New makes a site that ends with the test. Nothing works the jobs until Settle is called.
func New(t testing.TB, options ...Option) *Site {
	t.Helper()
	return On(t, dbtest.New(t), nil, options...)
}

// On makes a site on a database, with its pool opened as dbOptions say.
func On(t testing.TB, d *dbtest.Database, dbOptions []db.Options, options ...Option) *Site {
	t.Helper()
	c, err := config.Load([]string{
		"APP_ENV=test", "APP_URL=http://" + Host, "DATABASE_URL=" + d.App,
		"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "MAIL_FOLDER=" + t.TempDir(), "BLOB_URL=file://" + t.TempDir(),
		"STRIPE_SECRET_KEY=sk_test_webtest", "STRIPE_WEBHOOK_SECRETS=whsec_webtestwebtest",
		"MAIL_REPORT_SECRETS=whsec_YW5vdGhlciBzZWNyZXQsIG9sZGVyIG9uZQ==," + ReportSecret,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		o(c)
	}
	s := &Site{Database: d, Log: &Log{}}
	log := slog.New(slog.NewJSONHandler(s.Log, nil))
	if s.App, err = app.New(c, d.Web(t, dbOptions...), log); err != nil {
		t.Fatal(err)
	}
	if s.Worker, err = app.New(c, d.AsWorker(t), log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.known(t) })
	s.App.Auth.Hasher = auth.NewHasher(8, quick)
	if s.Site, err = s.App.Web(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Settle works all jobs that are due, with those they cause, until none is left. Jobs scheduled for later stay.
func (s *Site) Settle(t testing.TB) {
	t.Helper()
	s.SettleWithin(t, time.Minute)
}

// SettleWithin is Settle for work that takes longer.
func (s *Site) SettleWithin(t testing.TB, most time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	s.Dispatch(t)
	if s.due(ctx, t) == 0 {
		return
	}
	client, err := s.Worker.Worker(worker.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), PollOnly: true, FetchCooldown: 5 * time.Millisecond, FetchPoll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.due(ctx, t) > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("jobs do not come to rest: %s", s.jobs(t))
		}
	}
	if err := client.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

// known fails the test when something happened that the catalogue of events does not know.
func (s *Site) known(t testing.TB) {
	t.Helper()
	rows, err := s.Worker.DB.Direct().Query(context.Background(), `select distinct action from undispatched_events`)
	if err != nil {
		t.Fatal(err)
	}
	actions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range actions {
		if _, ok := events.TypeOf(action); !ok {
			t.Errorf("event %s is in no catalogue: see internal/events/catalogue_types.go", action)
		}
	}
}

// Dispatch passes on what has happened: jobs are there, and not worked yet.
func (s *Site) Dispatch(t testing.TB) {
	t.Helper()
	s.known(t)
	if _, err := s.Worker.Events.All(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// AtRest says whether nothing waits to be passed on or worked, where a worker is at work.
func (s *Site) AtRest(t testing.TB) bool {
	t.Helper()
	return s.due(context.Background(), t) == 0
}

func (s *Site) due(ctx context.Context, t testing.TB) int {
	t.Helper()
	var n int
	err := s.Worker.DB.Direct().QueryRow(ctx, `
		select (select count(*) from undispatched_events) + count(*) from river.river_job
		where state in ('available', 'running') or (state in ('retryable', 'scheduled') and scheduled_at <= now())`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// jobs describes what has not come to rest, for failure texts.
func (s *Site) jobs(t testing.TB) string {
	rows, err := s.Worker.DB.Direct().Query(context.Background(), `select kind, state::text, coalesce(errors[1]->>'error', '') from river.river_job where finalized_at is null`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var kind, state, failed string
		if err := rows.Scan(&kind, &state, &failed); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s", kind, state, failed))
	}
	return strings.Join(out, "; ")
}

// Mails returns the mails to an address, newest first, after the jobs have come to rest.
func (s *Site) Mails(t testing.TB, to string) []mailer.Kept {
	t.Helper()
	s.Settle(t)
	mails, err := s.Worker.Folder.List(100, to)
	if err != nil {
		t.Fatal(err)
	}
	return mails
}

// Link returns the path of the first link in the newest mail to an address.
func (s *Site) Link(t testing.TB, to string) string {
	t.Helper()
	mails := s.Mails(t, to)
	if len(mails) == 0 || len(mails[0].Links()) == 0 {
		t.Fatalf("no mail with a link to %s; jobs: %s", to, s.jobs(t))
	}
	path, ok := strings.CutPrefix(mails[0].Links()[0], "http://"+Host)
	if !ok {
		t.Fatalf("the link %q leads elsewhere", mails[0].Links()[0])
	}
	return path
}
