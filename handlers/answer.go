// Package handlers turns requests into one call of a module and its answer into a view. A handler decodes, makes one
// call and renders; errors.go is the only place where an error becomes a response.
package handlers

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-playground/form/v4"
	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/secret"
	"plinth/internal/session"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

// Base is what every resource's handlers stand on.
type Base struct {
	Sessions *session.Sessions
	Keys     *secret.Keys
	Log      *slog.Logger
	Forms    *form.Decoder
	Offers   []auth.Offer // the identity providers people may sign in with
	Dev      bool         // developer pages are shown
	// OfficeURL is where the back-office is, when it has a host of its own.
	OfficeURL string
	// Office frames a page of the back-office, and says whom or what an act that is asked for is about; "" when it has no name.
	Office func(r *http.Request) (frame views.Office, about string)
}

// NewDecoder returns the decoder of form values. Ids that cannot be read become the nil id, which no row has.
func NewDecoder() *form.Decoder {
	d := form.NewDecoder()
	d.RegisterCustomTypeFunc(func(values []string) (any, error) {
		id, err := uuid.Parse(values[0])
		if err != nil {
			return uuid.Nil, nil //nolint:nilerr // what is no id is the id that nothing has
		}
		return id, nil
	}, uuid.UUID{})
	d.RegisterCustomTypeFunc(func(values []string) (any, error) {
		// A browser sends a ticked box as the value on.
		return values[0] == "on" || values[0] == "true" || values[0] == "1", nil
	}, false)
	return d
}

// Decode reads a form into a struct that names its fields; what the struct does not name is not read. Of a POST only the body
// counts, never the address. Invalid when the
// body cannot be parsed, TooLarge when it is beyond the route's limit.
func Decode[T any](b *Base, r *http.Request) (T, error) {
	var out T
	if err := parse(r); err != nil {
		return out, err
	}
	if err := b.Forms.Decode(&out, r.Form); err != nil {
		return out, fault.Wrap(fault.Invalid, "This form cannot be read. Reload the page and try again.", err)
	}
	return out, nil
}

func parse(r *http.Request) error {
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
	case asError(err, &tooLarge):
		return fault.Wrap(fault.TooLarge, "This is too large to send.", err)
	default:
		return fault.Wrap(fault.Invalid, "This form cannot be read. Reload the page and try again.", err)
	}
	if r.Method == http.MethodPost {
		r.Form = r.PostForm // what stands in the address was not typed
	}
	for name, values := range r.Form {
		if strings.ContainsAny(name, "[]") {
			delete(r.Form, name) // no form of ours has such a name, and the decoder panics when they do not match
			continue
		}
		for i, v := range values {
			// Postgres stores no NUL and no broken UTF-8; browsers send CRLF.
			values[i] = strings.ReplaceAll(strings.ToValidUTF8(strings.ReplaceAll(v, "\x00", ""), "\uFFFD"), "\r\n", "\n")
		}
	}
	return nil
}

// Render writes a whole page or a piece of one. It is rendered before anything is sent, so that a page that fails does
// not leave half of itself behind.
func (b *Base) Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var page bytes.Buffer
	if err := c.Render(b.withFlashes(w, r), &page); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	if _, err := page.WriteTo(w); err != nil {
		b.Log.DebugContext(r.Context(), "client hung up", "error", err)
	}
	return nil
}

// withFlashes puts the lines kept for this page into its frame. They are taken out only when a whole page is shown, so a
// redirect in between does not lose them.
func (b *Base) withFlashes(w http.ResponseWriter, r *http.Request) context.Context {
	ctx := views.WithOffers(r.Context(), b.Offers)
	if IsHX(r) {
		return ctx
	}
	nav := ui.NavFrom(ctx)
	for _, f := range b.Sessions.Flashes(w, r) {
		nav.Flash = append(nav.Flash, ui.Flash{Kind: f.Kind, Text: f.Text, UndoURL: f.Undo})
	}
	return ui.WithNav(ctx, nav)
}

// toOffice leads back to a page of the back-office, or where that is on another host, whose pages no form may lead to, to
// the person's organizations.
func (b *Base) toOffice(w http.ResponseWriter, r *http.Request, path string) error {
	if b.OfficeURL != "" {
		path = "/orgs"
	}
	return b.Redirect(w, r, path)
}

// Redirect answers a form with 303 to a page of ours; an htmx request is told by header, since its fetch would follow
// the 303 by itself and put a whole page where a piece belongs.
func (b *Base) Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	if IsHX(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to is a page of ours, or has been through SafeNext
	return nil
}

// Flash keeps a line for the next page.
func (b *Base) Flash(w http.ResponseWriter, r *http.Request, text string) {
	b.Sessions.AddFlash(w, r, "", text)
}

// FlashUndo keeps a line for the next page, with a button that posts to undo.
func (b *Base) FlashUndo(w http.ResponseWriter, r *http.Request, text, undo string) {
	b.Sessions.AddUndo(w, r, "", text, undo)
}

// IsHX says whether htmx asks and wants a piece.
func IsHX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// Device says where a request comes from.
func Device(r *http.Request) auth.Device {
	t := telemetry.TraceFrom(r.Context())
	return auth.Device{UserAgent: r.UserAgent(), Address: t.Address, Request: t.RequestID}
}

// maxNext is the longest address to go on to that is carried along; ours are shorter.
const maxNext = 2000

// SafeNext returns next when it is a page on this origin, else fallback.
func SafeNext(next, fallback string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || len(next) > maxNext || strings.ContainsAny(next, "\\\r\n\t") {
		return fallback
	}
	return next
}

// PathID reads an id from the path; anything that is none is the same 404 as an unknown one.
func PathID(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(r.PathValue(name))
	if err != nil {
		return uuid.Nil, fault.Missing()
	}
	return id, nil
}
