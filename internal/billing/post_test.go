package billing_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"plinth/test/webtest"
)

// post delivers a body as the case says and returns the status; 0 is no answer.
func (w *world) post(d deliverSpec, body []byte, header string) int {
	switch {
	case d.Rate > 0:
		return w.postSlowly(body, header, time.Second/time.Duration(d.Rate))
	case d.Fault == "kill_after_commit":
		return w.postAndDie(body, header)
	}
	return w.site.Webhook(body, header)
}

// postSlowly sends the body byte by byte over a connection of its own.
func (w *world) postSlowly(body []byte, header string, pause time.Duration) int {
	server := httptest.NewServer(w.site.Handler)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		w.t.Error(err)
		return 0
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /webhooks/stripe HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nStripe-Signature: %s\r\nContent-Length: %d\r\n\r\n",
		webtest.Host, header, len(body))
	answered := make(chan struct{})
	go func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for _, b := range body {
			if _, err := conn.Write([]byte{b}); err != nil {
				return
			}
			select {
			case <-answered:
				return
			case <-tick.C:
			}
		}
	}()
	defer close(answered)
	line := make([]byte, len("HTTP/1.1 400"))
	if _, err := io.ReadFull(conn, line); err != nil {
		return 0
	}
	var status int
	if _, err := fmt.Sscanf(string(line), "HTTP/1.1 %d", &status); err != nil {
		w.t.Errorf("%q: %v", line, err)
	}
	return status
}

// postAndDie lets the event commit and then loses everything that is only in memory, the answer included. What SIGKILL
// does to the real program is seen in test/program.
func (w *world) postAndDie(body []byte, header string) int {
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.site.Handler.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	r, err := http.NewRequest(http.MethodPost, server.URL+"/webhooks/stripe", bytes.NewReader(body))
	if err != nil {
		w.t.Error(err)
		return 0
	}
	r.Host = webtest.Host
	r.Header.Set("Stripe-Signature", header)
	status := 0
	if res, err := (&http.Client{Timeout: 10 * time.Second}).Do(r); err == nil {
		status = res.StatusCode
		res.Body.Close()
	}
	w.wantCount("events stored before the end", 1, `select count(*) from stripe_events`)
	w.site = w.st.Start(w.t, w.site.Database)
	return status
}
