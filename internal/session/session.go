// Package session is the home of the browser's session (scs, on Postgres, tokens stored hashed) and of the short sealed
// cookies (gorilla/sessions). The session only names a row of the sessions table; that row is the authority, so ending
// it ends the session whatever cookie is still about.
package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"github.com/gorilla/sessions"

	"plinth/internal/db"
	"plinth/internal/secret"
)

// How long a session lasts: at most Lifetime, and Idle without being used.
const (
	Lifetime = 30 * 24 * time.Hour
	Idle     = 14 * 24 * time.Hour
)

const (
	keySession = "sid"
	keyUser    = "uid"
	keyHeld    = "held"

	keyOwnSession = "own sid" // of staff who look as somebody else
	keyOwnUser    = "own uid"
)

// Sessions reads and writes what a browser keeps for us.
type Sessions struct {
	scs    *scs.SessionManager
	sealed *sessions.CookieStore
	names  cookieNames
}

type cookieNames struct{ session, theme, flash, pending, step, ceremony, handshake, arrival, browser, dismissed string }

// Identity is whom a session claims to be; the guard believes it only when the sessions row says the same.
type Identity struct {
	SessionID uuid.UUID
	UserID    uuid.UUID
}

// New makes the sessions. secure says that the site is reached over https or on loopback: cookies then are Secure and
// named __Host-…, which binds them to this host and to encrypted ways.
func New(d *db.DB, keys *secret.Keys, secure bool) *Sessions {
	prefix := ""
	if secure {
		prefix = "__Host-"
	}
	s := &Sessions{
		scs: scs.New(),
		names: cookieNames{
			session: prefix + "plinth", theme: prefix + "plinth-theme", flash: prefix + "plinth-flash", pending: prefix + "plinth-pending", step: prefix + "plinth-step", browser: prefix + "plinth-browser",
			ceremony: prefix + "plinth-ceremony", handshake: prefix + "plinth-handshake", arrival: prefix + "plinth-arrival", dismissed: prefix + "plinth-dismissed",
		},
	}
	s.scs.Store = store{q: d.Direct()}
	s.scs.Lifetime = Lifetime
	s.scs.HashTokenInStore = true
	s.scs.Cookie = scs.SessionCookie{
		Name: s.names.session, HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode, Secure: secure, Persist: true,
	}
	s.sealed = sessions.NewCookieStore(pairs(keys)...)
	s.sealed.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	return s
}

// pairs gives gorilla an authentication and an encryption key for each master key, newest first.
func pairs(keys *secret.Keys) [][]byte {
	var out [][]byte
	encrypt := keys.For("cookie encryption")
	for i, authenticate := range keys.For("cookie authentication") {
		out = append(out, authenticate, encrypt[i])
	}
	return out
}

// Load reads the request's session, in one round trip; without a cookie it reads nothing.
func (s *Sessions) Load(r *http.Request) (*http.Request, error) {
	token := ""
	if c, err := r.Cookie(s.names.session); err == nil {
		token = c.Value
	}
	ctx, err := s.scs.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("load session: %w", err)
	}
	return r.WithContext(ctx), nil
}

// Current says whom the session claims to be.
func (s *Sessions) Current(ctx context.Context) (Identity, bool) {
	sid, err1 := uuid.Parse(s.scs.GetString(ctx, keySession))
	uid, err2 := uuid.Parse(s.scs.GetString(ctx, keyUser))
	return Identity{SessionID: sid, UserID: uid}, err1 == nil && err2 == nil
}

// SignIn gives the browser a new token for the identity. The old token is worth nothing afterwards, so a token that
// somebody planted before sign-in does not become a signed-in one.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, id Identity) error {
	ctx := r.Context()
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session token: %w", err)
	}
	if s.scs.GetString(ctx, keyUser) != id.UserID.String() {
		s.scs.Remove(ctx, keyHeld) // it is another person's
	}
	s.scs.Remove(ctx, keyOwnSession)
	s.scs.Remove(ctx, keyOwnUser)
	s.scs.Put(ctx, keySession, id.SessionID.String())
	s.scs.Put(ctx, keyUser, id.UserID.String())
	return s.commit(w, r)
}

// Impersonate gives the browser a new token for the identity as which its person looks, and keeps their own behind it.
func (s *Sessions) Impersonate(w http.ResponseWriter, r *http.Request, id Identity) error {
	ctx := r.Context()
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session token: %w", err)
	}
	s.scs.Remove(ctx, keyHeld)
	s.scs.Put(ctx, keyOwnSession, s.scs.GetString(ctx, keySession))
	s.scs.Put(ctx, keyOwnUser, s.scs.GetString(ctx, keyUser))
	s.scs.Put(ctx, keySession, id.SessionID.String())
	s.scs.Put(ctx, keyUser, id.UserID.String())
	return s.commit(w, r)
}

// Return gives the browser of somebody who looked as another a new token for their own identity; false when nothing is
// kept behind the present one.
func (s *Sessions) Return(w http.ResponseWriter, r *http.Request) (bool, error) {
	ctx := r.Context()
	own, user := s.scs.GetString(ctx, keyOwnSession), s.scs.GetString(ctx, keyOwnUser)
	if own == "" {
		return false, nil
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return false, fmt.Errorf("renew session token: %w", err)
	}
	for _, key := range []string{keyHeld, keyOwnSession, keyOwnUser} {
		s.scs.Remove(ctx, key)
	}
	s.scs.Put(ctx, keySession, own)
	s.scs.Put(ctx, keyUser, user)
	return true, s.commit(w, r)
}

// Renew gives the browser a new token for the same session, as after proving anew who it is.
func (s *Sessions) Renew(w http.ResponseWriter, r *http.Request) error {
	if err := s.scs.RenewToken(r.Context()); err != nil {
		return fmt.Errorf("renew session token: %w", err)
	}
	return s.commit(w, r)
}

// SignOut forgets the session here and in the store.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.scs.Destroy(r.Context()); err != nil {
		return fmt.Errorf("destroy session: %w", err)
	}
	s.scs.WriteSessionCookie(r.Context(), w, "", time.Time{})
	return nil
}

// Hold keeps the text of a form in the session until the form's page is shown again.
func (s *Sessions) Hold(w http.ResponseWriter, r *http.Request, form []byte) error {
	s.scs.Put(r.Context(), keyHeld, form)
	return s.commit(w, r)
}

// Held returns the kept text, or nil, and forgets it.
func (s *Sessions) Held(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if !s.scs.Exists(r.Context(), keyHeld) {
		return nil, nil
	}
	form := s.scs.PopBytes(r.Context(), keyHeld)
	return form, s.commit(w, r)
}

// Peek returns the kept text without forgetting it.
func (s *Sessions) Peek(ctx context.Context) []byte { return s.scs.GetBytes(ctx, keyHeld) }

func (s *Sessions) commit(w http.ResponseWriter, r *http.Request) error {
	token, expiry, err := s.scs.Commit(r.Context())
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	s.scs.WriteSessionCookie(r.Context(), w, token, expiry)
	return nil
}

// ErrNoPending says that this browser has no sign-up under way.
var ErrNoPending = errors.New("no sign-up under way")
