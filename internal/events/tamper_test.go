package events_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/scope"
)

// tampering is one way to change history, done as superuser, on a chain of ten events of whose seals each was copied.
// It returns the event that must be told, "" where none is left to tell.
type tampering struct {
	name, kind string
	seq        int64
	do         func(h *house) (event string)
}

func tamperings() []tampering {
	return []tampering{
		{"change", events.Changed, 4, func(h *house) string {
			h.run(`update events set object_name = 'another' where id = $1`, h.event(4))
			return h.event(4)
		}},
		{"change of the time by a microsecond", events.Changed, 4, func(h *house) string {
			h.run(`update events set at = at + interval '1 microsecond' where id = $1`, h.event(4))
			return h.event(4)
		}},
		{"change of personal values", events.Changed, 5, func(h *house) string {
			h.run(`update events set person = '{"name":"Jun"}' where id = $1`, h.event(5))
			return h.event(5)
		}},
		{"personal values emptied without an erasure", events.Changed, 5, func(h *house) string {
			h.run(`update events set person = '{}' where id = $1`, h.event(5))
			return h.event(5)
		}},
		{"deletion of an event", events.Deleted, 6, func(h *house) string {
			id := h.event(6)
			h.run(`delete from events where id = $1`, id)
			return id
		}},
		{"deletion of an event and its seal", events.Deleted, 6, func(h *house) string {
			h.run(`delete from events where id = $1`, h.event(6))
			h.run(`delete from event_seals where tenant_id = $1 and seq = 6`, h.dana.TenantID)
			return ""
		}},
		{"reordering of seals", events.Reordered, 3, func(h *house) string {
			seventh := h.event(7)
			h.run(`update event_seals set seq = case seq when 3 then -7 else -3 end where tenant_id = $1 and seq in (3, 7)`, h.dana.TenantID)
			h.run(`update event_seals set seq = -seq where tenant_id = $1 and seq < 0`, h.dana.TenantID)
			return seventh
		}},
		{"reordering of events", events.Changed, 3, func(h *house) string {
			h.run(`update events e set at = o.at from events o where e.tenant_id = $1 and e.id in ($2::uuid, $3::uuid) and o.id in ($2::uuid, $3::uuid) and o.id <> e.id`,
				h.dana.TenantID, h.event(3), h.event(7))
			return h.event(3)
		}},
		{"truncation", events.Truncated, 9, func(h *house) string {
			h.run(`delete from events where id in (select event_id from event_seals where tenant_id = $1 and seq > 8)`, h.dana.TenantID)
			h.run(`delete from event_seals where tenant_id = $1 and seq > 8`, h.dana.TenantID)
			return ""
		}},
		{"truncation of all", events.Truncated, 1, func(h *house) string {
			h.run(`delete from event_seals where tenant_id = $1`, h.dana.TenantID)
			h.run(`delete from events where tenant_id = $1`, h.dana.TenantID)
			return ""
		}},
		{"truncation and going on", events.Rewritten, 9, func(h *house) string {
			h.run(`delete from events where id in (select event_id from event_seals where tenant_id = $1 and seq > 8)`, h.dana.TenantID)
			h.run(`delete from event_seals where tenant_id = $1 and seq > 8`, h.dana.TenantID)
			h.happen(4)
			h.seal()
			return h.event(9)
		}},
		{"rewriting from the middle", events.Rewritten, 5, func(h *house) string {
			h.run(`update events set object_name = 'another' where id = $1`, h.event(5))
			h.rewrite(5)
			return h.event(5)
		}},
	}
}

// rewrite is what somebody does who knows how seals are made: the seals from seq on are made anew, by the sealer itself,
// and the copies are left as they are.
func (h *house) rewrite(seq int) {
	h.t.Helper()
	h.run(`insert into unsealed_events (tenant_id, event_id) select tenant_id, event_id from event_seals where tenant_id = $1 and seq >= $2`, h.dana.TenantID, seq)
	h.run(`delete from event_seals where tenant_id = $1 and seq >= $2`, h.dana.TenantID, seq)
	h.seal()
}

// tamper runs every kind of tampering against a chain of ten, a sub-test each; found is told each that was found.
func tamper(t *testing.T, found func(kind string)) {
	for _, c := range tamperings() {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.sealEach(10)
			h.whole(10)
			event := c.do(h)
			report := h.verify()
			if len(report.Faults) == 0 {
				t.Fatal("not found")
			}
			f := report.Faults[0]
			if f.Kind != c.kind || f.Seq != c.seq || event != "" && f.Event.String() != event {
				t.Errorf("told %+v, want %s at %d of event %s", f, c.kind, c.seq, event)
			}
			if found != nil && !t.Failed() {
				found(c.kind)
			}
		})
	}
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	tamper(t, nil)
}

