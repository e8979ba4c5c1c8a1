package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Statuses serves the statuses of a project, for whoever manages it.
type Statuses struct {
	*Base
	Projects *projects.Projects
}

// List shows the statuses; edit in the address names the one whose form is open.
func (h *Statuses) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	set, err := h.Projects.StatusSettings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Statuses(s, set, views.StatusForms{Edit: projects.Status(r.URL.Query().Get("edit"))}))
}

// Create adds a status: fields name, kind, limit.
func (h *Statuses) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.StatusForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.AddStatus(r.Context(), s, key, f); err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.StatusForms { return views.StatusForms{New: f} })
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "%s is added.", f.Name))
}

// Update changes a status: fields name, kind, limit.
func (h *Statuses) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, slug, err := pathStatus(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.StatusForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.UpdateStatus(r.Context(), s, key, slug, f); err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.StatusForms { return views.StatusForms{Edit: slug, Changed: f} })
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "Saved."))
}

// Move sets a status some places further up or down, or before another: field steps, or before, which is empty for the end.
func (h *Statuses) Move(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, slug, err := pathStatus(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Steps  int             `form:"steps"`
		Before projects.Status `form:"before"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if f.Steps == 0 && r.PostForm.Has("before") {
		err = h.Projects.PlaceStatus(r.Context(), s, key, slug, f.Before)
	} else {
		err = h.Projects.MoveStatus(r.Context(), s, key, slug, f.Steps)
	}
	if err != nil {
		return err
	}
	if !IsHX(r) {
		return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "settings", "statuses"))
	}
	set, err := h.Projects.StatusSettings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.StatusRows(s, set, views.StatusForms{}))
}

// ShowRemove asks where the tickets of a status go.
func (h *Statuses) ShowRemove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, slug, err := pathStatus(r)
	if err != nil {
		return err
	}
	show, err := h.removal(r, s, key, slug)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(ui.Form{}))
}

// Remove takes a status away: field to, where its tickets go.
func (h *Statuses) Remove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, slug, err := pathStatus(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		To projects.Status `form:"to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Projects.RemoveStatus(r.Context(), s, key, slug, f.To); failed != nil {
		if fault.Is(failed, fault.NotFound) {
			return failed
		}
		show, err := h.removal(r, s, key, slug)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "The status is removed."))
}

func (h *Statuses) removal(r *http.Request, s scope.Scope, key string, slug projects.Status) (func(ui.Form) templ.Component, error) {
	set, err := h.Projects.StatusSettings(r.Context(), s, key)
	if err != nil {
		return nil, err
	}
	one, ok := set.Named(slug)
	if !ok {
		return nil, fault.Missing()
	}
	return func(f ui.Form) templ.Component { return views.StatusRemove(s, set, one, f) }, nil
}

// pathStatus reads a project's key and a status's slug from the path; what is none is found to be unknown.
func pathStatus(r *http.Request) (key string, slug projects.Status, err error) {
	key, err = PathKey(r)
	return key, projects.Status(r.PathValue("status")), err
}

func (h *Statuses) saved(w http.ResponseWriter, r *http.Request, s scope.Scope, key, said string) error {
	h.Flash(w, r, said)
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "settings", "statuses"))
}

// again shows the statuses with the form that failed in its place.
func (h *Statuses) again(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, failed error, place func(ui.Form) views.StatusForms) error {
	if fault.Is(failed, fault.NotFound) {
		return failed
	}
	set, err := h.Projects.StatusSettings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.Statuses(s, set, place(f)) })
}
