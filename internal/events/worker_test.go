package events_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"plinth/internal/db"
	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/jobs/worker"
	"plinth/test/webtest"
)

// sealedBy lets a running worker, with its periodic jobs, seal n events one after the other, and says how long the
// slowest waited.
func sealedBy(t *testing.T, n int) time.Duration {
	t.Helper()
	site := webtest.New(t)
	s := site.Org(t, site.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	client, err := site.Worker.Worker(worker.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Periodic: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := client.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := client.Stop(ctx); err != nil {
			t.Error(err)
		}
	}()
	var slowest time.Duration
	for range n {
		slowest = max(slowest, sealedAfter(ctx, t, site, s))
	}
	return slowest
}

func sealedAfter(ctx context.Context, t *testing.T, site *webtest.Site, s scope.Scope) time.Duration {
	t.Helper()
	if err := site.App.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		return events.AppendTx(ctx, tx, s, events.Event{Action: "ticket.created", ObjectKind: "ticket"})
	}); err != nil {
		t.Fatal(err)
	}
	begun, conn := time.Now(), dbtest.Connect(t, site.Database.Super)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var open, heads int
		if err := conn.QueryRow(ctx, `
			select
				(select count(*) from events e where tenant_id = $1 and not exists (select from event_seals s where s.tenant_id = $1 and s.event_id = e.id)),
				(select count(*) from event_seals s where tenant_id = $1 and seq = (select max(seq) from audit.heads h where h.tenant_id = $1)
					and seq = (select max(seq) from event_seals l where l.tenant_id = $1))`, s.TenantID).Scan(&open, &heads); err != nil {
			t.Fatal(err)
		}
		if open == 0 && heads == 1 {
			return time.Since(begun)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d events without a seal, newest seal copied: %d", open, heads)
		}
	}
}

func TestAWorkerSealsWithinTenSeconds(t *testing.T) {
	t.Parallel()
	if took := sealedBy(t, 1); took > 10*time.Second {
		t.Errorf("sealed after %s", took)
	}
}
