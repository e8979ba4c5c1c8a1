//go:build prove

package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"plinth/test/proof"
)

// Two thousand people look at one board: what their streams weigh, beside those of a bare handler, and how long it takes
// until the last of them is told of a change. Each weighs with the test's end of the connection.
func TestProveTicketsStreams(t *testing.T) {
	const people = 2000
	c := newCrowd(t, people)
	plain := httptest.NewServer(http.HandlerFunc(plainStream))
	before := held()
	unread := read(t, plain.URL, make([]string, people))
	alone := (held() - before) / people / 1024
	for _, r := range unread {
		_ = r.conn.Close()
	}
	plain.Close()

	base := c.Serve(t)
	before = held()
	readers := read(t, base, c.cookies)
	each := (held() - before) / people / 1024
	t.Logf("a stream weighs %.1f KiB, one of a bare handler %.1f", each, alone)
	proof.AtMost(t, "tickets-streams-kib-each", each, 64)
	proof.AtMost(t, "tickets-streams-kib-beside-bare", each/alone, 2.5)
	took := c.told(t, readers, 20)
	proof.Within(t, "tickets-streams-told-p50", took[len(took)/2], 200*time.Millisecond)
	proof.Within(t, "tickets-streams-told-p95", took[len(took)*95/100], 400*time.Millisecond)
	proof.Within(t, "tickets-streams-told-last", took[len(took)-1], time.Second)
	if n := c.App.Live.Stats().Streams; n != people {
		t.Errorf("%d streams are open, want %d", n, people)
	}
}

// held is the memory that is in use once all that can be let go is.
func held() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

// plainStream is a stream as net/http alone gives it, for comparison.
func plainStream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = fmt.Fprint(w, ": open\n\n")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}
