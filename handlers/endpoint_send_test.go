package handlers_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/projects"
	"plinth/internal/webhooks"
)

// What happens is posted once, signed, with what it is about; what was not chosen is not.
func TestWebhooksTellWhatHappens(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "ticket.created", "ticket.commented", "member.joined")
	other := h.Org(t, h.member.Person, "other", "canary-of-another")
	theirs := newReceiver(t)
	h.hook(t, other, theirs)
	h.project(t, "WEB", projects.ForOrganization)
	n := h.ticket(t, h.member, "WEB", `A <door> & "squeaks"`)
	h.comment(t, h.owner, "WEB", n, "Which one?")
	h.Settle(t)
	got := h.messages(t)
	if len(got) != 2 {
		t.Fatalf("%d posts: %v", len(got), got)
	}
	var created, commented webhooks.Payload
	for i, into := range []*webhooks.Payload{&created, &commented} {
		if err := json.Unmarshal([]byte(got[i].body), into); err != nil {
			t.Fatal(err)
		}
		if got[i].id != webhooks.MessageID(into.Data.ID) || got[i].header.Get("Content-Type") != "application/json" {
			t.Errorf("headers: %v", got[i].header)
		}
	}
	number := int32(n)
	want := webhooks.Object{
		Kind: "ticket", ID: created.Data.Object.ID, Name: `A <door> & "squeaks"`, Key: "WEB-1", Number: number, Title: `A <door> & "squeaks"`, Status: "todo", Priority: "none",
		URL: h.App.Config.URL + "/orgs/acme/projects/WEB/tickets/1",
	}
	if diff := cmp.Diff(want, created.Data.Object); diff != "" {
		t.Errorf("the ticket (-want +got):\n%s", diff)
	}
	if created.Type != "ticket.created" || created.Version != 1 || created.Data.Actor.Name != "Jun Park" || created.Data.Project.Key != "WEB" || created.Data.Organization.Slug != "acme" || created.Data.Comment != nil {
		t.Errorf("told: %s", got[0].body)
	}
	if commented.Data.Comment == nil || commented.Data.Comment.Body != "Which one?" || len(commented.Data.Changes) != 0 {
		t.Errorf("told: %s", got[1].body)
	}
	if len(theirs.messages(t)) != 0 {
		t.Error("another organization was told")
	}

	// Passed on once more it is not posted once more.
	for _, id := range []uuid.UUID{created.Data.ID, commented.Data.ID} {
		if err := h.Worker.Webhooks.Prepare(t.Context(), h.owner.TenantID, id); err != nil {
			t.Fatal(err)
		}
	}
	h.Settle(t)
	if again := h.messages(t); len(again) != 2 {
		t.Errorf("%d posts after it was passed on again", len(again))
	}
	if log := h.Log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "canary-of-an-address") {
		t.Error("the log holds a secret")
	}
	h.ticket(t, h.owner, "WEB", "One more")
	if err := h.App.Webhooks.Delete(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if again := h.messages(t); len(again) != 2 {
		t.Error("a webhook that is deleted is told")
	}
	if n := h.count(t, `select count(*) from event_subscriptions where tenant_id = $1`); n != 0 {
		t.Errorf("%d types are still heard of", n)
	}
}

