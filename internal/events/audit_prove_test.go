//go:build prove

package events_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"plinth/internal/events"
	"plinth/test/proof"
)

// Sixty-four people write at once while three sealers run: one line, each event in it once.
func TestProveAccountsAuditWriters(t *testing.T) {
	const writers, each = 64, 100
	h := newHouse(t)
	begun := time.Now()
	h.write(writers, each, 3)
	rate := writers * each / time.Since(begun).Seconds()
	h.forkless(writers * each)
	h.whole(writers * each)
	proof.Line(t, "audit-writers-no-fork", fmt.Sprintf("%d writers, %d events", writers, writers*each), "one line", !t.Failed())
	proof.AtLeast(t, "audit-written-rows-per-second", math.Round(rate), 1)
}

// Every kind of tampering is found, and the event is told.
func TestProveAccountsAuditTampering(t *testing.T) {
	kinds := map[string]bool{}
	tamper(t, func(kind string) { kinds[kind] = true })
	proof.Line(t, "audit-tampering-found", fmt.Sprintf("%d ways, %d kinds", len(tamperings()), len(kinds)), "12 ways, 5 kinds", !t.Failed() && len(kinds) == 5)
}

// How fast a long chain is sealed and verified.
func TestProveAccountsAuditRates(t *testing.T) {
	const rows = 200_000
	h := newHouse(t)
	h.run(`insert into events (tenant_id, id, at, actor_id, action, object_kind, object_id, object_name, changes, person, request_id)
		select $1, gen_random_uuid(), now() - n * interval '1 second', $2, 'ticket.status_changed', 'ticket', gen_random_uuid(), 'Ticket number ' || n,
			'{"status": ["todo", "done"]}', '{"salt": "7ZTS2VCDPH5XM3KGQ4RWYBNELA", "device": "Firefox on Linux", "address": "192.0.2.7"}', 'ABCDEFGHJKMNPQRS'
		from generate_series(1, $3) n`, h.dana.TenantID, h.dana.Person.ID, rows)
	h.run(`analyze events`)
	begun := time.Now()
	for more := true; more; {
		var err error
		if more, err = h.audit.Sweep(context.Background(), h.dana.TenantID); err != nil {
			t.Fatal(err)
		}
	}
	proof.AtLeast(t, "audit-sealed-rows-per-second", math.Round(rows/time.Since(begun).Seconds()), 1)
	h.run(`analyze event_seals`)
	begun = time.Now()
	report := h.verify()
	took := time.Since(begun)
	if report.Events != rows || len(report.Faults) > 0 {
		t.Fatalf("%d events, faults %v", report.Events, report.Faults)
	}
	proof.AtLeast(t, "audit-verified-rows-per-second", math.Round(rows/took.Seconds()), 20_000)
	h.run(`update events set changes = '{}' where id = $1`, h.event(rows/2))
	if faults := h.verify().Faults; len(faults) != 1 || faults[0].Kind != events.Changed || faults[0].Seq != rows/2 {
		t.Errorf("one changed among %d: %v", rows, faults)
	}
}

// An event is sealed within ten seconds of its writing, by a worker as it runs.
func TestProveAccountsAuditWithinTenSeconds(t *testing.T) {
	proof.Within(t, "audit-sealed-within", sealedBy(t, 6), 10*time.Second)
}
