package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/webhooks"
)

// backlog lets so many deliveries wait for the webhook, from a minute ago.
func (h hooked) backlog(t *testing.T, n int) {
	t.Helper()
	_, err := dbtest.At(t, h.Database.Super).Exec(t.Context(), `
		insert into webhook_deliveries (tenant_id, endpoint_id, event_id, type, payload, next_at, queued_at, created_at)
		select $1, $2, gen_random_uuid(), 'project.changed', '{}', x.at, x.at, x.at from generate_series(1, $3), (select $4::timestamptz - interval '1 minute' as at) x`,
		h.owner.TenantID, h.id, n, h.now())
	if err != nil {
		t.Fatal(err)
	}
}

func (h hooked) now() time.Time {
	h.clock.Lock()
	defer h.clock.Unlock()
	return h.clock.now
}

// stuck waits until somebody waits for a lock.
func (h hooked) stuck(t *testing.T) {
	t.Helper()
	looking := dbtest.Connect(t, h.Database.Super)
	for waiting := 0; waiting == 0; {
		if err := looking.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
}

// A webhook for which much waits is paused and deleted at once; what waits is given up in steps, and is not sent when it is
// resumed meanwhile.
func TestALargeBacklogIsGivenUpInSteps(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	h.backlog(t, 2500)
	if err := h.App.Webhooks.Pause(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	const waiting = `select count(*) from webhook_deliveries where tenant_id = $1 and state = 'waiting'`
	if n := h.count(t, waiting); n != 1500 || h.page(t).Endpoint.State != webhooks.Paused {
		t.Errorf("%d wait when it is paused", n)
	}
	if err := h.App.Webhooks.Resume(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	h.later(t, time.Second)
	want := h.happens(t, 1, "project.changed")
	h.Settle(t)
	h.later(t, time.Minute)
	if diff := cmp.Diff(want, h.took(t)); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1 and state = 'failed' and last_error = 'The webhook was paused.'`); n != 2500 {
		t.Errorf("%d are given up", n)
	}
	h.backlog(t, 1500)
	if err := h.App.Webhooks.Delete(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if n := h.count(t, waiting); n != 0 {
		t.Errorf("%d wait for a webhook that is deleted", n)
	}
}

// Of two new secrets within a day the one that receivers know signs until its time, and so does the one between.
func TestASecretIsChangedTwice(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	var known []string
	secret := func() webhooks.Secrets {
		t.Helper()
		_, s, err := h.App.Webhooks.Secret(t.Context(), h.owner, h.id)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for range 2 {
		known = append(known, secret().Now)
		if err := h.App.Webhooks.Rotate(t.Context(), h.owner, h.id); err != nil {
			t.Fatal(err)
		}
		h.later(t, time.Hour)
	}
	if got := secret(); len(got.Before) != 2 || got.Before[0].Secret != known[1] || got.Before[1].Secret != known[0] {
		t.Errorf("%d secrets of before", len(got.Before))
	}
	for _, one := range append(known, secret().Now) {
		h.secrets = []string{one}
		h.happens(t, 1, "project.changed")
		h.Settle(t)
	}
	if n := len(h.messages(t)); n != 3 {
		t.Errorf("%d messages", n)
	}
	h.later(t, 22*time.Hour+30*time.Minute)
	if got := secret(); len(got.Before) != 1 || got.Before[0].Secret != known[1] {
		t.Errorf("after a day %d secrets of before", len(got.Before))
	}
	var err error
	for range 10 {
		if err = h.App.Webhooks.Rotate(t.Context(), h.owner, h.id); err != nil {
			break
		}
	}
	if !fault.Is(err, fault.Conflict) || len(secret().Before) != 5 {
		t.Errorf("%d secrets of before, %v", len(secret().Before), err)
	}
}

// Five webhooks of an organization are posted to at once; the next waits, and has its turn before any that had one.
func TestSlowWebhooksLeaveWorkersToOthers(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	var busy []uuid.UUID
	for range webhooks.MaxTurns {
		busy = append(busy, h.hook(t, h.owner, newReceiver(t), "project.archived"))
	}
	conn := dbtest.Connect(t, h.Database.Super)
	if _, err := conn.Exec(t.Context(), `update webhook_endpoints set busy_until = $2 where id = any($1)`, busy, h.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	want := h.happens(t, 1, "project.changed")
	h.Settle(t)
	h.later(t, 20*time.Second)
	if n := len(h.messages(t)); n != 0 {
		t.Fatalf("%d posts while five others have their turn", n)
	}
	if _, err := conn.Exec(t.Context(), `update webhook_endpoints set busy_until = null where id = $1`, busy[0]); err != nil {
		t.Fatal(err)
	}
	if err := h.Worker.Webhooks.Post(t.Context(), h.owner.TenantID, busy[0], 0); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, `select count(*) from webhook_endpoints where tenant_id = $1 and wanted_at is not null`); n != 2 {
		t.Errorf("%d wait for a turn: the one that had its turn before, and the other", n)
	}
	h.later(t, 15*time.Second)
	if diff := cmp.Diff(want, h.took(t)); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if n := h.count(t, `select count(*) from webhook_endpoints where tenant_id = $1 and wanted_at is not null`); n != 0 {
		t.Errorf("%d wait for a turn in the end", n)
	}
}

// A job that overtakes those of earlier events writes those down too: nothing is posted before what happened earlier. What
// happened before a webhook was changed is left to its own job, which knows whether the webhook heard of it then.
func TestAJobThatOvertakesOthersKeepsTheOrder(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	prepare := func(message string) {
		t.Helper()
		if err := h.Worker.Webhooks.Prepare(t.Context(), h.owner.TenantID, uuid.MustParse(message[len("msg_"):])); err != nil {
			t.Fatal(err)
		}
		if err := h.Worker.Webhooks.Post(t.Context(), h.owner.TenantID, h.id, 0); err != nil {
			t.Fatal(err)
		}
	}
	want := h.happens(t, 2, "project.changed")
	h.happens(t, 1, "project.archived")
	want = append(want, h.happens(t, 1, "project.changed")...)
	prepare(want[2])
	if diff := cmp.Diff(want, h.took(t)); diff != "" {
		t.Errorf("taken after the last came first (-want +got):\n%s", diff)
	}
	h.Settle(t) // the jobs of the earlier ones
	before := h.happens(t, 1, "project.changed")[0]
	h.exec(t, `update webhook_endpoints set updated_at = now()`)
	after := h.happens(t, 1, "project.changed")[0]
	prepare(after)
	prepare(before)
	if diff := cmp.Diff(append(want, after, before), h.took(t)); diff != "" {
		t.Errorf("taken in the end (-want +got):\n%s", diff)
	}
	// What comes after it is written down with it, and found done by its own job.
	last := h.happens(t, 60, "project.changed")
	prepare(last[0])
	if got := h.took(t); len(got) != 5+51 {
		t.Errorf("%d posts, want those of before, this one and the next fifty", len(got)-5)
	}
	prepare(last[1])
	if got := h.took(t); len(got) != 5+51 {
		t.Errorf("%d posts after the job of the second", len(got)-5)
	}
}

// A job that comes before the time of a webhook that fails, as by another clock, comes again: nobody else would.
func TestAJobThatComesTooEarlyComesAgain(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	h.answers(func(message) int { return http.StatusServiceUnavailable })
	want := h.happens(t, 1, "project.changed")
	h.Settle(t)
	h.answers(nil)
	waits := `select count(*) from river.river_job where kind = 'post_webhooks' and state = 'scheduled'`
	for range 2 {
		if n := rowsOf(t, h.Site, waits); n != 1 {
			t.Fatalf("%d jobs wait for the time of the webhook", n)
		}
		alter(t, h.Site, `update river.river_job set scheduled_at = now() - interval '1 second' where kind = 'post_webhooks' and state = 'scheduled'`)
		h.Settle(t)
	}
	h.later(t, time.Minute)
	if diff := cmp.Diff(want, h.took(t)); diff != "" {
		t.Errorf("taken in the end (-want +got):\n%s", diff)
	}
	// So does the one of what waits apart, while everything else is taken.
	bad := h.happens(t, 1, "project.changed")[0]
	h.answers(func(m message) int {
		if m.id == bad {
			return http.StatusUnprocessableEntity
		}
		return http.StatusNoContent
	})
	h.happens(t, 1, "project.changed")
	h.Settle(t)
	h.answers(nil)
	alter(t, h.Site, `update river.river_job set scheduled_at = now() - interval '1 second' where kind = 'post_webhooks' and state = 'scheduled'`)
	h.Settle(t)
	if n := rowsOf(t, h.Site, waits); n != 1 {
		t.Errorf("%d jobs wait for what was refused", n)
	}
	h.later(t, time.Hour)
	if got := h.took(t); len(got) != 3 || got[2] != bad {
		t.Errorf("%d were taken in the end", len(got))
	}
}

// A webhook that is paused while what happens is written down gets none of it.
func TestNothingIsWrittenDownForWhatIsBeingPaused(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	conn := dbtest.Connect(t, h.Database.Super)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select from webhook_endpoints where id = $1 for update`, h.id); err != nil {
		t.Fatal(err)
	}
	event := h.happens(t, 1, "project.changed")[0]
	written := make(chan error, 1)
	go func() {
		written <- h.Worker.Webhooks.Prepare(context.Background(), h.owner.TenantID, uuid.MustParse(event[len("msg_"):]))
	}()
	h.stuck(t)
	if _, err := tx.Exec(t.Context(), `update webhook_endpoints set state = 'paused' where id = $1`, h.id); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1`); n != 0 {
		t.Errorf("%d deliveries of a webhook that is paused", n)
	}
}

// Whoever changes a webhook and what waits for it, and whoever notes that something was taken, never wait for each other.
func TestATurnAndAPauseDoNotDeadlock(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	conn := dbtest.Connect(t, h.Database.Super)
	h.backlog(t, 1)
	if _, err := conn.Exec(t.Context(), `update webhook_endpoints set failures = 1 where id = $1`, h.id); err != nil {
		t.Fatal(err)
	}
	locked := make(chan pgx.Tx, 1)
	h.answers(func(message) int {
		tx, err := conn.Begin(context.Background())
		if err == nil {
			_, err = tx.Exec(context.Background(), `select from webhook_endpoints where id = $1 for update`, h.id)
		}
		if err != nil {
			t.Error(err)
		}
		locked <- tx
		return http.StatusOK
	})
	posted := make(chan error, 1)
	go func() { posted <- h.Worker.Webhooks.Post(context.Background(), h.owner.TenantID, h.id, 0) }()
	tx := <-locked
	h.stuck(t)
	if _, err := tx.Exec(t.Context(), `update webhook_deliveries set attempts = attempts where endpoint_id = $1`, h.id); err != nil {
		t.Errorf("the pause: %v", err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-posted; err != nil {
		t.Errorf("the turn: %v", err)
	}
}

// A replay whose worker died holds up others for some minutes, and goes on at night by itself.
func TestAReplayThatDied(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	want := h.happens(t, 2, "project.changed")
	h.Settle(t)
	conn := dbtest.Connect(t, h.Database.Super)
	dies := func(ago time.Duration) uuid.UUID {
		t.Helper()
		id := uuid.New()
		_, err := conn.Exec(t.Context(), `
			insert into webhook_replays (tenant_id, id, endpoint_id, since, until, total, more, created_by, created_at, updated_at)
			values ($1, $2, $3, $4::timestamptz - interval '1 hour', $4::timestamptz + interval '1 hour', 2, false, $5, $6, $6)`,
			h.owner.TenantID, id, h.id, h.now(), h.owner.Person.ID, h.now().Add(-ago))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	replay := func(id uuid.UUID) error {
		return h.App.Webhooks.Replay(t.Context(), h.owner, h.id, id, h.now().Add(-time.Hour), h.now().Add(time.Hour))
	}
	running := dies(time.Minute)
	if err := replay(uuid.New()); !fault.Is(err, fault.Conflict) {
		t.Errorf("beside one that runs: %v", err)
	}
	if err := replay(running); err != nil {
		t.Errorf("the same form once more: %v", err)
	}
	if _, err := conn.Exec(t.Context(), `update webhook_replays set updated_at = updated_at - interval '10 minutes'`); err != nil {
		t.Fatal(err)
	}
	if err := replay(uuid.New()); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if p := h.page(t); p.Replay.State != webhooks.ReplayDone || len(h.took(t)) != 4 {
		t.Errorf("the one in its place: %+v, %d taken", p.Replay, len(h.took(t)))
	}
	if n := h.count(t, `select count(*) from webhook_replays where tenant_id = $1 and state = 'failed'`); n != 1 {
		t.Errorf("%d failed", n)
	}
	dies(11 * time.Minute)
	if err := h.Worker.Webhooks.Tend(t.Context(), h.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if n := h.count(t, `select count(*) from webhook_replays where tenant_id = $1 and state = 'done'`); n != 2 || len(h.took(t)) != 6 {
		t.Errorf("%d done, %d taken of %d", n, len(h.took(t)), len(want))
	}
}

// A turn that staff cancels leaves a job that comes for what waits.
func TestATurnThatIsCancelled(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "project.changed")
	h.backlog(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	h.answers(func(message) int { cancel(); return http.StatusOK })
	if err := h.Worker.Webhooks.Post(ctx, h.owner.TenantID, h.id, 0); !errors.Is(err, context.Canceled) {
		t.Fatalf("a turn that is cancelled: %v", err)
	}
	h.answers(nil)
	h.later(t, 2*time.Minute)
	if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1 and state = 'delivered'`); n != 2 {
		t.Errorf("%d are delivered afterwards", n)
	}
}
