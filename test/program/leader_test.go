package program

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// Two workers, and the one that adds the periodic jobs is killed: the other adds them, and each kind has one job in a
// period.
func TestLeaderKilledEachPeriodicJobOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	webtest.On(t, d, nil)
	conn := dbtest.Connect(t, d.Super)
	env := []string{
		"APP_ENV=test", "APP_URL=http://127.0.0.1:8080", "DATABASE_URL=" + d.App, "DATABASE_WORKER_URL=" + d.Worker, "DATABASE_ADMIN_URL=" + d.Admin,
		"SECRET_KEYS=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "SMTP_URL=smtp://127.0.0.1:1", "BLOB_URL=file://" + t.TempDir(),
		"STRIPE_SECRET_KEY=sk_test_webtest", "STRIPE_WEBHOOK_SECRETS=whsec_webtestwebtest", "STRIPE_API_URL=http://127.0.0.1:1",
	}
	read := func(sql string, args ...any) (text string) {
		t.Helper()
		if err := conn.QueryRow(context.Background(), "select coalesce(("+sql+")::text, '')", args...).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	leader := func() string { return read(`select leader_id from river.river_leader where expires_at > now()`) }

	count := func(sql string, args ...any) (n int) {
		t.Helper()
		if err := conn.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	first := Start(t, t.TempDir(), env, "worker")
	first.await("lead", func() bool {
		return leader() != "" && count(`select count(*) from river.river_job where kind = 'seal_all'`) > 0
	})
	before := leader()
	second := Start(t, t.TempDir(), env, "worker")
	second.await("work", func() bool {
		return count(`select count(*) from pg_stat_activity where usename like 'plinth_worker%'`) > 3
	})
	first.Kill()
	killed := time.Now()
	second.awaitWithin(time.Minute, "lead", func() bool { return leader() != "" && leader() != before })
	t.Logf("led again %s after the kill", time.Since(killed).Round(100*time.Millisecond))
	second.await("seal", func() bool {
		return count(`select count(*) from river.river_job where kind = 'seal_all' and created_at > $1`, killed.Add(time.Second)) > 1
	})

	// The first leader added each kind when it began, and so did the second: the period lets one in.
	kinds := []string{
		"sweep_billing", "purge_expired", "measure_usage", "tend_all_notifications", "purge_all_trash", "tidy_all_files", "recount_all", "sync_subscriptions",
		"sweep_seals", "tend_all_webhooks", "sweep_metrics",
	}
	rows, err := conn.Query(context.Background(), `
		select kind, count(*) from river.river_job
		where kind = any($1) and args - 'after' - 'hour' - 'run' = '{}' and coalesce(args ->> 'after', '') in ('', '00000000-0000-0000-0000-000000000000')
		group by kind, date_bin(case when kind = 'sweep_billing' then interval '15 minutes' when kind in ('purge_expired', 'measure_usage', 'tend_all_notifications', 'sweep_seals') then interval '1 hour' else interval '1 day' end, created_at, '2000-01-01')`,
		kinds)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var kind string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&kind, &n}, func() error {
		seen[kind] = true
		if n != 1 {
			t.Errorf("%s was added %d times in one period", kind, n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != len(kinds) {
		t.Errorf("of %v there are %v", kinds, seen)
	}
	if err := second.Stop(); err != nil {
		t.Errorf("the worker ended with %v:\n%s", err, second.Output())
	}
}
