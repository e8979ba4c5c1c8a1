package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// JobKinds shows how each kind of jobs fared in the last day.
func (h *Admin) JobKinds(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	rows, err := h.Admin.JobKinds(r.Context(), time.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminJobKinds(h.frame(r), rows))
}

// AskJobAct says how many jobs of a filter would be retried or cancelled, and asks why.
func (h *Admin) AskJobAct(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.JobActForm{Act: filter(r, "act"), State: filter(r, "state"), Kind: filter(r, "kind"), Queue: filter(r, "queue"), Tenant: filter(r, "tenant")}
	n, err := h.Admin.CountJobAct(r.Context(), f)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminAskJobAct(h.frame(r), f, n, ui.Form{}))
}

// BeginJobAct retries or cancels all jobs of a filter.
func (h *Admin) BeginJobAct(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.JobActForm](h.Base, r)
	if err != nil {
		return err
	}
	failed := h.Admin.ActOnAll(r.Context(), actor(r, p), f)
	if fault.Is(failed, fault.Invalid) && f.Whole() {
		n, err := h.Admin.CountJobAct(r.Context(), f)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminAskJobAct(h.frame(r), f, n, form) })
	}
	if failed != nil {
		return failed
	}
	return h.Redirect(w, r, "/admin/jobs/bulk/"+f.ID.String())
}

// JobAct shows how far an act on many jobs is.
func (h *Admin) JobAct(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	act, err := h.Admin.JobAct(r.Context(), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminJobAct(h.frame(r), act))
}
