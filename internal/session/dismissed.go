package session

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What was dismissed is kept by the browser: it costs no round trip, and stays when its person signs out and in again. In
// another browser, and to another person in this one, it is shown.
const (
	keptDismissed = 20 // the newest; who dismissed more sees the oldest again
	dismissedFor  = 180 * 24 * time.Hour
)

// Dismissed says what a person dismissed in this browser; uuid.Nil is who is not signed in.
func (s *Sessions) Dismissed(r *http.Request, person uuid.UUID) func(id uuid.UUID) bool {
	marks := s.dismissed(r)
	return func(id uuid.UUID) bool { return slices.Contains(marks, mark(id, person)) }
}

// Dismiss keeps that a person does not want to see something again. It must be called before anything is written.
func (s *Sessions) Dismiss(w http.ResponseWriter, r *http.Request, id, person uuid.UUID) {
	m := mark(id, person)
	marks := append([]string{m}, slices.DeleteFunc(s.dismissed(r), func(old string) bool { return old == m })...)
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is as for the session: on wherever the browser takes it
		Name: s.names.dismissed, Value: strings.Join(marks[:min(len(marks), keptDismissed)], "."), Path: "/", HttpOnly: true, Secure: s.scs.Cookie.Secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(dismissedFor.Seconds()),
	})
}

func (s *Sessions) dismissed(r *http.Request) []string {
	c, err := r.Cookie(s.names.dismissed)
	if err != nil || len(c.Value) > 1000 {
		return nil
	}
	return strings.Split(c.Value, ".")
}

// mark is what the browser keeps of a person and what they dismissed; it names neither.
func mark(id, person uuid.UUID) string {
	sum := sha256.Sum256(append(id[:], person[:]...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
