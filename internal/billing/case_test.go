package billing_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/config"
	"plinth/test/webtest"
)

// The cases stand in testdata/cases.json. Their clock begins at zero().
func zero() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// cases reads testdata/cases.json.
func cases(t *testing.T) caseFile {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file caseFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCases(t *testing.T) {
	t.Parallel()
	file := cases(t)
	if len(file.Cases) != 60 {
		t.Fatalf("%d cases: the file is not read", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.ID+" "+c.Title, func(t *testing.T) {
			t.Parallel()
			live(t, file, c)
		})
	}
}

// live lives through a case as often as it says.
func live(t *testing.T, file caseFile, c caseSpec) {
	t.Helper()
	switch {
	case c.Expect.Effects.Starts != nil:
		wantStart(t, c)
	case c.Property != nil:
		wantProperty(t, *c.Property)
	default:
		for range max(c.Repeat, 1) {
			newWorld(t, file, c).run()
		}
	}
}

// wantStart asks whether the program would start with the settings of the case, and starts with the usual ones.
func wantStart(t *testing.T, c caseSpec) {
	t.Helper()
	usual := map[string]string{
		"APP_ENV": "test", "APP_URL": "http://127.0.0.1:8080", "DATABASE_URL": "postgres://plinth_app@127.0.0.1/plinth", "MAIL_FOLDER": t.TempDir(),
		"SECRET_KEYS": base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))), "BLOB_URL": "file://" + t.TempDir(),
		"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRETS": webtest.WebhookSecret,
	}
	load := func() error {
		var env []string
		for name, value := range usual {
			env = append(env, name+"="+value)
		}
		_, err := config.Load(env)
		return err
	}
	if err := load(); err != nil {
		t.Fatalf("with the usual settings: %v", err)
	}
	maps.Copy(usual, c.Given.Env)
	if err := load(); (err == nil) != *c.Expect.Effects.Starts {
		t.Errorf("with %v: %v", c.Given.Env, err)
	}
}

// moment is everything of a case that happens at one time, in this order: the API changes, deliveries arrive, somebody
// acts, the checks are made.
type moment struct {
	at   float64
	do   []func()
	look []func()
}

// run lives through the case.
func (w *world) run() {
	w.t.Helper()
	at := map[float64]*moment{}
	of := func(t float64) *moment {
		if at[t] == nil {
			at[t] = &moment{at: t}
		}
		return at[t]
	}
	for _, a := range w.c.API {
		of(a.At).do = append(of(a.At).do, func() { w.answer(a) })
	}
	if mapAt, mapped := w.mappingAt(); mapped {
		of(mapAt).do = append(of(mapAt).do, w.mapCustomer)
	}
	for group := range slices.Values(parallel(w.c.Deliver)) {
		first := of(group[0].At)
		first.do = append(first.do, func() { w.deliver(group) })
	}
	if w.c.Load != nil {
		w.planLoad(of)
	}
	for _, a := range w.c.Act {
		of(a.At).do = append(of(a.At).do, func() { w.act(a) })
	}
	w.plan(of)
	for _, when := range slices.Sorted(maps.Keys(at)) {
		w.clock(when)
		for _, step := range at[when].do {
			step()
		}
		for _, step := range at[when].look {
			step()
		}
	}
	w.atRest()
}

// plan puts the checks of the case at their times.
func (w *world) plan(of func(float64) *moment) {
	for _, s := range w.c.Expect.Steps {
		of(s.At).look = append(of(s.At).look, func() {
			if s.Events["ignored"] > 0 {
				// What is parked for 30 days is let go; how long it waits is real time.
				w.exec(`update stripe_events set received_at = received_at - make_interval(secs => $1)`, s.At)
				w.sweep()
			}
			w.wantRow(s.Row)
			w.wantRows(s.Rows)
			w.wantEvents(s.Events)
			w.wantPage(s)
		})
	}
	var timed []struct {
		At     float64 `json:"at"`
		Access string  `json:"access"`
	}
	if json.Unmarshal(w.c.Expect.Access, &timed) == nil {
		for _, a := range timed {
			of(a.At).look = append(of(a.At).look, func() { w.wantAccess(a.Access) })
		}
	}
}

// parallel groups the deliveries that are sent without waiting for each other.
func parallel(all []deliverSpec) [][]deliverSpec {
	sort.SliceStable(all, func(i, j int) bool { return all[i].At < all[j].At })
	var groups [][]deliverSpec
	for _, d := range all {
		if n := len(groups); n > 0 && d.Parallel && groups[n-1][0].Parallel {
			groups[n-1] = append(groups[n-1], d)
			continue
		}
		groups = append(groups, []deliverSpec{d})
	}
	return groups
}

func (w *world) deliver(group []deliverSpec) {
	var all sync.WaitGroup
	for _, d := range group {
		w.prepare(d)
		for range max(d.Copies, 1) {
			all.Go(func() { w.send(d) })
		}
	}
	all.Wait()
	if group[0].Fault == "db_down" {
		w.proxy.Restore()
		w.reconnect()
	}
	w.work()
	if w.c.Expect.Effects.Mails != nil {
		w.site.Settle(w.t) // a mail is written while what it says is true
	}
}