func (h hooked) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := h.Worker.DB.InTenant(t.Context(), h.owner, func(ctx txContext, tx txn) error { return tx.QueryRow(ctx, sql, h.owner.TenantID).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// outage lets so many things happen while the receiver is away for two hours, and says what it took once it was back.
func outage(t *testing.T, n int) (h hooked, want, got []string) {
	t.Helper()
	h = newHooked(t, "project.changed")
	want = append(want, h.happens(t, n/20, "project.changed")...)
	h.Settle(t)
	h.answers(func(message) int { return http.StatusServiceUnavailable })
	for range 18 {
		want = append(want, h.happens(t, n/20, "project.changed")...)
		h.later(t, 400*time.Second)
	}
	if took := len(h.took(t)); took != n/20 {
		t.Errorf("%d were taken while it was away", took)
	}
	down := len(h.messages(t))
	h.answers(nil)
	want = append(want, h.happens(t, n-len(want), "project.changed")...)
	h.later(t, 2*time.Hour) // the longest it waits by then
	h.later(t, time.Minute)
	t.Logf("%d events, %d tries while it was away", n, down)
	return h, want, h.took(t)
}

func TestAnOutageLosesNothing(t *testing.T) {
	t.Parallel()
	h, want, got := outage(t, 100)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was taken, in order (-want +got):\n%s", diff)
	}
	if p := h.page(t); p.Endpoint.Failures != 0 || p.Endpoint.State != webhooks.Active {
		t.Errorf("the webhook afterwards: %+v", p.Endpoint)
	}
	if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1 and state <> 'delivered'`); n != 0 {
		t.Errorf("%d are not delivered", n)
	}
}

// What a receiver refuses holds back nothing else, and is tried by itself.
func TestWhatIsRefusedHoldsNothingBack(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"refused": 422, "broken": 500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHooked(t, "project.changed", "project.archived")
			poison := map[string]bool{}
			h.answers(func(m message) int {
				if poison[m.id] {
					return status
				}
				return http.StatusNoContent
			})
			first := h.happens(t, 1, "project.changed")
			bad := h.happens(t, 3, "project.archived")
			for _, id := range bad {
				poison[id] = true
			}
			rest := h.happens(t, 20, "project.changed")
			h.Settle(t)
			for range 4 {
				h.later(t, time.Minute)
			}
			if diff := cmp.Diff(slices.Concat(first, rest), h.took(t)); diff != "" {
				t.Errorf("taken within four minutes (-want +got):\n%s", diff)
			}
			if p := h.page(t); p.Endpoint.Failures != 0 {
				t.Errorf("the webhook fails: %+v", p.Endpoint)
			}
			if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1 and state = 'waiting' and aside`); n != len(bad) {
				t.Errorf("%d wait apart", n)
			}
			h.answers(nil)
			h.later(t, 24*time.Hour)
			if took := h.took(t); len(took) != 24 {
				t.Errorf("%d were taken in the end", len(took))
			}
		})
	}
}

