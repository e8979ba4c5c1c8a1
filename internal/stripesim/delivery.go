package stripesim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"
)

// deliveriesKept bounds the record of attempts.
const deliveriesKept = 5000

// Delivery is one attempt to hand an event to an endpoint.
type Delivery struct {
	EventID    string    `json:"event_id"`
	EventType  string    `json:"event_type"`
	EndpointID string    `json:"endpoint_id"`
	Attempt    int       `json:"attempt"` // from 1
	At         time.Time `json:"at"`      // real time, not the moved clock
	URL        string    `json:"url,omitempty"`
	// Headers are those of the request, as "Name: value".
	Headers    []string      `json:"headers,omitempty"`
	StatusCode int           `json:"status_code"`
	Body       string        `json:"body"` // the first KiB of the answer
	Duration   time.Duration `json:"duration"`
	Error      string        `json:"error"`
	// GaveUp says that no further attempt follows this failed one.
	GaveUp bool `json:"gave_up"`
}

// OK reports whether the endpoint took the event.
func (d Delivery) OK() bool { return d.Error == "" && d.StatusCode >= 200 && d.StatusCode < 300 }

// queued is an event on its way to one endpoint.
type queued struct {
	EventID    string    `json:"event_id"`
	EndpointID string    `json:"endpoint_id"`
	Attempt    int       `json:"attempt"`
	Due        time.Time `json:"due"`
	Order      int64     `json:"order"`
	Block      int64     `json:"block,omitempty"` // reordered together
	Held       bool      `json:"held,omitempty"`
	flying     bool
}

// dispatch starts due deliveries until ctx ends, and then waits for those under way.
func (s *Sim) dispatch(ctx context.Context) {
	var flights sync.WaitGroup
	defer flights.Wait()
	for {
		pause := time.NewTimer(s.launch(ctx, &flights))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-s.wake:
		case <-pause.C:
		}
		pause.Stop()
	}
}

// launch starts as many due deliveries as workers are free and returns how long until the next one.
func (s *Sim) launch(ctx context.Context, flights *sync.WaitGroup) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for s.flights < s.cfg.Workers && ctx.Err() == nil {
		q := s.nextDue(now)
		if q == nil {
			break
		}
		q.flying = true
		s.flights++
		flights.Go(func() { s.deliver(ctx, q) })
	}
	wait := time.Minute
	for _, q := range s.st.Queue {
		if !q.Held && !q.flying && q.Due.After(now) {
			wait = min(wait, q.Due.Sub(now))
		}
	}
	return wait
}

func (s *Sim) nextDue(now time.Time) *queued {
	var next *queued
	for _, q := range s.st.Queue {
		if q.Held || q.flying || q.Due.After(now) {
			continue
		}
		if next == nil || q.Order < next.Order {
			next = q
		}
	}
	return next
}

func (s *Sim) deliver(ctx context.Context, q *queued) {
	s.mu.Lock()
	e, endpoint := s.st.Events.get(q.EventID), s.endpointByID(q.EndpointID)
	if e == nil || endpoint == nil {
		s.flights--
		s.unqueue(q)
		s.mu.Unlock()
		return
	}
	payload := encode(s.event(e))
	url, secret, kind := endpoint.URL, endpoint.signingSecret(), e.Type
	signedAt := s.cfg.Now()
	s.mu.Unlock()

	d := Delivery{EventID: q.EventID, EventType: kind, EndpointID: q.EndpointID, Attempt: q.Attempt, At: signedAt}
	d.URL = url
	began := time.Now()
	s.post(ctx, &d, secret, payload)
	d.Duration = time.Since(began)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.flights--
	if ctx.Err() != nil && !d.OK() {
		q.flying = false // the program ends: the attempt is made again after the restart
		return
	}
	s.delivered(q, d)
}

// post makes the attempt and notes what was sent and answered.
func (s *Sim) post(ctx context.Context, d *Delivery, secret string, payload []byte) {
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: payload, Secret: secret, Timestamp: d.At})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(payload))
	if err != nil {
		d.Error = err.Error()
		return
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Stripe/1.0 (local imitation)")
	r.Header.Set("Stripe-Signature", signed.Header)
	for _, name := range []string{"Content-Type", "User-Agent", "Stripe-Signature"} {
		d.Headers = append(d.Headers, name+": "+r.Header.Get(name))
	}
	answer, err := s.cfg.Client.Do(r)
	if err != nil {
		d.Error = err.Error()
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1024))
	d.StatusCode, d.Body = answer.StatusCode, string(body)
	if err != nil {
		d.Error = fmt.Sprintf("reading the answer: %v", err)
	}
}

// delivered notes an attempt and either ends the delivery or plans the next attempt.
func (s *Sim) delivered(q *queued, d Delivery) {
	q.flying = false
	retry := q.Attempt - 1
	switch {
	case d.OK():
		s.taken(q.EventID, q.EndpointID)
		s.unqueue(q)
	case retry < len(s.cfg.RetryDelays):
		q.Attempt++
		q.Due = time.Now().Add(s.cfg.RetryDelays[retry])
	default:
		d.GaveUp = true
		s.unqueue(q)
	}
	s.record(d)
}

func (s *Sim) taken(eventID, endpointID string) {
	if e := s.st.Events.get(eventID); e != nil {
		e.Waiting = slices.DeleteFunc(e.Waiting, func(id string) bool { return id == endpointID })
	}
}

func (s *Sim) record(d Delivery) {
	s.st.Deliveries = append(s.st.Deliveries, d)
	if extra := len(s.st.Deliveries) - deliveriesKept; extra > 0 {
		s.st.Deliveries = slices.Delete(s.st.Deliveries, 0, extra)
	}
	s.touched()
	s.announce()
}

func (s *Sim) unqueue(q *queued) {
	s.st.Queue = slices.DeleteFunc(s.st.Queue, func(other *queued) bool { return other == q })
	s.announce()
}

// announce tells the dispatcher and everyone in Settle that the queue changed.
func (s *Sim) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Settle waits until no delivery is queued or under way; held ones do not count. Run must be running.
func (s *Sim) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		pending := slices.ContainsFunc(s.st.Queue, func(q *queued) bool { return !q.Held })
		changed := s.changed
		s.mu.Unlock()
		if !pending {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for webhooks: %w", ctx.Err())
		case <-changed:
		}
	}
}

// Redeliver sends an event again to every endpoint, whatever their chaos settings.
func (s *Sim) Redeliver(eventID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.st.Events.get(eventID) == nil {
		return noSuch("event", eventID, "")
	}
	for _, endpoint := range s.st.Endpoints {
		s.st.Sequence++
		s.st.Queue = append(s.st.Queue, &queued{
			EventID: eventID, EndpointID: endpoint.ID, Attempt: 1, Due: time.Now(), Order: s.st.Sequence,
		})
	}
	s.touched()
	s.announce()
	return nil
}
