package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"plinth/internal/billing"
	"plinth/internal/fault"
	"plinth/internal/telemetry"
)

// StripeWebhook takes what Stripe tells.
type StripeWebhook struct {
	Billing *billing.Billing
}

// receiveBudget is how long a delivery may take, reading it included. Stripe comes again when it is not answered.
const receiveBudget = 2 * time.Second

// Receive stores an event and answers; the work is a job's. 400 for what is not signed by us, 413 for what is too
// large, 503 when it could not be stored in time.
func (h *StripeWebhook) Receive(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), receiveBudget)
	defer cancel()
	// Where the connection knows no deadline, as in a test, the server's own limit holds.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(receiveBudget))
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return answer(w, r, http.StatusRequestEntityTooLarge, err)
	case err != nil:
		return answer(w, r, http.StatusBadRequest, err)
	}
	err = within(ctx, func() error { return h.Billing.ReceiveEvent(ctx, body, r.Header.Get("Stripe-Signature")) })
	switch {
	case err == nil:
		return answer(w, r, http.StatusOK, nil)
	case errors.Is(err, billing.ErrSignature), errors.Is(err, billing.ErrEvent):
		return answer(w, r, http.StatusBadRequest, err)
	case fault.Is(err, fault.Unavailable), errors.Is(err, context.DeadlineExceeded):
		return answer(w, r, http.StatusServiceUnavailable, err)
	}
	return answer(w, r, http.StatusInternalServerError, err)
}

// within waits for do as long as ctx allows. What goes on afterwards does no harm: an event is stored once.
func within(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answer is for a machine: a status and a word.
func answer(w http.ResponseWriter, r *http.Request, status int, err error) error {
	telemetry.TraceFrom(r.Context()).Err = err
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status)+"\n") // nobody is left to tell
	return nil
}
