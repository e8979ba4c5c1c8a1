package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"plinth/test/webtest"
)

// A stopping server says that it is not ready, finishes what is under way, and only then ends.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	entered, finish := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		_, _ = io.WriteString(w, "done")
	})
	mux.Handle("/", s.Handler)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Shell.Serve(ctx, l, mux, 500*time.Millisecond) }()
	client := &http.Client{Timeout: 10 * time.Second}
	ask := func(path string) (int, string) {
		res, err := client.Get(base + path)
		if err != nil {
			return 0, err.Error()
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	if status, _ := ask("/readyz"); status != 200 {
		t.Fatalf("ready answers %d", status)
	}
	slow := make(chan string, 1)
	go func() {
		_, body := ask("/slow")
		slow <- body
	}()
	<-entered
	stop()
	for {
		status, body := ask("/readyz")
		if status == http.StatusServiceUnavailable && body == "draining\n" {
			break
		}
		if status != 200 {
			t.Fatalf("while draining: %d %s", status, body)
		}
	}
	if status, _ := ask("/healthz"); status != 200 {
		t.Errorf("while draining it is not alive: %d", status)
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended with a request under way: %v", err)
	default:
	}
	close(finish)
	if body := <-slow; body != "done" {
		t.Errorf("the request under way got %q", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if status, _ := ask("/healthz"); status != 0 {
		t.Errorf("after the end it answers %d", status)
	}
}
