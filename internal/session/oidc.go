package session

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Handshake is a sign-in under way at an identity provider, known only to the browser that began it.
type Handshake struct {
	Provider string    `json:"p"`
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // of PKCE (RFC 7636)
	At       time.Time `json:"t"`
	Next     string    `json:"x"` // where to go once signed in
	User     uuid.UUID `json:"u"` // who is signed in and links the identity; nil of a sign-in
	Again    bool      `json:"a"` // the provider was asked for a new proof
}

// SetHandshake keeps a sign-in under way at a provider. Whoever takes it checks how old it is.
func (s *Sessions) SetHandshake(w http.ResponseWriter, r *http.Request, h Handshake) error {
	return s.setSealed(w, r, s.names.handshake, h, 10*time.Minute)
}

// TakeHandshake returns the sign-in under way at a provider and forgets it: an answer is good once. Without one it is
// the zero value.
func (s *Sessions) TakeHandshake(w http.ResponseWriter, r *http.Request) Handshake {
	var h Handshake
	if s.getSealed(r, s.names.handshake, &h) {
		s.clearSealed(w, r, s.names.handshake)
	}
	return h
}

// Arrival is somebody whom a provider has just vouched for and whose identity belongs to no account yet: it waits for
// an account to be made or to be linked to.
type Arrival struct {
	Provider string    `json:"p"`
	Issuer   string    `json:"i"`
	Subject  string    `json:"s"`
	Email    string    `json:"e"`
	Verified bool      `json:"v"` // the provider says that the address is theirs
	Name     string    `json:"n"`
	At       time.Time `json:"t"`
	Next     string    `json:"x"`
	User     uuid.UUID `json:"u"` // the account that asked for the link; nil of a sign-in, which is bound to the address
}

// SetArrival keeps who arrived. Whoever reads it checks how old it is.
func (s *Sessions) SetArrival(w http.ResponseWriter, r *http.Request, a Arrival) error {
	return s.setSealed(w, r, s.names.arrival, a, 10*time.Minute)
}

// GetArrival returns who arrived, or the zero value.
func (s *Sessions) GetArrival(r *http.Request) Arrival {
	var a Arrival
	if !s.getSealed(r, s.names.arrival, &a) {
		return Arrival{}
	}
	return a
}

// ClearArrival forgets who arrived.
func (s *Sessions) ClearArrival(w http.ResponseWriter, r *http.Request) {
	s.clearSealed(w, r, s.names.arrival)
}
