package handlers

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"plinth/internal/live"
	"plinth/internal/scope"
)

// Live serves the stream that tells a browser what has changed.
type Live struct {
	*Base
	Hub *live.Hub
}

// The times of a stream: a sign of life keeps what stands in between from closing it, and a browser that reads nothing
// is let go.
const (
	firstBeat  = time.Second
	beat       = 22 * time.Second
	writeLimit = 10 * time.Second
)

const (
	streamType = "text/event-stream"
	// farewellSignedOut tells a browser that there is no use in coming back.
	farewellSignedOut = "event: end\ndata: {}\n\n"
)

// Show is the stream (text/event-stream). It lasts until the browser goes, the session or a membership ends, or the
// instance drains.
func (h *Live) Show(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	since := r.Header.Get("Last-Event-ID")
	if since == "" {
		since = r.URL.Query().Get("since")
	}
	stream, err := h.Hub.Open(r.Context(), p.ID, p.SessionID, since)
	if err != nil {
		return err
	}
	defer stream.Close()
	head := w.Header()
	head.Set("Content-Type", streamType)
	head.Set("X-Accel-Buffering", "no") // nginx would keep it back
	out := &liveWriter{w: w, to: http.NewResponseController(w)}
	// The server's limits are for pages: reading until the end of the request, writing until that of the answer.
	_ = out.to.SetReadDeadline(time.Time{})
	out.say(": open\n\n")
	for wait := firstBeat; out.err == nil; {
		changes, mark, why := stream.Next(r.Context(), wait)
		if why != live.Open {
			out.farewell(why)
			break
		}
		out.tell(changes, mark)
		if wait = beat; len(changes) > 0 {
			wait = firstBeat // to say soon that this was all
		}
	}
	if out.err != nil {
		h.Log.DebugContext(r.Context(), "client hung up", "error", out.err)
	}
	return nil
}

// liveWriter writes events, each piece at once, until the first that fails.
type liveWriter struct {
	w   io.Writer
	to  *http.ResponseController
	err error
}

func (o *liveWriter) say(text string) {
	if o.err != nil {
		return
	}
	_ = o.to.SetWriteDeadline(time.Now().Add(writeLimit)) // a recorder of a test has none
	if _, o.err = io.WriteString(o.w, text); o.err == nil {
		o.err = o.to.Flush()
	}
}

func (o *liveWriter) tell(changes []live.Change, mark string) {
	var text strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&text, "id: %s\ndata: %s\n\n", c.ID, c.Data)
	}
	if len(changes) == 0 {
		text.WriteString(": beat\n\n")
	}
	if mark != "" {
		fmt.Fprintf(&text, "id: %s\n\n", mark)
	}
	o.say(text.String())
}

// farewell says when to come back, so that not all do at the same moment, or that there is no use in it.
func (o *liveWriter) farewell(why live.Reason) {
	switch why {
	case live.SignedOut:
		o.say(farewellSignedOut)
	case live.Draining:
		o.say(fmt.Sprintf("retry: %d\n\n", 500+rand.IntN(4500)))
	case live.Outside:
		o.say(fmt.Sprintf("retry: %d\n\n", 200+rand.IntN(800)))
	case live.Open, live.HungUp:
	}
}
