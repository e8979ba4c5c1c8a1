package handlers

import (
	"errors"
	"io"
	"net/http"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"plinth/internal/fault"
	"plinth/internal/mails"
)

// MailReports takes what the mail provider tells of mails that went out.
type MailReports struct {
	Mails *mails.Mails
	// Secrets verify what the provider tells, newest first, in the form of Standard Webhooks; none takes nothing.
	Secrets []string
}

var errReportSignature = errors.New("not signed by us")

// Receive notes a report and answers: 200 noted, 400 for what is not signed by us or no report, 413 for what is too large,
// 503 when it could not be stored.
func (h *MailReports) Receive(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return answer(w, r, http.StatusRequestEntityTooLarge, err)
	case err != nil:
		return answer(w, r, http.StatusBadRequest, err)
	}
	if !h.signed(body, r.Header) {
		return answer(w, r, http.StatusBadRequest, errReportSignature)
	}
	err = h.Mails.Receive(r.Context(), body)
	switch {
	case err == nil:
		return answer(w, r, http.StatusOK, nil)
	case errors.Is(err, mails.ErrReport):
		return answer(w, r, http.StatusBadRequest, err)
	case fault.Is(err, fault.Unavailable):
		return answer(w, r, http.StatusServiceUnavailable, err)
	}
	return answer(w, r, http.StatusInternalServerError, err)
}

func (h *MailReports) signed(body []byte, header http.Header) bool {
	for _, secret := range h.Secrets {
		wh, err := standardwebhooks.NewWebhook(secret)
		if err == nil && wh.Verify(body, header) == nil {
			return true
		}
	}
	return false
}
