package handlers

import (
	"context"
	"net/http"
	"strings"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/views"
)

type whyKey struct{}

// whyFrom is the reason of the act that is asked for, or "".
func whyFrom(ctx context.Context) string {
	why, _ := ctx.Value(whyKey{}).(string)
	return why
}

// Because lets staff do something when they have said why: in the field of the form that is called so, or on a page that
// asks for it and then sends the form once more with it. A form that has the field shows itself what is wrong with it.
func (b *Base) Because(w http.ResponseWriter, r *http.Request, what, field string, do func(*http.Request) error) error {
	if err := parse(r); err != nil {
		return err
	}
	why := strings.TrimSpace(r.PostForm.Get(field))
	asked := r.PostForm.Get("asked") != ""
	if !r.PostForm.Has(field) && !asked {
		return b.askWhy(w, r, what, field, &fault.Error{})
	}
	if wrong := admin.Reason(why); asked && wrong != "" {
		return b.askWhy(w, r, what, field, fault.Field(field, wrong))
	}
	return do(r.WithContext(context.WithValue(r.Context(), whyKey{}, why)))
}

// askWhy asks for the reason of what a button does. Nothing is done yet, and what was sent goes along.
func (b *Base) askWhy(w http.ResponseWriter, r *http.Request, what, field string, wrong *fault.Error) error {
	if IsHX(r) {
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	frame, about := b.Office(r)
	return b.Render(w, r, http.StatusUnprocessableEntity, views.AdminWhy(frame, views.Why{
		What: what, About: about, Field: field, Action: r.URL.Path, Back: pageOf(r), Form: typed(r, wrong), Sent: cloneValues(r.PostForm),
	}))
}
