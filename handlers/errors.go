package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// Status is the one table of kinds to status codes.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.PaymentRequired:
		return http.StatusPaymentRequired
	case fault.Throttled:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// Fail answers with an error: a page, or for htmx a line for the corner of the page. What is no fault says nothing but
// the request id.
func (b *Base) Fail(w http.ResponseWriter, r *http.Request, err error) {
	t := telemetry.TraceFrom(r.Context())
	t.Err = err
	if fault.Is(err, fault.Unauthenticated) {
		if err = b.askToSignIn(w, r); err == nil {
			return
		}
	}
	page := views.ErrorPage{Status: Status(fault.KindOf(err)), RequestID: t.RequestID}
	if f := fault.As(err); f != nil {
		page.Text = f.Public
		if page.Text == "" {
			for _, text := range f.Fields {
				page.Text = text
				break
			}
		}
		retryAfter(w, f)
	}
	b.offerUpgrade(r, &page)
	view := views.Error(page)
	if IsHX(r) {
		// A failure is a line in the corner and leaves the page as it is.
		w.Header().Set("HX-Retarget", "#toasts")
		w.Header().Set("HX-Reswap", "beforeend")
		view = views.ErrorPart(page)
	}
	failed := b.Render(w, r, page.Status, view)
	switch {
	case failed == nil:
	case r.Context().Err() != nil: // nobody is there to read it
		b.Log.DebugContext(r.Context(), "client hung up", "error", failed)
	default:
		b.Log.ErrorContext(r.Context(), "error page", "error", failed)
		http.Error(w, "Something went wrong. Request "+t.RequestID, http.StatusInternalServerError)
	}
}

// offerUpgrade leads a person who met a limit to where it is raised.
func (b *Base) offerUpgrade(r *http.Request, page *views.ErrorPage) {
	org := ui.NavFrom(r.Context()).Org
	if page.Status == http.StatusPaymentRequired && org != nil && org.CanManage {
		page.ActionText, page.ActionURL = ui.T(r.Context(), "See the plans"), ui.OrgPath(org.Slug, "billing")
	}
}

func retryAfter(w http.ResponseWriter, f *fault.Error) {
	wait := f.RetryAfter
	if f.Kind == fault.Unavailable && wait == 0 {
		wait = 5 * time.Second
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
}

// Again shows a form once more with what is wrong and what was typed, when err is something the person can mend there;
// any other error goes on to its own page. show draws the page with the form.
func (b *Base) Again(w http.ResponseWriter, r *http.Request, err error, show func(ui.Form) templ.Component) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Throttled, fault.Denied, fault.TooLarge, fault.PaymentRequired:
	default:
		return err
	}
	if len(f.Fields) == 0 && f.Kind != fault.Invalid && f.Public == "" {
		return err
	}
	return b.shown(w, r, err, f, show)
}

// AgainAway is Again, also when a part we need is away: what was typed is not lost by that. htmx leaves the form as it
// stands and shows a line in the corner instead.
func (b *Base) AgainAway(w http.ResponseWriter, r *http.Request, err error, show func(ui.Form) templ.Component) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Unavailable || f.Public == "" || IsHX(r) {
		return b.Again(w, r, err, show)
	}
	return b.shown(w, r, err, f, show)
}

func (b *Base) shown(w http.ResponseWriter, r *http.Request, err error, f *fault.Error, show func(ui.Form) templ.Component) error {
	retryAfter(w, f)
	telemetry.TraceFrom(r.Context()).Err = err
	return b.Render(w, r, Status(f.Kind), show(typed(r, f)))
}

// stays says whether the form that failed is shown again: it is wrong, came too often, or Stripe did not answer.
func stays(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Throttled) || fault.Is(err, fault.Unavailable)
}

// typed is the form as it was sent, without passwords.
func typed(r *http.Request, f *fault.Error) ui.Form {
	_ = parse(r) // what cannot be parsed shows as empty
	values := cloneValues(r.Form)
	return ui.Form{Values: values, Errors: f.Fields, Summary: f.Public}
}
