package handlers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/internal/webhooks"
)

// receiver is a server of an organization, which verifies what it gets as its owner would.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	answer  func(m message) int // nil takes all
	secrets []string            // what it knows to verify with, at least one of which has to fit
	got     []message
}

// message is one post to a receiver.
type message struct {
	id, body string
	header   http.Header
	status   int // what was answered
	bad      error
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		m := message{id: req.Header.Get("webhook-id"), body: string(body), header: req.Header.Clone(), status: http.StatusOK, bad: err}
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, secret := range r.secrets {
			var hook *standard.Webhook
			if hook, m.bad = standard.NewWebhook(secret); m.bad == nil {
				m.bad = hook.VerifyIgnoringTimestamp(body, req.Header) // the clock is the test's
			}
			if m.bad == nil {
				break
			}
		}
		if r.answer != nil {
			m.status = r.answer(m)
		}
		r.got = append(r.got, m)
		w.WriteHeader(m.status)
		_, _ = fmt.Fprintf(w, "answer %d", m.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(how func(m message) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = how
}

// messages are the posts so far; each was signed.
func (r *receiver) messages(t *testing.T) []message {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		if m.bad != nil {
			t.Fatalf("a post is not signed: %v", m.bad)
		}
	}
	return append([]message(nil), r.got...)
}

// took are the ids that were taken, in order.
func (r *receiver) took(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, m := range r.messages(t) {
		if m.status < 300 {
			out = append(out, m.id)
		}
	}
	return out
}

// hooked is an organization with a webhook, and a clock for it.
type hooked struct {
	acme
	*receiver
	id    uuid.UUID
	clock *struct {
		sync.Mutex
		now time.Time
	}
}

// newHooked makes a webhook of acme that hears of some types, or of all.
func newHooked(t *testing.T, types ...string) hooked {
	t.Helper()
	h := hooked{acme: newAcme(t), receiver: newReceiver(t), clock: &struct {
		sync.Mutex
		now time.Time
	}{now: time.Now()}}
	now := func() time.Time {
		h.clock.Lock()
		defer h.clock.Unlock()
		return h.clock.now
	}
	h.App.Webhooks.Now, h.Worker.Webhooks.Now = now, now
	h.Settle(t) // what making the organization has caused
	h.id = h.hook(t, h.owner, h.receiver, types...)
	return h
}

// hook makes a webhook of somebody's that leads to a receiver.
func (a acme) hook(t *testing.T, s scope.Scope, to *receiver, types ...string) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	err := a.App.Webhooks.Create(t.Context(), s, webhooks.EndpointForm{ID: id, URL: to.URL + "/hooks?token=canary-of-an-address", Everything: len(types) == 0, Types: types})
	if err != nil {
		t.Fatal(err)
	}
	_, secrets, err := a.App.Webhooks.Secret(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	to.secrets = []string{secrets.Now}
	return id
}

// later lets time pass: what waits for a time that has come is done.
func (h hooked) later(t *testing.T, d time.Duration) {
	t.Helper()
	h.clock.Lock()
	h.clock.now = h.clock.now.Add(d)
	now := h.clock.now
	h.clock.Unlock()
	_, err := h.Worker.DB.Direct().Exec(t.Context(), `
		update river.river_job set scheduled_at = now() - interval '1 second' where kind = 'post_webhooks' and state in ('scheduled', 'available') and scheduled_at <= $1`, now)
	if err != nil {
		t.Fatal(err)
	}
	h.SettleWithin(t, 5*time.Minute)
}

// happens lets so many things happen, and returns the ids that they are posted under.
func (h hooked) happens(t *testing.T, n int, action string) []string {
	t.Helper()
	var ids []string
	for len(ids) < n {
		var some []events.Event
		for range min(500, n-len(ids)) {
			id := uuid.Must(uuid.NewV7())
			ids = append(ids, webhooks.MessageID(id))
			some = append(some, events.Event{ID: id, Action: action, ObjectKind: "project", ObjectID: uuid.New(), ObjectName: "Web"})
		}
		err := h.App.DB.InTenant(t.Context(), h.owner, func(ctx context.Context, tx txn) error { return events.AppendAllTx(ctx, tx, h.owner, some) })
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// page reads the webhook as its page does.
func (h hooked) page(t *testing.T) webhooks.EndpointPage {
	t.Helper()
	p, err := h.App.Webhooks.Page(t.Context(), h.owner, h.id, webhooks.Asked{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
