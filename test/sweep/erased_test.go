package sweep

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/tenants"
)

// outlasting are the tables in which something of an organization stays when it is erased, each with its reason.
func outlasting() map[string]string {
	return map[string]string{
		"tenants":        "a tombstone without a name, which the next refers to",
		"billing_trials": "ids alone: nobody has a trial twice",
		"bulk_leases":    "ids alone, of a work under way: it ends by itself, and goes within the hour",
		"bulk_wants":     "ids alone, of works that wait: they go when they begin, or within the hour",
	}
}

// sums of every table in the schemas of ours, whole, but for what the erasing itself writes.
func wholeTables(t *testing.T, conn *pgx.Conn) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range allTables(t, conn) {
		if table == "public.account_events" || table == "public.account_event_seals" || table == "public.unsealed_events" || strings.HasPrefix(table, "river.") {
			continue
		}
		var sum string
		if err := conn.QueryRow(t.Context(), `select coalesce(md5(string_agg(x::text, E'\n' order by x::text)), '') from `+table+` x`).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		out[table] = sum
	}
	return out
}

func allTables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select table_schema || '.' || table_name from information_schema.tables
		where table_schema in ('public', 'river', 'audit') and table_type = 'BASE TABLE' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// doomed is B, deleted long ago, with canaries in every text of every table, in events of Stripe and in files.
func doomed(t *testing.T) world {
	t.Helper()
	w := newWorld(t)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := w.conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	exec(`update users set name = 'Bo' where email = 'boss@b.example'`) // the account is not the organization's
	exec(`insert into stripe_events (id, type, created, livemode, customer_id, payload, state)
		select 'evt_' || g, 'invoice.paid', now(), false, c.stripe_customer_id, '{"name": "canary-7f3a"}', 'applied'
		from billing_customers c, generate_series(1, 3) g where c.tenant_id = $1`, w.b.TenantID)
	exec(`insert into stripe_events (id, type, created, livemode, customer_id, payload, state) values ('evt_a', 'invoice.paid', now(), false, 'cus_a', '{}', 'applied')`)
	for _, key := range []string{"tenants/%s/exports/x/data.zip", "tenants/%s/logo/y-64.png"} {
		for _, tenant := range []uuid.UUID{w.a.TenantID, w.b.TenantID} {
			err := w.site.Worker.Privacy.Files.Write(t.Context(), fmt.Sprintf(key, tenant), func(to io.Writer) error {
				_, err := io.WriteString(to, "file of "+tenant.String())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	exec(`delete from tenant_purges`) // what is counted here comes into the record
	exec(`update tenants set suspended_at = null, purging_at = null, purged_at = null, closing_at = now(), deleted_at = now(), slug = 'org-b' where id = $1`, w.b.TenantID)
	return w
}

// later is when B can no longer be brought back.
func later() time.Time { return time.Now().Add(tenants.RestoreFor + time.Hour) }

// Nothing of an erased organization is left in any table that names organizations, no text of it anywhere, no file, and
// nothing of anybody else is changed; also when the erasing is broken off after each of its steps.
func TestNothingIsLeftOfAnErasedOrganization(t *testing.T) {
	t.Parallel()
	w := doomed(t)
	p := w.site.Worker.Privacy
	p.Now, p.RunFor, p.PurgePage = later, 1, 2
	before, ours := rest(t, w), sum(t, w.conn, w.a.TenantID)
	steps, files, left := 0, 0, 0
	if err := p.Files.Each(t.Context(), "", func(string) error { files++; return nil }); err != nil {
		t.Fatal(err)
	}
	for more := true; more; steps++ {
		if steps > 500 {
			t.Fatal("it does not end")
		}
		var err error
		if more, err = p.PurgeOrganization(context.Background(), w.b.TenantID); err != nil {
			t.Fatal(err)
		}
	}
	if steps < 30 {
		t.Errorf("%d steps only: it was not broken off", steps)
	}
	for _, c := range columns(t, w.conn, "uuid") {
		if c.name != c.tenant() || outlasting()[c.table] != "" {
			continue
		}
		var n int
		if err := w.conn.QueryRow(t.Context(), fmt.Sprintf(`select count(*) from %s where %s = $1`, pgx.Identifier{c.table}.Sanitize(), c.tenant()), w.b.TenantID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			t.Errorf("%d rows of %s are left: its module's PurgeTx deletes them, or outlasting says why they stay", n, c.table)
		}
	}
	for _, table := range allTables(t, w.conn) {
		var n int
		if err := w.conn.QueryRow(t.Context(), `select count(*) from `+table+` x where x::text like '%' || $1 || '%'`, canary).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 && table != "public.billing_trials" {
			t.Errorf("%d rows of %s hold a canary", n, table)
		}
	}
	err := p.Files.Each(t.Context(), "", func(key string) error {
		left++
		if strings.Contains(key, w.b.TenantID.String()) {
			t.Errorf("the file %s is left", key)
		}
		return nil
	})
	if err != nil || left != files-2 {
		t.Errorf("%d files are left of %d, of which two were of B: %v", left, files, err)
	}
	unchanged(t, ours, sum(t, w.conn, w.a.TenantID))
	unchanged(t, before, rest(t, w))
	var slug, name string
	if err := w.conn.QueryRow(t.Context(), `select slug, name from tenants where id = $1 and purged_at is not null`, w.b.TenantID).Scan(&slug, &name); err != nil ||
		!strings.HasPrefix(slug, "erased-") || name != "" {
		t.Errorf("the tombstone is called %q at %q: %v", name, slug, err)
	}
}

// rest sums what belongs to no organization, in whole tables: accounts and all that the erasing should not touch.
func rest(t *testing.T, w world) map[string]string {
	t.Helper()
	mine := map[string]bool{"public.stripe_events": true} // told by its canaries
	for _, c := range columns(t, w.conn, "uuid") {
		mine["public."+c.table] = true
	}
	out := map[string]string{}
	for table, sum := range wholeTables(t, w.conn) {
		if !mine[table] {
			out[table] = sum
		}
	}
	return out
}
