//go:build prove

package plans

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"plinth/test/proof"
	"plinth/test/webtest"
)

// One of a thousand organizations has a million tickets. Its pages take no more than three round trips, and no more than
// twice as long as those of an organization with a thousand.
func TestProveTicketsScale(t *testing.T) {
	const tickets = 1_000_000
	w := newWorld(t, 998)
	w.run(t, "set default_statistics_target = 100") // as a server has it: what is known of a table is read for each plan
	minor := w.site.Org(t, w.site.Account(t, "Mina Orr", "mina@example.org"), "minor", "Minor")
	w.grow(t, minor, 1000)
	begun := time.Now()
	w.grow(t, w.acme, tickets)
	t.Logf("loaded in %v", time.Since(begun).Round(time.Second))
	small, large := w.site.SignIn(t, "mina@example.org"), w.signIn(t, dana)

	few, much := plainPages("minor", 1000), plainPages("acme", tickets)
	for i, p := range much {
		before, after := w.beside(t, small, large, few[i].path, p.path)
		t.Logf("%s: %v at a thousand, %v at a million", p.name, before, after)
		proof.AtMost(t, "tickets-scale-"+p.name, float64(after)/float64(before), 2)
	}
	few, much = filteredPages("minor"), filteredPages("acme")
	for i, p := range much {
		before, after := w.beside(t, small, large, few[i].path, p.path)
		t.Logf("%s: %v at a thousand, %v at a million", p.name, before, after)
		proof.Within(t, "tickets-scale-"+p.name, after, time.Second)
	}
	_, after := w.beside(t, small, large, "/orgs/minor/search?q=lighthouse", "/orgs/acme/search?q=lighthouse")
	proof.Within(t, "tickets-scale-search", after, time.Second)
}

// beside asks for two pages in turn and returns how long nineteen of twenty took at most.
func (w *world) beside(t *testing.T, small, large *webtest.Browser, few, much string) (before, after time.Duration) {
	t.Helper()
	const warm, times = 6, 60 // a statement is planned for any arguments after five times
	took := map[string][]time.Duration{}
	for i := range warm + times {
		for path, browser := range map[string]*webtest.Browser{few: small, much: large} {
			w.asked.take()
			begun := time.Now()
			browser.Get(path).Want(http.StatusOK)
			if i >= warm {
				took[path] = append(took[path], time.Since(begun))
			}
			if trips := len(w.asked.take()); trips > 3 {
				t.Fatal(fmt.Errorf("%s takes %d round trips", path, trips))
			}
		}
	}
	p95 := func(path string) time.Duration {
		slices.Sort(took[path])
		return took[path][times*95/100]
	}
	return p95(few), p95(much)
}
