package events_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs"
)

// house is a database with an organization and two people.
type house struct {
	t     testing.TB
	db    *dbtest.Database
	web   *db.DB
	super *pgx.Conn
	audit *events.Audit
	log   *bytes.Buffer
	dana  scope.Scope
	mira  uuid.UUID
}

func newHouse(t testing.TB) *house {
	t.Helper()
	d := dbtest.New(t)
	worker := d.AsWorker(t, db.Options{MaxConns: 8})
	log := &bytes.Buffer{}
	h := &house{t: t, db: d, web: d.Web(t, db.Options{MaxConns: 64}), super: dbtest.Connect(t, d.Super), log: log, mira: newID()}
	logger := slog.New(slog.NewTextHandler(log, nil))
	queue, err := jobs.NewQueue(worker.Pool(), logger)
	if err != nil {
		t.Fatal(err)
	}
	h.audit = &events.Audit{DB: worker, Heads: worker, Queue: queue, Log: logger}
	h.dana = scope.Scope{TenantID: newID(), Slug: "acme", Person: scope.Person{ID: newID()}, Role: scope.Owner, Request: "r1", Address: "192.0.2.7", Device: "Firefox on Linux"}
	for email, id := range map[string]uuid.UUID{"dana@example.com": h.dana.Person.ID, "mira@example.com": h.mira} {
		h.run(`insert into users (id, email, name, email_verified_at, terms_version, terms_accepted_at) values ($1, $2, $3, now(), '1', now())`, id, email, strings.ToUpper(email[:1])+email[1:4])
	}
	h.run(`insert into tenants (id, slug, name, created_by) values ($1, 'acme', 'Acme', $2)`, h.dana.TenantID, h.dana.Person.ID)
	for _, id := range []uuid.UUID{h.dana.Person.ID, h.mira} {
		h.run(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'owner')`, h.dana.TenantID, newID(), id)
	}
	return h
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// run changes rows as nobody in the product can.
func (h *house) run(sql string, args ...any) {
	h.t.Helper()
	if _, err := h.super.Exec(context.Background(), sql, args...); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
}

func (h *house) one(sql string, args ...any) string {
	h.t.Helper()
	var out string
	if err := h.super.QueryRow(context.Background(), sql, args...).Scan(&out); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// happen appends n events of the organization, each in a transaction of its own.
func (h *house) happen(n int) {
	h.t.Helper()
	for i := range n {
		if err := h.append(fmt.Sprintf("ticket %d", i)); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) append(name string) error {
	return h.web.InTenant(context.Background(), h.dana, func(ctx context.Context, tx db.Tx) error {
		return events.AppendTx(ctx, tx, h.dana, events.Event{
			Action: "ticket.created", ObjectKind: "ticket", ObjectID: newID(), ObjectName: name, Changes: map[string][2]string{"title": {"", name}},
			Person: map[string]string{"name": "Mira"},
		})
	})
}

func (h *house) account(user uuid.UUID) {
	h.t.Helper()
	if err := h.web.InGlobal(context.Background(), func(ctx context.Context, tx db.Tx) error {
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{UserID: user, ActorID: user, Action: "account.signed_in", Person: map[string]string{"address": "192.0.2.9"}})
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) seal() {
	h.t.Helper()
	for _, tenant := range []uuid.UUID{h.dana.TenantID, uuid.Nil} {
		if err := h.audit.Seal(context.Background(), tenant); err != nil {
			h.t.Fatal(err)
		}
	}
}

// sealEach seals n events one by one, so that a copy is made of every seal.
func (h *house) sealEach(n int) {
	h.t.Helper()
	for range n {
		h.happen(1)
		h.seal()
	}
}

func (h *house) verify() events.Report {
	h.t.Helper()
	report, err := h.audit.Verify(context.Background(), h.dana.TenantID)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func (h *house) whole(n int64) {
	h.t.Helper()
	report := h.verify()
	if len(report.Faults) > 0 || report.Events != n {
		h.t.Fatalf("%d events, want %d; faults %v", report.Events, n, report.Faults)
	}
}

// event is the one with a seal of this number.
func (h *house) event(seq int) string {
	h.t.Helper()
	return h.one(`select event_id::text from event_seals where tenant_id = $1 and seq = $2`, h.dana.TenantID, seq)
}

// forkless fails unless the chain is one line: numbers without a gap, each seal behind the one before, each event once.
func (h *house) forkless(n int) {
	h.t.Helper()
	const wrong = `
		select count(*)::text from (
			select seq, prev, lag(hash) over (order by seq) as before, row_number() over (order by seq) as place, count(*) over (partition by prev) as twins
			from event_seals where tenant_id = $1
		) s where seq <> place or twins > 1 or (place > 1 and prev <> before)`
	if got := h.one(wrong, h.dana.TenantID); got != "0" {
		h.t.Errorf("%s seals do not follow the one before", got)
	}
	if got := h.one(`select count(distinct event_id)::text from event_seals where tenant_id = $1`, h.dana.TenantID); got != fmt.Sprint(n) {
		h.t.Errorf("%s events are sealed, want %d", got, n)
	}
	if got := h.one(`select count(*)::text from unsealed_events where tenant_id = $1`, h.dana.TenantID); got != "0" {
		h.t.Errorf("%s events still wait", got)
	}
}

// write lets many write at once while several seal, and seals the rest.
func (h *house) write(writers, each, sealers int) {
	h.t.Helper()
	var writing, sealing sync.WaitGroup
	done := make(chan struct{})
	for range sealers {
		sealing.Go(func() {
			for {
				if err := h.audit.Seal(context.Background(), h.dana.TenantID); err != nil {
					h.t.Errorf("seal: %v", err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range writers {
		writing.Go(func() {
			for i := range each {
				if err := h.append(fmt.Sprint(i)); err != nil {
					h.t.Errorf("write: %v", err)
					return
				}
			}
		})
	}
	writing.Wait()
	close(done)
	sealing.Wait()
	h.seal()
}

func TestManyWritersMakeNoFork(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write(16, 5, 3)
	h.forkless(80)
	h.whole(80)
}

// The number of an event that was written first and committed last comes after those of the others, and it has one.
func TestALateCommitIsNotMissed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	begun, commit, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- h.web.InTenant(context.Background(), h.dana, func(ctx context.Context, tx db.Tx) error {
			err := events.AppendTx(ctx, tx, h.dana, events.Event{Action: "project.created", ObjectKind: "project", ObjectName: "late"})
			close(begun)
			<-commit
			return err
		})
	}()
	<-begun
	h.happen(3)
	h.seal()
	h.whole(3)
	close(commit)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	h.seal()
	h.whole(4)
	if got := h.one(`select s.seq::text from event_seals s join events e on e.tenant_id = s.tenant_id and e.id = s.event_id where e.object_name = 'late'`); got != "4" {
		t.Errorf("the late event has seal %s", got)
	}
}

func TestAppendOnlyByGrant(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(1)
	h.account(h.mira)
	h.seal()
	tables := []string{"events", "account_events", "event_seals", "account_event_seals", "event_erasures", "account_event_erasures", "audit.heads", "audit.account_heads"}
	for role, url := range map[string]string{db.RoleApp: h.db.App, db.RoleWorker: h.db.Worker, db.RoleAdmin: h.db.Admin} {
		conn := dbtest.Connect(t, url)
		refused := func(sql string) {
			t.Helper()
			_, err := conn.Exec(t.Context(), sql)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != "42501" {
				t.Errorf("%s: %s: %v, want permission denied", role, sql, err)
			}
		}
		for _, table := range tables {
			column := map[string]string{"events": "action", "account_events": "action", "audit.heads": "seq", "audit.account_heads": "seq", "event_seals": "seq", "account_event_seals": "seq"}[table]
			if column == "" {
				column = "event_id"
			}
			refused(fmt.Sprintf("update %s set %s = %s", table, column, column))
			if erased := []string{"events", "event_seals", "event_erasures"}; role != db.RoleAdmin || !slices.Contains(erased, table) {
				refused("delete from " + table) // plinth_admin erases organizations, and the copies of seals tell of it
			}
			refused("truncate " + table)
		}
		if role != db.RoleAdmin {
			refused("update events set person = '{}'")
			refused("update account_events set person = '{}'")
			refused("insert into event_erasures (tenant_id, event_id, erasure_id) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid())")
		}
	}
	refusedSeal(t, h)
}

// refusedSeal: the web cannot seal, nor see what waits.
func refusedSeal(t *testing.T, h *house) {
	t.Helper()
	conn := dbtest.Connect(t, h.db.App)
	for _, sql := range []string{
		"insert into event_seals (tenant_id, seq, event_id, person, prev, hash) values (gen_random_uuid(), 1, gen_random_uuid(), '', '', '')",
		"insert into audit.heads (tenant_id, seq, hash) values (gen_random_uuid(), 1, '')",
		"select * from unsealed_events", "delete from unsealed_events", "select * from audit.heads",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("plinth_app: %s is allowed", sql)
		}
	}
}

// The worker sees the copies of the organization in scope, and of no other.
func TestCopiesAreSeenByTheirOrganizationAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealEach(2)
	count := func(s scope.Scope) (n int) {
		if err := h.audit.DB.InTenant(t.Context(), s, func(ctx context.Context, tx db.Tx) error {
			return tx.QueryRow(ctx, `select count(*) from audit.heads`).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if own, other := count(h.dana), count(scope.System(newID())); own != 2 || other != 0 {
		t.Errorf("own %d, want 2; another's %d, want 0", own, other)
	}
}
