package program

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
)

// environment is what an operator gives the commands, with another Stripe than a local one and mail nobody sends.
func environment(t *testing.T, d *dbtest.Database, change ...string) []string {
	t.Helper()
	vars := map[string]string{
		"APP_ENV": "staging", "APP_URL": "http://127.0.0.1:8080", "SECRET_KEYS": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
		"DATABASE_URL": d.App, "DATABASE_ADMIN_URL": d.Admin, "DATABASE_MIGRATE_URL": d.Owner, "SMTP_URL": "smtp://127.0.0.1:25",
		"STRIPE_SECRET_KEY": "sk_test_program", "STRIPE_WEBHOOK_SECRETS": "whsec_programprogram",
	}
	for _, c := range change {
		name, value, _ := strings.Cut(c, "=")
		vars[name] = value
	}
	var out []string
	for name, value := range vars {
		out = append(out, name+"="+value)
	}
	return out
}

// counted is how many organizations, accounts and tickets there are.
func counted(t *testing.T, conn *pgx.Conn) (n [3]int) {
	t.Helper()
	err := conn.QueryRow(context.Background(), `select (select count(*) from tenants), (select count(*) from users), (select count(*) from tickets)`).
		Scan(&n[0], &n[1], &n[2])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSeedFillsOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn, env := dbtest.Connect(t, d.Super), environment(t, d)
	out, ok := Run(t, t.TempDir(), env, "seed")
	if !ok || !strings.Contains(out, "no local Stripe") {
		t.Fatalf("exit 0 %v:\n%s", ok, out)
	}
	var roles []string
	for _, l := range logins(out) {
		roles = append(roles, l.Role)
	}
	if got := strings.Join(roles, " "); got != "owner member guest staff" {
		t.Errorf("sign-ins of %q:\n%s", got, out)
	}
	filled := counted(t, conn)
	if filled[0] != 2 || filled[1] != 8 || filled[2] < 100 {
		t.Errorf("organizations, accounts, tickets: %v", filled)
	}
	out, ok = Run(t, t.TempDir(), env, "seed")
	if !ok || !strings.Contains(out, "complete already") || len(logins(out)) != 4 {
		t.Errorf("the second time, exit 0 %v:\n%s", ok, out)
	}
	if again := counted(t, conn); again != filled {
		t.Errorf("the second seed made %v of %v", again, filled)
	}
}

func TestSeedRefuses(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn := dbtest.Connect(t, d.Super)
	for _, c := range []struct {
		env  []string
		want string
	}{
		{environment(t, d, "APP_ENV=production"), "APP_ENV is production"},
		{environment(t, d, "APP_ENV="), "APP_ENV is production"},
		{[]string{"APP_ENV=production"}, "APP_ENV is production"}, // before all that is missing besides
		{environment(t, d, "DATABASE_MIGRATE_URL="), "DATABASE_MIGRATE_URL is missing"},
		{environment(t, d, "STRIPE_SECRET_KEY=sk_live_program"), "STRIPE_SECRET_KEY is a live key"},
		{environment(t, d, "MAIL_FROM=nobody"), "MAIL_FROM"},
	} {
		if out, ok := Run(t, t.TempDir(), c.env, "seed"); ok || !strings.Contains(out, c.want) {
			t.Errorf("exit 0 %v; want it to say %q:\n%s", ok, c.want, out)
		}
	}
	if _, err := conn.Exec(t.Context(), `
		with u as (insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at)
			values (gen_random_uuid(), 'olga@example.com', 'Olga', now(), '1', now()) returning id)
		insert into tenants (id, slug, name, created_by) select gen_random_uuid(), 'other', 'Other', id from u`); err != nil {
		t.Fatal(err)
	}
	out, ok := Run(t, t.TempDir(), environment(t, d), "seed")
	if ok || !strings.Contains(out, "holds organizations already") || !strings.Contains(out, "nothing was changed") {
		t.Errorf("exit 0 %v with an organization in place:\n%s", ok, out)
	}
	if n := counted(t, conn); n != [3]int{1, 1, 0} {
		t.Errorf("what refuses made organizations, accounts, tickets: %v", n)
	}
	if _, err := conn.Exec(t.Context(), `drop table goose_db_version`); err != nil {
		t.Fatal(err)
	}
	if out, ok := Run(t, t.TempDir(), environment(t, d), "seed"); ok || !strings.Contains(out, "plinth migrate") {
		t.Errorf("exit 0 %v where nothing is migrated:\n%s", ok, out)
	}
}

// Killed again and again without a word, the seed goes on until it is whole.
func TestSeedKilledHardGoesOn(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	conn, env := dbtest.Connect(t, d.Super), environment(t, d)
	for _, enough := range [][3]int{{0, 3, 0}, {1, 8, 1}, {1, 8, 30}} {
		p := Start(t, t.TempDir(), env, "seed")
		p.await("make so much", func() bool {
			n := counted(t, conn)
			return n[0] >= enough[0] && n[1] >= enough[1] && n[2] >= enough[2]
		})
		p.Kill()
		p.awaitAfterwards(t, "leave the database", func() bool { return connections(t, conn) == 0 })
	}
	half := counted(t, conn)
	out, ok := Run(t, t.TempDir(), env, "seed")
	if !ok || strings.Contains(out, "already") {
		t.Fatalf("exit 0 %v:\n%s", ok, out)
	}
	if whole := counted(t, conn); half[2] >= whole[2] || whole != [3]int{2, 8, 131} {
		t.Errorf("organizations, accounts, tickets: %v, and %v after the last seed", half, whole)
	}
}

// connections are those of other programs with the test's database.
func connections(t *testing.T, conn *pgx.Conn) int {
	t.Helper()
	var n int
	err := conn.QueryRow(context.Background(), `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A key that charges real cards stops `plinth dev` before it starts anything.
func TestDevRefusesALiveKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, ok := Run(t, dir, []string{"STRIPE_SECRET_KEY=rk_live_program", "ADDR=" + FreeAddr(t)}, "dev")
	if ok || !strings.Contains(out, "live key") || strings.Contains(out, "rk_live_program") {
		t.Errorf("exit 0 %v:\n%s", ok, out)
	}
	if _, err := os.Stat(filepath.Join(dir, ".plinth")); err == nil {
		t.Error("it made its folder before it refused")
	}
}