// A webhook that takes nothing for three days is paused, and those who manage the organization are told once.
func TestAWebhookThatFailsForDaysIsPaused(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	h.answers(func(message) int { return http.StatusInternalServerError })
	h.happens(t, 2, "project.changed")
	h.Settle(t)
	var tries []int
	for range 12 { // no try falls on the very end of the three days
		h.later(t, 7*time.Hour)
		tries = append(tries, len(h.messages(t)))
	}
	p := h.page(t)
	if p.Endpoint.State != webhooks.Paused || p.Endpoint.PausedFor != webhooks.Failing {
		t.Fatalf("after %v tries the webhook is %+v", tries, p.Endpoint)
	}
	for _, to := range []string{dana, "mira@example.com"} {
		if n := mailed(h.Mails(t, to), "is paused"); n != 1 {
			t.Errorf("%s got %d mails", to, n)
		}
	}
	if n := mailed(h.Mails(t, "jun@example.com"), "is paused"); n != 0 {
		t.Error("a member was told")
	}
	for _, d := range p.Deliveries {
		if d.State != webhooks.Failed || d.Error == "" {
			t.Errorf("what waited: %+v", d)
		}
	}
	missed := h.happens(t, 3, "project.changed")
	h.Settle(t)
	if n := len(h.page(t).Deliveries); n != 2 {
		t.Errorf("%d deliveries: something was prepared while it was paused", n)
	}

	// Back again, what was missed is sent once more by a replay, in order.
	h.answers(nil)
	if err := h.App.Webhooks.Resume(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	if err := h.App.Webhooks.Replay(t.Context(), h.owner, h.id, uuid.New(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if took := h.took(t); len(took) < 5 || !slices.Equal(took[len(took)-3:], missed) || !slices.IsSorted(took) {
		t.Errorf("after the replay %d were taken: %v", len(took), took)
	}
	if p := h.page(t); p.Replay == nil || p.Replay.State != webhooks.ReplayDone || p.Replay.Done != p.Replay.Total {
		t.Errorf("the replay: %+v", p.Replay)
	}
}

// A receiver that says that it is gone gets nothing more.
func TestGone(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	h.answers(func(message) int { return http.StatusGone })
	h.happens(t, 5, "project.changed")
	h.Settle(t)
	if p := h.page(t); p.Endpoint.PausedFor != webhooks.Gone || len(h.messages(t)) != 1 {
		t.Errorf("after %d posts: %+v", len(h.messages(t)), p.Endpoint)
	}
	if n := mailed(h.Mails(t, dana), "is paused"); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// While a new secret is made known the one before verifies as well, and then no more.
func TestSecretsOverlap(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	old := h.secrets
	if err := h.App.Webhooks.Rotate(t.Context(), h.owner, h.id); err != nil {
		t.Fatal(err)
	}
	_, secrets, err := h.App.Webhooks.Secret(t.Context(), h.owner, h.id)
	if err != nil || len(secrets.Before) != 1 || secrets.Before[0].Secret != old[0] || secrets.Now == old[0] || !strings.HasPrefix(secrets.Now, "whsec_") {
		t.Fatalf("the secrets are not as they should be: %v", err)
	}
	h.later(t, 23*time.Hour)
	for _, known := range [][]string{old, {secrets.Now}} {
		h.secrets = known
		h.happens(t, 1, "project.changed")
		h.Settle(t)
	}
	for _, m := range h.messages(t) {
		if parts := strings.Fields(m.header.Get("webhook-signature")); len(parts) != 2 || !strings.HasPrefix(parts[1], "v1,") {
			t.Errorf("signatures: %q", parts)
		}
	}
	h.later(t, 2*time.Hour)
	h.happens(t, 1, "project.changed")
	h.Settle(t)
	if last := h.messages(t)[2]; len(strings.Fields(last.header.Get("webhook-signature"))) != 1 {
		t.Errorf("the old secret signs still: %s", last.header)
	}
}

// A consumer whose jobs always fail leaves the others unaffected, and hears again of what it missed.
func TestWebhooksThatFailLeaveNotificationsAlone(t *testing.T) {
	t.Parallel()
	h := newHooked(t, "ticket.created", "ticket.assigned")
	h.project(t, "WEB", projects.ForOrganization)
	h.Settle(t)
	ok := h.Worker.Webhooks.DB
	h.Worker.Webhooks.DB = nil // every job of it panics
	n := h.ticket(t, h.owner, "WEB", "A door")
	h.Settle(t)
	if err := h.App.Projects.SetTicketAssignee(t.Context(), h.owner, "WEB", n, h.member.Person.ID); err != nil {
		t.Fatal(err)
	}
	h.Settle(t)
	if n := mailed(h.Mails(t, "jun@example.com"), "A door"); n != 1 {
		t.Errorf("%d mails to the assignee", n)
	}
	h.Worker.Webhooks.DB = ok
	h.exec(t, `delete from river.river_job where kind = 'prepare_webhooks'`)
	var again int64
	err := h.Worker.DB.InTenant(t.Context(), h.owner, func(ctx txContext, tx txn) (err error) {
		again, err = events.ReplayTx(ctx, tx, h.owner, webhooks.Consumer().Name, []string{"ticket.created", "ticket.assigned"}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), 100)
		return err
	})
	if err != nil || again != 2 {
		t.Fatalf("%d events are passed on again, %v", again, err)
	}
	h.Settle(t)
	if took := h.took(t); len(took) != 2 {
		t.Errorf("%d were posted afterwards", len(took))
	}
	if n := mailed(h.Mails(t, "jun@example.com"), "A door"); n != 1 {
		t.Errorf("%d mails to the assignee after the replay", n)
	}
}

// A worker that died in its turn keeps the webhook for as long as its job could have run, and no longer.
func TestATurnThatDied(t *testing.T) {
	t.Parallel()
	h := newHooked(t)
	h.clock.Lock()
	until := h.clock.now.Add(35 * time.Second)
	h.clock.Unlock()
	if _, err := dbtest.At(t, h.Database.Super).Exec(t.Context(), `update webhook_endpoints set busy_until = $1`, until); err != nil {
		t.Fatal(err)
	}
	want := h.happens(t, 3, "project.changed")
	h.Settle(t)
	if err := h.Worker.Webhooks.Post(t.Context(), h.owner.TenantID, h.id, 0); !errors.Is(err, webhooks.ErrBusy) || len(h.messages(t)) != 0 {
		t.Fatalf("%d posts while another has its turn, %v", len(h.messages(t)), err)
	}
	h.later(t, time.Minute)
	if err := h.Worker.Webhooks.Post(t.Context(), h.owner.TenantID, h.id, 0); err != nil { // as the job of the one that died, taken up again
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, h.took(t)); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
}
