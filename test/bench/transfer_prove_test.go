//go:build prove

package bench

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/test/proof"
	"plinth/test/webtest"
)

// most watches how much memory the process holds, until it is stopped; it says how much more that was than at the beginning.
func most(t *testing.T) (stop func() float64) {
	t.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak.Store(max(peak.Load(), now.HeapInuse))
			}
		}
	}()
	return func() float64 {
		close(end)
		<-ended
		return (float64(peak.Load()) - float64(before.HeapInuse)) / 1e6
	}
}

// counted throws an answer away and counts it.
type counted struct {
	head http.Header
	n    int64
	code int
}

func (c *counted) Header() http.Header  { return c.head }
func (c *counted) WriteHeader(code int) { c.code = code }
func (c *counted) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// A hundred thousand tickets come in as a table, and go out as a table and as an archive, in memory that does not grow with them.
func TestProveTicketsThereAndBack(t *testing.T) {
	const rows = 100_000
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	s.Fill(t, owner, "WEB", 300)
	b := s.SignIn(t, "dana@example.com")
	var table bytes.Buffer
	table.WriteString("Title,Description,Status,Labels,Created\n")
	for i := range rows {
		fmt.Fprintf(&table, "Row %d of the table,\"%s\",%s,\"odd, %c\",2025-%02d-%02d 10:00\n", i, strings.Repeat("Some words of a text. ", 20), []string{"To do", "Done"}[i%2], 'a'+i%5, 1+i%12, 1+i%28)
	}
	at := "/orgs/acme/projects/WEB"
	file := webtest.File{Field: "file", Name: "tickets.csv", Type: "text/csv", Data: table.Bytes()}
	form := url.Values{"id": {uuid.Must(uuid.NewV7()).String()}}
	kind, body := webtest.Multipart(t, form, []webtest.File{file})
	held := most(t)
	begun := time.Now()
	ask(t, s, b, http.MethodPost, at+"/import", kind, bytes.NewReader(body))
	proof.Within(t, "tickets-import-upload", time.Since(begun), 30*time.Second)
	page := at + "/import/" + form.Get("id")
	begun = time.Now()
	b.Get(page).Want(200).Submit(page + "/columns")
	settle(t, s)
	proof.Within(t, "tickets-import-check", time.Since(begun), 30*time.Second)
	begun = time.Now()
	b.Get(page).Says("100,000 tickets will be made").Submit(page + "/start")
	settle(t, s)
	proof.Within(t, "tickets-import-100000", time.Since(begun), 10*time.Minute)
	proof.AtMost(t, "tickets-import-memory-MB", held(), 150)
	b.Get(page).Want(200).Says("100,000 tickets came in.")
	b.Get("/orgs/acme/search?q=" + url.QueryEscape("Row 99999")).Want(200)
	for _, kind := range []string{"csv", "zip"} {
		held, begun := most(t), time.Now()
		b.Post(at+"/export", url.Values{"id": {uuid.NewString()}, "kind": {kind}}).Want(200)
		settle(t, s)
		link := ""
		for _, l := range b.Get(at + "/export").Links() {
			if id, ok := strings.CutPrefix(l, at+"/export/"); ok && uuid.Validate(id) == nil && link == "" {
				link = l
			}
		}
		n := ask(t, s, b, http.MethodGet, link, "", nil)
		proof.Within(t, "tickets-export-"+kind+"-100300", time.Since(begun), 5*time.Minute)
		proof.AtMost(t, "tickets-export-"+kind+"-memory-MB", held(), 150)
		proof.AtLeast(t, "tickets-export-"+kind+"-MB", float64(n)/1e6, 1)
	}
}

