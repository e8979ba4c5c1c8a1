package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Flash is a line shown once on the next page.
type Flash struct {
	Kind string `json:"k"` // ok, info or bad
	Text string `json:"t"`
	Undo string `json:"u,omitempty"` // takes it back
}

// AddFlash keeps a line for the next page. It must be called before anything is written.
func (s *Sessions) AddFlash(w http.ResponseWriter, r *http.Request, kind, text string) {
	s.AddUndo(w, r, kind, text, "")
}

// AddUndo is AddFlash with the address that takes back what the line tells of; empty is none.
func (s *Sessions) AddUndo(w http.ResponseWriter, r *http.Request, kind, text, undo string) {
	c, _ := s.sealed.Get(r, s.names.flash) // a cookie that cannot be opened is as good as none
	line, err := json.Marshal(Flash{Kind: kind, Text: text, Undo: undo})
	if err != nil {
		return // two strings always marshal
	}
	c.AddFlash(string(line))
	_ = c.Save(r, w) // only a cookie beyond 4 KiB cannot be saved: then the line is not shown
}

// Flashes returns the kept lines and forgets them.
func (s *Sessions) Flashes(w http.ResponseWriter, r *http.Request) []Flash {
	if _, err := r.Cookie(s.names.flash); err != nil {
		return nil
	}
	c, _ := s.sealed.Get(r, s.names.flash)
	var out []Flash
	for _, raw := range c.Flashes() {
		var f Flash
		if line, ok := raw.(string); ok && json.Unmarshal([]byte(line), &f) == nil {
			out = append(out, f)
		}
	}
	c.Options.MaxAge = -1
	_ = c.Save(r, w)
	return out
}

// Pending is a sign-up that waits for its mail, known only to the browser that began it.
type Pending struct {
	SignupID string
	Email    string
}

// SetPending keeps the sign-up under way, for a day.
func (s *Sessions) SetPending(w http.ResponseWriter, r *http.Request, p Pending) error {
	c, _ := s.sealed.Get(r, s.names.pending)
	c.Values["id"], c.Values["email"] = p.SignupID, p.Email
	c.Options.MaxAge = int((24 * time.Hour).Seconds())
	if err := c.Save(r, w); err != nil {
		return fmt.Errorf("save the pending sign-up: %w", err)
	}
	return nil
}

// GetPending returns the sign-up under way, or ErrNoPending.
func (s *Sessions) GetPending(r *http.Request) (Pending, error) {
	c, err := s.sealed.Get(r, s.names.pending)
	if err != nil || c.IsNew {
		return Pending{}, ErrNoPending
	}
	id, ok1 := c.Values["id"].(string)
	email, ok2 := c.Values["email"].(string)
	if !ok1 || !ok2 {
		return Pending{}, ErrNoPending
	}
	return Pending{SignupID: id, Email: email}, nil
}

// ClearPending forgets the sign-up under way.
func (s *Sessions) ClearPending(w http.ResponseWriter, r *http.Request) {
	c, _ := s.sealed.Get(r, s.names.pending)
	c.Options.MaxAge = -1
	_ = c.Save(r, w)
}

// Step is a sign-in that has passed the first factor and waits for the second, known only to the browser that began it.
type Step struct {
	UserID uuid.UUID `json:"u"`
	Method string    `json:"m"` // what the first factor was
	At     time.Time `json:"t"`
	Next   string    `json:"n"` // where to go once signed in
}

// ErrNoStep says that this browser has no sign-in under way.
var ErrNoStep = errors.New("no sign-in under way")

// SetStep keeps a sign-in under way.
func (s *Sessions) SetStep(w http.ResponseWriter, r *http.Request, step Step) error {
	return s.setSealed(w, r, s.names.step, step, time.Hour)
}

// GetStep returns the sign-in under way, or ErrNoStep. Whoever uses it checks how old it is.
func (s *Sessions) GetStep(r *http.Request) (Step, error) {
	var step Step
	if !s.getSealed(r, s.names.step, &step) {
		return Step{}, ErrNoStep
	}
	return step, nil
}

// ClearStep forgets the sign-in under way.
func (s *Sessions) ClearStep(w http.ResponseWriter, r *http.Request) {
	s.clearSealed(w, r, s.names.step)
}

// Ceremony is a passkey ceremony under way, known only to the browser that began it.
type Ceremony struct {
	Kind string          `json:"k"`
	Data json.RawMessage `json:"d"` // what the answer is checked with
}

// SetCeremony keeps the ceremony under way.
func (s *Sessions) SetCeremony(w http.ResponseWriter, r *http.Request, c Ceremony) error {
	return s.setSealed(w, r, s.names.ceremony, c, 10*time.Minute)
}

// TakeCeremony returns the ceremony under way and forgets it: an answer is good once. Without one it is the zero value.
func (s *Sessions) TakeCeremony(w http.ResponseWriter, r *http.Request) Ceremony {
	var c Ceremony
	if s.getSealed(r, s.names.ceremony, &c) {
		s.clearSealed(w, r, s.names.ceremony)
	}
	return c
}

// Browser returns an id that this browser keeps for over a year, so that its person can be told of sign-ins from others.
// It is no proof of anything.
func (s *Sessions) Browser(w http.ResponseWriter, r *http.Request) (uuid.UUID, error) {
	var id uuid.UUID
	if s.getSealed(r, s.names.browser, &id) && id != uuid.Nil {
		return id, nil
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a browser id: %w", err)
	}
	return id, s.setSealed(w, r, s.names.browser, id, browserFor)
}

// browserFor is the longest that browsers keep a cookie.
const browserFor = 400 * 24 * time.Hour

// setSealed keeps a small value in a sealed cookie, for at most a time.
func (s *Sessions) setSealed(w http.ResponseWriter, r *http.Request, name string, v any, keep time.Duration) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the cookie %s: %w", name, err)
	}
	c, _ := s.sealed.New(r, name) // a cookie that cannot be opened is as good as none
	c.Values["v"] = string(data)
	c.Options.MaxAge = int(keep.Seconds())
	if err := c.Save(r, w); err != nil {
		return fmt.Errorf("save the cookie %s: %w", name, err)
	}
	return nil
}

func (s *Sessions) getSealed(r *http.Request, name string, into any) bool {
	c, err := s.sealed.Get(r, name)
	if err != nil || c.IsNew {
		return false
	}
	data, ok := c.Values["v"].(string)
	return ok && json.Unmarshal([]byte(data), into) == nil
}

func (s *Sessions) clearSealed(w http.ResponseWriter, r *http.Request, name string) {
	c, _ := s.sealed.New(r, name)
	c.Options.MaxAge = -1
	_ = c.Save(r, w)
}

// Theme is light or dark, or empty for the system's.
func (s *Sessions) Theme(r *http.Request) string {
	c, err := r.Cookie(s.names.theme)
	if err != nil || (c.Value != "light" && c.Value != "dark") {
		return ""
	}
	return c.Value
}

// SetTheme keeps the theme for a year; empty follows the system again.
func (s *Sessions) SetTheme(w http.ResponseWriter, theme string) {
	c := &http.Cookie{ //nolint:gosec // Secure is as for the session: on wherever the browser takes it
		Name: s.names.theme, Value: theme, Path: "/", HttpOnly: true, Secure: s.scs.Cookie.Secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int((365 * 24 * time.Hour).Seconds()),
	}
	if theme == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
