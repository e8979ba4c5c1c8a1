package auth

import (
	"io"
	"net/http"
	"time"

	"plinth/internal/limit"
)

// maxAnswer is the longest answer of a provider that is read, in bytes.
const maxAnswer = 1 << 20

// outward is the client that asks providers. It follows no redirects: none of these questions has its answer elsewhere.
func outward() *http.Client {
	return &http.Client{
		Timeout:       askFor,
		Transport:     bounded{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded reads no more of an answer than maxAnswer.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = boundedBody{io.LimitReader(res.Body, maxAnswer), res.Body}
	}
	return res, err
}

type boundedBody struct {
	io.Reader
	io.Closer
}

// providerLimits are of sign-ins begun at and answered by providers, each of which asks one of them something.
func providerLimits(d Device) []limit.Subject {
	return []limit.Subject{
		{Policy: limit.Policy{Name: "oidc-address", Allowance: 60, Drain: 10 * time.Second, First: 2 * time.Second, Longest: 10 * time.Minute}, Key: d.neighbour()},
		{Policy: limit.Policy{Name: "oidc-total", Allowance: 1200, Drain: 100 * time.Millisecond, First: time.Second, Longest: time.Second}},
	}
}