// largest is about the largest archive of a project that is taken: two tables of nearly 512 MB.
func largest(t *testing.T, rows int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	rest := strings.Repeat("and so on, in the words that everybody uses for it. ", 40)
	part := func(name string, n int, line func(i int) string) {
		w, err := z.Create(name)
		for i := 0; err == nil && i < n; i++ {
			_, err = io.WriteString(w, line(i))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	id := func(kind, i int) string { return fmt.Sprintf("00000000-0000-4000-8%03d-%012d", kind, i) }
	part("plinth.json", 1, func(int) string {
		return `{"format":"plinth-project","version":1,"organization":"x","project":{"key":"BIG","name":"Big","statuses":[{"slug":"todo","name":"To do","kind":"todo"}],"labels":[],"visibility":"organization"}}`
	})
	part("people.jsonl", 1, func(int) string {
		return fmt.Sprintf(`{"id":%q,"name":"Dana Whitfield","email":"dana@example.com"}`+"\n", id(3, 0))
	})
	part("tickets.jsonl", rows, func(i int) string {
		return fmt.Sprintf(`{"id":%q,"number":%d,"title":"Number %d","body":"It is %x: %s","status":"todo","author":%q,"parent":%q,"blocks":[%q],"created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}`+"\n",
			id(1, i), i+1, i+1, i*7919, rest, id(3, 0), id(1, i/10), id(1, (i+1)%rows))
	})
	part("comments.jsonl", rows, func(i int) string {
		return fmt.Sprintf(`{"id":%q,"ticket":%q,"author":%q,"body":"Of %x: %s","created_at":"2026-01-02T03:04:05Z"}`+"\n", id(2, i), id(1, i/2), id(3, 0), i*7907, rest)
	})
	part("attachments.jsonl", 0, nil)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The largest archive comes in, in turns that leave a job enough of its thirty seconds.
func TestProveTicketsLargestArchive(t *testing.T) {
	const rows = 200_000
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	b := s.SignIn(t, "dana@example.com")
	id := uuid.Must(uuid.NewV7())
	archive := largest(t, rows)
	kind, body := webtest.Multipart(t, url.Values{"id": {id.String()}}, []webtest.File{{Field: "file", Name: "BIG.zip", Type: "application/zip", Data: archive}})
	ask(t, s, b, http.MethodPost, "/orgs/acme/imports", kind, bytes.NewReader(body))
	page := "/orgs/acme/imports/" + id.String()
	held, longest, turns := most(t), time.Duration(0), 0
	run := func() {
		for more := true; more; turns++ {
			begun := time.Now()
			var err error
			if more, err = s.Worker.Transfer.RunImport(t.Context(), owner.TenantID, id); err != nil {
				t.Fatal(err)
			}
			longest = max(longest, time.Since(begun))
		}
	}
	begun := time.Now()
	run()
	proof.Within(t, "tickets-archive-check", time.Since(begun), 2*time.Minute)
	b.Get(page).Want(200).Says("200,000 tickets, 200,000 comments").Submit(page + "/start").Want(200)
	begun = time.Now()
	run()
	proof.Within(t, "tickets-archive-import", time.Since(begun), 30*time.Minute)
	proof.Within(t, "tickets-archive-longest-turn", longest, 25*time.Second)
	proof.AtMost(t, "tickets-archive-turns", float64(turns), 200)
	proof.AtMost(t, "tickets-archive-memory-MB", held(), 400)
	b.Get(page).Want(200).Says("200,000 tickets came in.")
}

// The largest table comes in and is taken back, but for what somebody worked on and what stands above that.
func TestProveTicketsTakenBack(t *testing.T) {
	const rows = 200_000
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	s.Fill(t, owner, "WEB", 300)
	b := s.SignIn(t, "dana@example.com")
	var table bytes.Buffer
	table.WriteString("Key,Title,Description,Status,Labels,Parent\n")
	for i := range rows {
		fmt.Fprintf(&table, "%d,Row %d of the table,\"%s\",%s,\"odd, %c\",%d\n", i+1, i, strings.Repeat("Some words of a text. ", 8), []string{"To do", "Done"}[i%2], 'a'+i%5, i/10)
	}
	id := uuid.Must(uuid.NewV7())
	at := "/orgs/acme/projects/WEB"
	page := at + "/import/" + id.String()
	kind, body := webtest.Multipart(t, url.Values{"id": {id.String()}}, []webtest.File{{Field: "file", Name: "tickets.csv", Type: "text/csv", Data: table.Bytes()}})
	ask(t, s, b, http.MethodPost, at+"/import", kind, bytes.NewReader(body))
	b.Get(page).Want(200).Submit(page + "/columns")
	settle(t, s)
	b.Get(page).Says("200,000 tickets will be made").Submit(page + "/start")
	begun := time.Now()
	settle(t, s)
	proof.Within(t, "tickets-import-200000", time.Since(begun), 10*time.Minute)
	b.Get(page).Want(200).Says("200,000 tickets came in.")
	b.Post(at+"/tickets/200300/estimate", url.Values{"estimate": {"3"}}).Want(200) // the last row: five stand above it
	b.Get(page).Submit(page + "/undo").Want(200)
	held, longest, turns := most(t), time.Duration(0), 0
	begun = time.Now()
	for more := true; more; turns++ {
		turn := time.Now()
		var err error
		if more, err = s.Worker.Transfer.RunImport(t.Context(), owner.TenantID, id); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(turn))
	}
	proof.Within(t, "tickets-undo-200000", time.Since(begun), 10*time.Minute)
	proof.Within(t, "tickets-undo-longest-turn", longest, 25*time.Second)
	proof.AtMost(t, "tickets-undo-turns", float64(turns), 60)
	proof.AtMost(t, "tickets-undo-memory-MB", held(), 150)
	b.Get(page).Want(200).Says("199,994 tickets lie in the trash.", "6 tickets stayed")
}

// ask sends one request whose answer nobody holds, and says how long that was.
func ask(t *testing.T, s *webtest.Site, b *webtest.Browser, method, path, kind string, body io.Reader) int64 {
	t.Helper()
	r := httptest.NewRequest(method, "http://"+webtest.Host+path, body)
	for name, value := range b.Cookies() {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := &counted{head: http.Header{}, code: http.StatusOK}
	s.Handler.ServeHTTP(w, r)
	if w.code >= 400 {
		t.Fatalf("%s %s: %d", method, path, w.code)
	}
	return w.n
}

// settle works the jobs for as long as it takes.
func settle(t *testing.T, s *webtest.Site) {
	t.Helper()
	s.SettleWithin(t, 15*time.Minute)
}
