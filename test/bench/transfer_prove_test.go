//go:build prove

package bench

import (
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
