// Package fault holds the few kinds of failure a caller can act on. Each carries a text a person may read and, apart
// from it, the cause for the log. An error that is no fault says nothing to a person but the request id.
package fault

import (
	"errors"
	"maps"
	"time"
)

// Kind is what went wrong, seen from the outside. Package handlers maps each kind to one status code.
type Kind string

// The kinds, with the status they become.
const (
	Invalid         Kind = "invalid"          // 422: what was typed cannot be taken; Fields says where
	Unauthenticated Kind = "unauthenticated"  // 401: nobody is signed in
	Denied          Kind = "denied"           // 403: signed in, but not allowed
	NotFound        Kind = "not_found"        // 404: not there, or not yours to know of
	Conflict        Kind = "conflict"         // 409: somebody else was quicker
	PaymentRequired Kind = "payment_required" // 402: the plan does not include it
	Throttled       Kind = "throttled"        // 429: too often; RetryAfter says when
	Unavailable     Kind = "unavailable"      // 503: a part we need is away; trying again helps
	TooLarge        Kind = "too_large"        // 413: the body is larger than the route takes
	Internal        Kind = "internal"         // 500: a mistake of ours
)

// Error is a failure with a public text and a private cause.
type Error struct {
	Kind       Kind
	Public     string            // a full sentence for people; empty means the kind's own text
	Fields     map[string]string // form field → what is wrong with it, for Invalid
	RetryAfter time.Duration     // for Throttled and Unavailable; zero means unknown
	Cause      error             // for the log only
}

// Error returns the private description, for logs and never for people.
func (e *Error) Error() string {
	text := string(e.Kind)
	if e.Public != "" {
		text += ": " + e.Public
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns a fault of kind with the text people read.
func New(kind Kind, public string) *Error { return &Error{Kind: kind, Public: public} }

// Wrap returns a fault of kind with the text people read and the cause for the log.
func Wrap(kind Kind, public string, cause error) *Error {
	return &Error{Kind: kind, Public: public, Cause: cause}
}

// Field returns an Invalid fault about a single form field.
func Field(name, text string) *Error {
	return &Error{Kind: Invalid, Fields: map[string]string{name: text}}
}

// Throttle returns a Throttled fault that may be tried again after d.
func Throttle(public string, d time.Duration) *Error {
	return &Error{Kind: Throttled, Public: public, RetryAfter: d}
}

// Missing is the one answer for things that are unknown, foreign or malformed: whoever asks cannot tell them apart.
func Missing() *Error { return &Error{Kind: NotFound} }

// As returns the first fault in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is says whether err is a fault of kind.
func Is(err error, kind Kind) bool {
	e := As(err)
	return e != nil && e.Kind == kind
}

// KindOf returns err's kind; an error that is no fault is Internal.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// Fields collects what is wrong with a form. The zero value is ready to use.
type Fields map[string]string //nolint:recvcheck // Add makes the map, Err only reads it

// Add notes text for the field, keeping the first text a field was given.
func (f *Fields) Add(name, text string) {
	if *f == nil {
		*f = Fields{}
	}
	if _, there := (*f)[name]; !there {
		(*f)[name] = text
	}
}

// Err returns nil when nothing was noted, else one Invalid fault with all of it.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: maps.Clone(f)}
}