// The worker notices by itself that the chain is not the one it copied, with the next event.
func TestRewritingRingsTheAlarm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealEach(3)
	h.run(`update events set object_name = 'another' where id = $1`, h.event(2))
	if h.rewrite(2); !strings.Contains(h.log.String(), "the seals are not those that were copied") {
		t.Errorf("the log is silent: %s", h.log)
	}
}

func TestAccountsHaveAChainToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		h.account(h.mira)
		h.seal()
	}
	report, err := h.audit.Verify(t.Context(), uuid.Nil)
	if err != nil || report.Events != 3 || report.Heads != 3 || len(report.Faults) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	second := h.one(`select event_id::text from account_event_seals where seq = 2`)
	h.run(`update account_events set action = 'account.created' where id = $1`, second)
	report, err = h.audit.Verify(t.Context(), uuid.Nil)
	if err != nil || len(report.Faults) != 1 || report.Faults[0].Event.String() != second || report.Faults[0].Kind != events.Changed {
		t.Fatalf("%+v, %v", report, err)
	}
}

func (h *house) erase(user uuid.UUID) int64 {
	h.t.Helper()
	var n int64
	err := h.web.InAdmin(context.Background(), func(ctx context.Context, tx db.Tx) (err error) {
		n, err = events.EraseTx(ctx, tx, user, 1000)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestErasedIsToldFromTampered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(3) // by Dana
	mira := h.dana
	mira.Person.ID = h.mira
	for _, e := range []events.Event{
		{Action: "member.joined", ObjectKind: "member", ObjectID: h.mira, Person: map[string]string{"name": "Mira"}},
		{Action: "invitation.created", ObjectKind: "invitation", ObjectID: newID(), Person: map[string]string{"email": "mira@example.com"}},
		{Action: "project.member_added", ObjectKind: "project", Changes: map[string][2]string{"member": {"", h.mira.String()}}, Person: map[string]string{"name": "Mira"}},
	} {
		h.must(h.dana, e)
	}
	h.must(mira, events.Event{Action: "ticket.created", ObjectKind: "ticket"})
	h.account(h.mira)
	h.account(h.dana.Person.ID)
	h.seal()
	if n := h.erase(h.mira); n != 5 {
		t.Errorf("%d events erased, want 5", n)
	}
	if n := h.erase(h.mira); n != 0 {
		t.Errorf("%d events erased a second time", n)
	}
	h.seal()
	report := h.verify()
	if report.Events != 8 || report.Erased != 4 || len(report.Faults) > 0 {
		t.Errorf("%+v", report)
	}
	accounts, err := h.audit.Verify(t.Context(), uuid.Nil)
	if err != nil || accounts.Erased != 1 || len(accounts.Faults) > 0 {
		t.Errorf("%+v, %v", accounts, err)
	}
	if got := h.one(`select count(*)::text from events where person::text ilike '%mira%' and actor_id = $1`, h.mira); got != "0" {
		t.Errorf("%s events still hold personal values", got)
	}
	if got := h.one(`select count(*)::text from events where person <> '{}'`); got != "3" {
		t.Errorf("%s events of others hold personal values, want 3", got)
	}
	// A mark that no erasure tells of is found.
	first := h.event(1)
	h.run(`update events set person = '{}' where id = $1`, first)
	h.run(`insert into event_erasures (tenant_id, event_id, erasure_id) select $1, $2, erasure_id from event_erasures where tenant_id = $1 limit 1`, h.dana.TenantID, first)
	if report := h.verify(); len(report.Faults) != 1 || report.Faults[0].Kind != events.Unmarked {
		t.Errorf("a made up mark: %+v", report)
	}
}

func (h *house) must(s scope.Scope, e events.Event) {
	h.t.Helper()
	if err := h.web.InTenant(context.Background(), s, func(ctx context.Context, tx db.Tx) error { return events.AppendTx(ctx, tx, s, e) }); err != nil {
		h.t.Fatal(err)
	}
}

// The sum of personal values outlives them, so it must not be possible to find them by trying.
func TestSumsOfPersonalValuesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 2 {
		h.must(h.dana, events.Event{Action: "invitation.created", ObjectKind: "invitation", Person: map[string]string{"email": "mira@example.com"}})
	}
	h.seal()
	if got := h.one(`select count(distinct person)::text from event_seals`); got != "2" {
		t.Errorf("%s sums for two events with the same personal values, want 2", got)
	}
}

// Events without a seal that do not wait for one either are taken in by the sweep.
func TestSweepTakesInWhatWasMissed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(2)
	h.seal()
	for range 5 {
		h.run(`insert into events (tenant_id, id, at, action, object_kind) values ($1, $2, now() - interval '1 day', 'ticket.created', 'ticket')`, h.dana.TenantID, newID())
	}
	h.seal()
	if report := h.verify(); len(report.Faults) != 5 || report.Faults[0].Kind != events.Unsealed {
		t.Fatalf("%+v", report)
	}
	more, err := h.audit.Sweep(t.Context(), h.dana.TenantID)
	if err != nil || more {
		t.Fatal(more, err)
	}
	h.whole(7)
	h.forkless(7)
}

