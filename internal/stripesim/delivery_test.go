package stripesim_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plinth/internal/stripesim"
)

// three makes three events about customers.
func (w *world) three() {
	w.t.Helper()
	for range 3 {
		w.customer("")
	}
}

func (h *hook) ids() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []string
	for _, e := range h.events {
		ids = append(ids, e.ID)
	}
	return ids
}

// made lists the event ids, oldest first.
func (w *world) made() []string {
	var ids []string
	for _, e := range w.sim.Events(0) {
		ids = append(ids, e.ID)
	}
	slices.Reverse(ids)
	return ids
}

func (w *world) chaos(c stripesim.Chaos) {
	w.t.Helper()
	if err := w.sim.SetChaos("", c); err != nil {
		w.t.Fatal(err)
	}
}

func TestWebhooksAreSignedAndRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.three()
	w.settle()
	if diff := cmp.Diff(w.made(), w.hook.ids()); diff != "" {
		t.Error(diff)
	}
	deliveries := w.sim.Deliveries(0)
	if len(deliveries) != 3 || deliveries[0].EventID != w.made()[2] || deliveries[0].StatusCode != 200 || deliveries[0].Attempt != 1 || deliveries[0].Duration <= 0 {
		t.Errorf("deliveries: %+v", deliveries)
	}
	if e := w.hook.events[0]; e.APIVersion != stripesim.APIVersion || e.Livemode || e.Request.ID == "" {
		t.Errorf("event: %+v", e)
	}
}

func TestWebhooksAreRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tries := 0
	w.hook.answer = func() int { tries++; return map[bool]int{true: 500, false: 200}[tries < 3] }
	w.customer("")
	w.settle()
	var got [][2]int
	for _, d := range w.sim.Deliveries(0) {
		got = append(got, [2]int{d.Attempt, d.StatusCode})
	}
	if diff := cmp.Diff([][2]int{{3, 200}, {2, 500}, {1, 500}}, got); diff != "" {
		t.Error(diff)
	}
	if body := w.sim.Deliveries(0)[1].Body; body != "not now\n" {
		t.Errorf("recorded answer is %q", body)
	}
}

func TestWebhooksGiveUpAndAreRedelivered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	down := true
	w.hook.answer = func() int { return map[bool]int{true: 503, false: 200}[down] }
	w.customer("")
	w.settle()
	if d := w.sim.Deliveries(0); len(d) != 3 || !d[0].GaveUp || d[1].GaveUp {
		t.Errorf("deliveries: %+v", d)
	}
	w.hook.mu.Lock()
	down = false
	w.hook.mu.Unlock()
	if err := w.sim.Redeliver(w.made()[0]); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if diff := cmp.Diff(w.made(), w.hook.ids()); diff != "" {
		t.Error(diff)
	}
	if err := w.sim.Redeliver("evt_none"); err == nil {
		t.Error("an unknown event was sent")
	}
}

func TestChaos(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chaos stripesim.Chaos
		want  []int // indexes of the events as they arrive
		bad   int
	}{
		"calm":         {stripesim.Chaos{}, []int{0, 1, 2}, 0},
		"duplicate":    {stripesim.Chaos{Duplicate: 1}, []int{0, 0, 1, 1, 2, 2}, 0},
		"reorder":      {stripesim.Chaos{Reorder: 3}, []int{2, 1, 0}, 0},
		"part reorder": {stripesim.Chaos{Reorder: 2}, []int{1, 0, 2}, 0},
		"drop next":    {stripesim.Chaos{DropNext: 2}, []int{2}, 0},
		"drop types":   {stripesim.Chaos{DropTypes: []string{"customer.*"}}, nil, 0},
		"hold":         {stripesim.Chaos{Hold: true}, nil, 0},
		"wrong secret": {stripesim.Chaos{WrongSecret: true}, nil, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.chaos(test.chaos)
			w.three()
			w.settle()
			var want []string
			for _, i := range test.want {
				want = append(want, w.made()[i])
			}
			if diff := cmp.Diff(want, w.hook.ids()); diff != "" {
				t.Error(diff)
			}
			if w.hook.bad != test.bad {
				t.Errorf("%d badly signed, want %d", w.hook.bad, test.bad)
			}
		})
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chaos(stripesim.Chaos{Delay: 30 * time.Millisecond})
	start := time.Now()
	w.customer("")
	w.settle()
	if waited := time.Since(start); waited < 30*time.Millisecond || len(w.hook.ids()) != 1 {
		t.Errorf("%d events after %s", len(w.hook.ids()), waited)
	}
}

func TestHeldEventsAreReleasedInAnyOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chaos(stripesim.Chaos{Hold: true})
	w.three()
	ids := w.made()
	if pending := w.sim.Pending(); len(pending) != 3 || !pending[0].Held {
		t.Errorf("pending: %+v", pending)
	}
	w.sim.Release(ids[2])
	w.settle()
	w.chaos(stripesim.Chaos{})
	w.settle()
	if diff := cmp.Diff([]string{ids[2], ids[0], ids[1]}, w.hook.ids()); diff != "" {
		t.Error(diff)
	}
}

func TestSecondEndpointHasItsOwnChaos(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := &hook{}
	server := httptest.NewServer(second)
	t.Cleanup(server.Close)
	id := w.sim.AddEndpoint(server.URL, hookSecret)
	if err := w.sim.SetChaos(id, stripesim.Chaos{DropNext: 3}); err != nil {
		t.Fatal(err)
	}
	w.three()
	w.settle()
	if len(w.hook.ids()) != 3 || len(second.ids()) != 0 {
		t.Errorf("first got %d, second %d", len(w.hook.ids()), len(second.ids()))
	}
	if err := w.sim.SetChaos("we_none", stripesim.Chaos{}); err == nil {
		t.Error("an unknown endpoint was set")
	}
}

func TestEndIsClean(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-release
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(release) })
	w := newWorld(t, func(c *stripesim.Config) { c.WebhookURL = slow.URL })
	w.customer("")
	<-arrived
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if pending := w.sim.Pending(); len(pending) != 1 || pending[0].Attempt != 1 {
		t.Errorf("pending: %+v", pending)
	}
}
