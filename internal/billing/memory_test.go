package billing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/form"
)

// memory is an API that answers from a history, at the virtual time at which the request is there. Asking takes time
// both ways, so that fetches overlap with each other and with writes; some fail.
type memory struct {
	h    *history
	crew *crew
}

var errNotAsked = errors.New("the history does not answer this")

// Call answers a read.
func (m *memory) Call(_, path, _ string, params stripe.ParamsContainer, v stripe.LastResponseSetter) error {
	ctx := params.GetParams().Context
	o, c := opOf(ctx), m.crew
	o.step("asking")
	o.wait(c.between(5*time.Millisecond, time.Second))
	answer, err := m.answer(path)
	if err != nil {
		return err
	}
	slow := time.Second
	if chance(c.rng, 0.3) == 1 {
		slow = 9 * time.Second
	}
	o.wait(c.between(5*time.Millisecond, slow))
	switch n := c.rng.IntN(100); {
	case n < 2:
		return &stripe.Error{HTTPStatusCode: 429}
	case n < 4:
		return &stripe.Error{HTTPStatusCode: 500}
	}
	o.step("the answer")
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

func (m *memory) answer(path string) (object, error) {
	now := m.h.moves[0].sub
	for _, move := range m.h.moves {
		if !move.at.After(m.crew.now) {
			now = move.sub
		}
	}
	switch {
	case strings.HasPrefix(path, "/v1/subscriptions/"):
		return m.h.object(now), nil
	case strings.HasPrefix(path, "/v1/invoices/"):
		in := m.h.invoice(now)
		in["id"] = strings.TrimPrefix(path, "/v1/invoices/")
		return in, nil
	}
	return nil, errNotAsked
}

// CallStreaming is not asked for.
func (*memory) CallStreaming(string, string, string, stripe.ParamsContainer, stripe.StreamingLastResponseSetter) error {
	return errNotAsked
}

// CallRaw is not asked for.
func (*memory) CallRaw(string, string, string, *form.Values, *stripe.Params, stripe.LastResponseSetter) error {
	return errNotAsked
}

// CallMultipart is not asked for.
func (*memory) CallMultipart(string, string, string, string, *bytes.Buffer, *stripe.Params, stripe.LastResponseSetter) error {
	return errNotAsked
}

// SetMaxNetworkRetries changes nothing: the app never repeats a request by itself.
func (*memory) SetMaxNetworkRetries(int64) {}
