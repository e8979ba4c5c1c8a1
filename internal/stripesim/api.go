package stripesim

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
)

// call is one API request being answered; the lock is held for all of it.
type call struct {
	p   *params
	id  string // {id} of the path
	sub string // {sub} of it: what belongs to id
}

type endpointFunc func(*call) (obj, error)

// Handler serves the API under /v1/ and the hosted pages. It may be used before and without Run.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, answer := range s.endpoints() {
		mux.Handle(pattern, s.api(answer))
	}
	mux.Handle("/v1/", s.api(nil))
	s.pages(mux)
	return mux
}

func (s *Sim) endpoints() map[string]endpointFunc {
	all := map[string]endpointFunc{}
	for _, group := range []map[string]endpointFunc{
		s.customerEndpoints(), s.catalogueEndpoints(), s.subscriptionEndpoints(), s.itemEndpoints(), s.usageEndpoints(), s.couponEndpoints(), s.taxIDEndpoints(), s.scheduleEndpoints(),
		s.invoiceEndpoints(), s.paymentMethodEndpoints(), s.paymentEndpoints(), s.disputeEndpoints(), s.checkoutEndpoints(),
		s.portalEndpoints(), s.eventEndpoints(),
	} {
		for pattern, answer := range group {
			all[pattern] = answer
		}
	}
	return all
}

// api wraps an endpoint with the key check, injected faults, idempotency, expansion and the error shape.
func (s *Sim) api(answer endpointFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestID := s.newID("req_", 14)
		w.Header().Set("Request-Id", requestID)
		w.Header().Set("Stripe-Version", APIVersion)
		w.Header().Set("Content-Type", "application/json")
		if problem := s.checkKey(r); problem != nil {
			writeReply(w, errorReply(problem))
			return
		}
		form, err := readForm(w, r)
		if err != nil {
			writeReply(w, errorReply(invalid("", "The request could not be read.")))
			return
		}
		if answer == nil {
			writeReply(w, errorReply(unknownURL(r)))
			return
		}
		fault := s.takeFault(r)
		if fault != nil && !fault.AfterCarryingOut {
			s.keepFault(r, form, requestID, fault)
			s.answerFault(w, r, fault)
			return
		}
		result := s.answer(r, form, requestID, answer)
		if fault != nil {
			s.answerFault(w, r, fault)
			return
		}
		if key := r.Header.Get("Idempotency-Key"); key != "" {
			w.Header().Set("Idempotency-Key", key)
		}
		if result.replayed {
			w.Header().Set("Idempotent-Replayed", "true")
			w.Header().Set("Original-Request", result.RequestID)
		}
		writeReply(w, result)
	})
}

func (s *Sim) answer(r *http.Request, form url.Values, requestID string, answer endpointFunc) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	if r.Method == http.MethodGet {
		key = ""
	}
	print := fingerprint(r, form)
	if key != "" {
		if old, ok := s.replay(key, print); ok {
			return old
		}
	}
	s.request, s.acting = requestInfo{id: requestID, key: key}, s.askedFor(r, form)
	defer func() { s.request, s.acting = requestInfo{}, "" }()
	p := parseParams(form)
	paths := p.texts("expand")
	var err error
	out := s.pinned(r)
	if out == nil {
		out, err = answer(&call{p: p, id: r.PathValue("id"), sub: r.PathValue("sub")})
	}
	var result reply
	if err == nil {
		out = s.withPins(out)
		err = s.expandAll(out, paths)
	}
	if err != nil {
		result = errorReply(err)
	} else {
		result = reply{Status: http.StatusOK, Body: encode(out)}
	}
	result.RequestID, result.Fingerprint = requestID, print
	if r.Method != http.MethodGet {
		s.touched()
		s.remember(key, result)
	}
	return result
}

func (s *Sim) checkKey(r *http.Request) *apiError {
	key, _, basic := r.BasicAuth()
	if !basic {
		key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	unauthorized := func(message string) *apiError {
		return &apiError{status: http.StatusUnauthorized, Type: "invalid_request_error", Message: message}
	}
	if key == "" {
		return unauthorized("You did not provide an API key. Provide it in the Authorization header, as Bearer or Basic.")
	}
	prefix := "sk_test_"
	if s.cfg.Livemode {
		prefix = "sk_live_"
	}
	if len(key) <= len(prefix) || subtle.ConstantTimeCompare([]byte(key[:len(prefix)]), []byte(prefix)) != 1 {
		return unauthorized("Invalid API Key provided: the local Stripe takes keys that begin with " + prefix)
	}
	return nil
}

func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	for key, values := range form {
		query[key] = append(query[key], values...)
	}
	return query, nil
}

func unknownURL(r *http.Request) *apiError {
	return &apiError{
		status: http.StatusNotFound, Type: "invalid_request_error",
		Message: "Unrecognized request URL (" + r.Method + ": " + r.URL.Path + "): the local Stripe does not imitate it.",
	}
}

func errorReply(err error) reply {
	var problem *apiError
	if !errors.As(err, &problem) {
		problem = &apiError{status: http.StatusInternalServerError, Type: "api_error", Message: err.Error()}
	}
	return reply{Status: problem.status, Body: encode(obj{"error": problem})}
}

func encode(value any) []byte {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		panic(err) // answers are plain JSON values
	}
	return body
}

func writeReply(w http.ResponseWriter, result reply) {
	w.WriteHeader(result.Status)
	_, _ = w.Write(result.Body) // a client that has gone is no one's fault
}

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (s *Sim) newID(prefix string, length int) string {
	id := []byte(prefix)
	for range length {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(idLetters))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		id = append(id, idLetters[n.Int64()])
	}
	return string(id)
}

// page answers one page of rows, newest first, by limit, starting_after and ending_before.
func page[T any](c *call, url string, rows []*T, id func(*T) string, render func(*T) obj) (obj, error) {
	limit := int64(10)
	if c.p.has("limit") {
		limit = c.p.number("limit")
	}
	after, before := c.p.text("starting_after"), c.p.text("ending_before")
	if limit < 1 || limit > 100 {
		c.p.fail(invalid("limit", "Invalid limit: must be between 1 and 100"))
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	start, end := 0, len(rows)
	for i, row := range rows {
		if after != "" && id(row) == after {
			start = i + 1
		}
		if before != "" && id(row) == before {
			end = i
		}
	}
	more := end-start > int(limit)
	if more && before != "" {
		start = end - int(limit)
	} else if more {
		end = start + int(limit)
	}
	data := []any{}
	for _, row := range rows[start:end] {
		data = append(data, render(row))
	}
	return listOf(url, more, data...), nil
}
