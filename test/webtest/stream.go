package webtest

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"plinth/web"
)

// Serve listens to what happens, and answers over TCP with the server's own limits, as streams need it. It returns the
// address; all ends with the test.
func (s *Site) Serve(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.NewServer(s.Handler, s.App.Log)
	t.Cleanup(func() { _ = server.Close() })
	s.GoLive(t)
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String()
}

// GoLive lets the site hear what happens, as long as the test runs, so that browsers can open streams.
func (s *Site) GoLive(t testing.TB) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	heard := make(chan error, 1)
	go func() { heard <- s.App.Live.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-heard; err != nil {
			t.Errorf("listening ended with %v", err)
		}
	})
	s.Hear(t)
}

// Hear waits until the site listens.
func (s *Site) Hear(t testing.TB) {
	t.Helper()
	for begun := time.Now(); !s.App.Live.Stats().Listening; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("the site does not come to listen")
		}
	}
}

// Told is what a stream says of a change.
type Told struct {
	ID      string `json:"-"`
	Org     string `json:"org"`
	Project string `json:"project"`
	Ticket  int    `json:"ticket"`
	Kind    string `json:"kind"`
}

// Stream is an open stream of a browser.
type Stream struct {
	t     testing.TB
	lines chan string
	id    string // of what was told last
	Retry string
	Ended bool // it was told that there is no use in coming back
	close context.CancelFunc
	answr *http.Response
}

// Listen opens the stream at an address that Serve returned. since is a stamp or empty.
func (b *Browser) Listen(base, since string) *Stream {
	b.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	b.t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/live", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Encoding", "gzip, zstd")
	if since != "" {
		r.Header.Set("Last-Event-ID", since)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{}}
	res, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	s := &Stream{t: b.t, lines: make(chan string, 1000), close: stop, answr: res}
	go s.read(res.Body)
	return s
}

func (s *Stream) read(body io.ReadCloser) {
	defer close(s.lines)
	defer func() { _ = body.Close() }()
	for lines := bufio.NewScanner(body); lines.Scan(); {
		s.lines <- lines.Text()
	}
}

// Status and Header are those of the answer.
func (s *Stream) Status() int { return s.answr.StatusCode }

// Header is that of the answer.
func (s *Stream) Header() http.Header { return s.answr.Header }

// ID is what a browser would come back with.
func (s *Stream) ID() string { return s.id }

// Close hangs up.
func (s *Stream) Close() { s.close() }

// Next waits for what is told next; ok is false when the stream has ended.
func (s *Stream) Next() (told Told, ok bool) {
	s.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				return Told{}, false
			}
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "id":
				s.id = value
			case "retry":
				s.Retry = value
			case "event":
				s.Ended = value == "end"
			case "data":
				told = Told{ID: s.id}
				if err := json.Unmarshal([]byte(value), &told); err != nil {
					s.t.Fatalf("the stream says %q: %v", line, err)
				}
				if told.Kind != "" {
					return told, true
				}
			}
		case <-limit:
			s.t.Fatal("nothing is told, and the stream does not end")
		}
	}
}

// Tells fails the test unless the next of these kinds is told of that project and ticket.
func (s *Stream) Tells(org, project string, ticket int, kinds ...string) {
	s.t.Helper()
	got, ok := s.Next()
	if !ok || got.Org != org || got.Project != project || got.Ticket != ticket || !slices.Contains(kinds, got.Kind) {
		s.t.Fatalf("told %+v (open %t), want %s %s-%d %v", got, ok, org, project, ticket, kinds)
	}
}

// Ends fails the test unless the stream ends before anything else is told.
func (s *Stream) Ends() {
	s.t.Helper()
	if got, ok := s.Next(); ok {
		s.t.Fatalf("told %+v, want the end", got)
	}
}

// Marked waits until the stream says that all was told.
func (s *Stream) Marked() string {
	s.t.Helper()
	for line := range s.lines {
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.id = id
			return id
		}
	}
	s.t.Fatal("the stream has ended")
	return ""
}