func TestWaitingTooLongIsAnAlarm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(2)
	if err := h.audit.SealAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.log.Len() > 0 {
		t.Fatalf("the alarm rings for what came just now: %s", h.log)
	}
	h.run(`update unsealed_events set queued_at = now() - interval '61 seconds'`)
	for range 3 {
		if err := h.audit.SealAll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(h.log.String(), "level=ERROR"); got != 1 || !strings.Contains(h.log.String(), "no seal after a minute") {
		t.Errorf("%d alarms in a minute, want 1: %s", got, h.log)
	}
	status, err := h.audit.Status(t.Context())
	if err != nil || status.Waiting != 2 || status.Overdue != 2 || len(status.Late) != 2 || status.Changeable {
		t.Errorf("%+v, %v", status, err)
	}
	if got := h.one(`select count(*)::text from river.river_job where kind = 'seal_events'`); got != "1" {
		t.Errorf("%s jobs for one organization", got)
	}
	h.seal()
	if status, err = h.audit.Status(t.Context()); err != nil || status.Waiting != 0 {
		t.Errorf("%+v, %v", status, err)
	}
}

// An event that is deleted before it was sealed leaves what waited for its seal.
func TestDeletionBeforeTheSealIsFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.happen(1)
	h.run(`update unsealed_events set queued_at = now() - interval '61 seconds'`)
	h.run(`delete from events`)
	h.seal()
	if report := h.verify(); len(report.Faults) != 1 || report.Faults[0].Kind != events.Deleted {
		t.Errorf("%+v", report)
	}
}

// The second place may be another database; while it is away events are sealed, and the copy is made up for.
func TestTheSecondPlaceElsewhere(t *testing.T) {
	t.Parallel()
	h, other := newHouse(t), dbtest.New(t)
	here := h.audit.DB
	gone, err := db.Open(t.Context(), "postgres://nobody@127.0.0.1:1/nowhere", "", db.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	h.audit.Heads = gone
	h.happen(3)
	begun := time.Now()
	if err := h.audit.Seal(t.Context(), h.dana.TenantID); err == nil {
		t.Error("a copy that was not made is no error")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("waits %s for what is away", took)
	}
	h.forkless(3)
	h.audit.Heads = other.AsWorker(t)
	h.seal()
	if report := h.verify(); report.Heads != 1 || len(report.Faults) > 0 {
		t.Errorf("%+v", report)
	}
	if got := h.one(`select count(*)::text from audit.heads`); got != "0" {
		t.Errorf("%s copies in the first place", got)
	}
	// Rewritten with the copies of the first place: the second one knows.
	h.run(`update events set object_name = 'another' where id = $1`, h.event(2))
	h.rewrite(2)
	if report := h.verify(); len(report.Faults) != 1 || report.Faults[0].Kind != events.Rewritten {
		t.Errorf("%+v", report)
	}
	h.audit.Heads = here
}

// What is sealed must not read alike for two events; the fields are told apart by their lengths.
func TestEveryFieldIsSealed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealEach(1)
	id := h.event(1)
	for column, value := range map[string]string{
		"actor_id": "'" + h.mira.String() + "'", "acting_as": "'" + h.mira.String() + "'", "action": "'x'", "object_kind": "'x'", "object_id": "'" + h.mira.String() + "'",
		"object_name": "''", "project_id": "'" + h.mira.String() + "'", "changes": "'{}'", "person": "'{}'", "request_id": "''", "at": "now()",
	} {
		before := h.one(fmt.Sprintf(`select coalesce(%s::text, '-') from events where id = $1`, column), id)
		h.run(fmt.Sprintf(`update events set %s = %s where id = $1`, column, value), id)
		if kinds := h.kinds(); !slices.Equal(kinds, []string{events.Changed}) {
			t.Errorf("%s: %v", column, kinds)
		}
		cast := h.one(`select format_type(a.atttypid, a.atttypmod) from pg_attribute a where attrelid = 'events'::regclass and attname = $1`, column)
		h.run(fmt.Sprintf(`update events set %s = nullif($2, '-')::%s where id = $1`, column, cast), id, before)
	}
	h.whole(1)
}

func (h *house) kinds() []string {
	var out []string
	for _, f := range h.verify().Faults {
		out = append(out, f.Kind)
	}
	return out
}
