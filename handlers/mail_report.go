package handlers

import (
	"errors"
	"io"
	"net/http"

	"plinth/internal/fault"
	"plinth/internal/mails"
)

// MailReports takes what the mail provider tells of mails that went out.
type MailReports struct {
	Mails *mails.Mails
}

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
	err = h.Mails.Receive(r.Context(), body, r.Header)
	switch {
	case err == nil:
		return answer(w, r, http.StatusOK, nil)
	case errors.Is(err, mails.ErrSignature), errors.Is(err, mails.ErrReport):
		return answer(w, r, http.StatusBadRequest, err)
	case fault.Is(err, fault.Unavailable):
		return answer(w, r, http.StatusServiceUnavailable, err)
	}
	return answer(w, r, http.StatusInternalServerError, err)
}
