//go:build prove

package handlers_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"plinth/internal/webhooks"
	"plinth/test/proof"
)

// A receiver that is away for two hours by the clock gets all of 10,000 events once it is back, in order, and none twice
// but under the id it bears.
func TestProveBackofficeWebhooks(t *testing.T) {
	begun := time.Now()
	h, want, got := outage(t, 10_000)
	all, times := h.messages(t), map[string]int{}
	for _, id := range got {
		times[id]++
	}
	missing, twice := 0, 0
	for _, id := range want {
		if times[id] == 0 {
			missing++
		}
		if times[id] > 1 {
			twice++
		}
	}
	unknown := slices.ContainsFunc(got, func(id string) bool { return !slices.Contains(want, id) })
	proof.Line(t, "webhooks-after-an-outage", fmt.Sprintf("%d of %d delivered, %d posts, %v", len(times), len(want), len(all), time.Since(begun).Round(time.Second)), "all", missing == 0 && !unknown)
	proof.Line(t, "webhooks-in-order", fmt.Sprint(slices.Equal(want, got)), "true", slices.Equal(want, got))
	proof.AtMost(t, "webhooks-taken-twice", float64(twice), 0)

	// The way back, as fast as one receiver takes them, one after another.
	h.page(t)
	ids := h.happens(t, 2000, "project.changed")
	h.Dispatch(t)
	start := time.Now()
	h.SettleWithin(t, 5*time.Minute)
	rate := float64(len(ids)) / time.Since(start).Seconds()
	proof.AtLeast(t, "webhooks-a-second-to-one-endpoint", rate, 20)
	if n := h.count(t, `select count(*) from webhook_deliveries where tenant_id = $1 and state <> '`+webhooks.Delivered+`'`); n != 0 {
		t.Errorf("%d are not delivered", n)
	}
}
