package billing_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"sort"
	"sync"
	"testing"
	"time"
)

// The cases stand in testdata/cases.json. Their clock begins at zero().
func zero() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

type object = map[string]any

type caseFile struct {
	Sub   object     `json:"sub"` // what a subscription is unless a case says otherwise
	Row   object     `json:"row"`
	Cases []caseSpec `json:"cases"`
}

type caseSpec struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Repeat int    `json:"repeat"`
	Given  struct {
		Row       object          `json:"row"`
		Members   int             `json:"members"`
		MappingAt json.RawMessage `json:"mapping_at"` // absent: from the beginning
	} `json:"given"`
	API     []apiSpec     `json:"api"`
	Deliver []deliverSpec `json:"deliver"`
	Act     []actSpec     `json:"act"`
	Expect  expectSpec    `json:"expect"`
}

type apiSpec struct {
	At    float64 `json:"at"`
	Sub   object  `json:"sub"`
	On    string  `json:"on"`
	Times int     `json:"times"`
	Fault string  `json:"fault"`
	Error *struct {
		Status  int    `json:"status"`
		Code    string `json:"code"`
		Timeout bool   `json:"timeout"`
	} `json:"error"`
}

type deliverSpec struct {
	At        float64           `json:"at"`
	ID        string            `json:"id"`
	Type      string            `json:"type"`
	Created   int64             `json:"created"`
	Obj       object            `json:"obj"`
	Parallel  bool              `json:"parallel"`
	Copies    int               `json:"copies"`
	Sig       [][2]string       `json:"sig"`
	SigAge    int64             `json:"sig_age_s"`
	AppendHex string            `json:"append_hex"`
	Env       map[string]string `json:"env"`
	Fault     string            `json:"fault"`
}

type actSpec struct {
	At   float64 `json:"at"`
	Do   string  `json:"do"`
	Plan string  `json:"plan"`
}

type expectSpec struct {
	Row    object          `json:"row"`
	Rows   *int            `json:"rows"`
	Access json.RawMessage `json:"access"` // a word at rest, or {at, access} each from its at on
	Plan   string          `json:"plan"`
	HTTP   []int           `json:"http"`
	Steps  []struct {
		At     float64        `json:"at"`
		Row    object         `json:"row"`
		Rows   *int           `json:"rows"`
		Events map[string]int `json:"events"`
	} `json:"steps"`
	Effects effectsSpec `json:"effects"`
}

type effectsSpec struct {
	Events        map[string]int             `json:"events"`
	Jobs          *int                       `json:"jobs"`
	Attempts      *int                       `json:"attempts"`
	JobErrors     *int                       `json:"job_errors"`
	Mails         map[string]int             `json:"mails"`
	Audit         map[string]int             `json:"audit"`
	Tasks         map[string]int             `json:"tasks"`
	Changes       *int                       `json:"subscription_changes"`
	APICalls      map[string]int             `json:"api_calls"`
	Stripe        map[string]json.RawMessage `json:"stripe"`
	Keys          *int                       `json:"idempotency_keys"`
	MembersAtRest *int                       `json:"members"`
}

func TestCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file caseFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 40 {
		t.Fatalf("%d cases: the file is not read", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.ID+" "+c.Title, func(t *testing.T) {
			t.Parallel()
			for range max(c.Repeat, 1) {
				newWorld(t, file, c).run()
			}
		})
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
	w.work()
	if w.c.Expect.Effects.Mails != nil {
		w.site.Settle(w.t) // a mail is written while what it says is true
	}
}
