package program

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/jobs"
	files "plinth/sql"
)

// sealed is the demo with all that happened in it sealed.
func sealed(t *testing.T, d *dbtest.Database) (env []string, acme uuid.UUID) {
	t.Helper()
	env = environment(t, d, "DATABASE_WORKER_URL="+d.Worker)
	if out, ok := Run(t, t.TempDir(), env, "seed"); !ok {
		t.Fatal(out)
	}
	worker := d.AsWorker(t)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	queue, err := jobs.NewQueue(worker.Pool(), log)
	if err != nil {
		t.Fatal(err)
	}
	audit := &events.Audit{DB: worker, Heads: worker, Queue: queue, Log: log}
	chains, err := audit.Chains(t.Context(), uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(chains, events.Chain{}) {
		if err := audit.Seal(t.Context(), c.TenantID); err != nil {
			t.Fatal(err)
		}
		if c.Slug == "acme" {
			acme = c.TenantID
		}
	}
	return env, acme
}

func TestAuditVerify(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	env, acme := sealed(t, d)
	conn := dbtest.Connect(t, d.Super)
	run := func(want bool, says string, args ...string) {
		t.Helper()
		out, ok := Run(t, t.TempDir(), env, append([]string{"audit"}, args...)...)
		if ok != want || !strings.Contains(out, says) {
			t.Errorf("audit %s: exit 0 %v, want %v; to say %q:\n%s", strings.Join(args, " "), ok, want, says, out)
		}
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	run(true, "The history is what was sealed.", "verify")
	run(true, "acme", "verify", "--tenant", "acme")
	run(false, `no organization has the address "nobody"`, "verify", "--tenant", "nobody")
	run(true, "0 events wait", "status")

	var event string
	if err := conn.QueryRow(t.Context(), `update events set object_name = 'another' where id = (select event_id from event_seals where tenant_id = $1 and seq = 17) returning id::text`, acme).
		Scan(&event); err != nil {
		t.Fatal(err)
	}
	run(false, "changed    seal 17 event "+event, "verify")
	run(false, "faults: 1", "verify", "--tenant", "acme")

	exec(`insert into unsealed_events (tenant_id, event_id, queued_at) values ($1, $2, now() - interval '2 minutes')`, acme, uuid.New())
	run(false, "1 of them for more than 1m0s", "status")
	if out, ok := Run(t, t.TempDir(), env, "doctor"); ok || !strings.Contains(out, "WRONG  audit log") {
		t.Errorf("doctor, exit 0 %v:\n%s", ok, out)
	}
	env = environment(t, d) // without the worker's URL
	run(false, "DATABASE_WORKER_URL is missing", "verify")
}

// What `plinth audit store` prints makes a place that takes copies and gives none up. It is undone, because roles
// belong to all databases.
func TestAuditStoreIsSQL(t *testing.T) {
	t.Parallel()
	out, ok := Run(t, t.TempDir(), nil, "audit", "store")
	if !ok || out != files.AuditStore {
		t.Fatalf("exit 0 %v:\n%s", ok, out)
	}
	conn := dbtest.Connect(t, dbtest.New(t).Super)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	for _, sql := range []string{
		"drop schema audit cascade", out, "set local role plinth_audit", "insert into audit.heads (tenant_id, seq, hash) values (gen_random_uuid(), 1, '')",
		"insert into audit.account_heads (seq, hash) values (1, '')", "select * from audit.heads, audit.account_heads",
	} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for _, table := range []string{"audit.heads", "audit.account_heads"} {
		var may bool
		if err := tx.QueryRow(t.Context(), `select has_table_privilege($1, 'update') or has_table_privilege($1, 'delete') or has_table_privilege($1, 'truncate')`, table).Scan(&may); err != nil || may {
			t.Errorf("%s can be changed: %v, %v", table, may, err)
		}
	}
}
