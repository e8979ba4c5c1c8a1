package handlers

import (
	"cmp"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// SavedViews serves lists that are kept under a name.
type SavedViews struct {
	*Base
	Projects *projects.Projects
}

// List shows the views of a project, and the form that saves the list that the address asks for.
func (h *SavedViews) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	page, err := h.Projects.Views(r.Context(), s, key, projects.ParseListQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.SavedViews(s, page, views.SavedViewForms{New: afresh(ui.Form{})}))
}

// Create saves a list: fields id, name, query, shared. It leads to the list.
func (h *SavedViews) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.ViewForm](h.Base, r)
	if err != nil {
		return err
	}
	query, err := h.Projects.SaveView(r.Context(), s, key, f)
	if err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.SavedViewForms { return views.SavedViewForms{New: f} })
	}
	h.Flash(w, r, ui.T(r.Context(), "The view is saved."))
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "tickets")+"?"+cmp.Or(query, projects.AllTickets))
}

// Update renames a view and says whether others use it: fields name, shared.
func (h *SavedViews) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "view")
	if err != nil {
		return err
	}
	f, err := Decode[projects.ViewForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.UpdateView(r.Context(), s, key, id, f); err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.SavedViewForms {
			return views.SavedViewForms{Changed: f, Edit: id, New: afresh(ui.Form{})}
		})
	}
	h.Flash(w, r, ui.T(r.Context(), "Saved."))
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "views"))
}

// Open makes a view what the list opens with, or no longer: field opens.
func (h *SavedViews) Open(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "view")
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Opens bool `form:"opens"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	said := ui.T(r.Context(), "The list opens with this view now, for everybody.")
	if !f.Opens {
		id, said = uuid.Nil, ui.T(r.Context(), "The list opens with all tickets again.")
	}
	if err := h.Projects.OpenWith(r.Context(), s, key, id); err != nil {
		return err
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "views"))
}

// Delete deletes a view.
func (h *SavedViews) Delete(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "view")
	if err != nil {
		return err
	}
	if err := h.Projects.DeleteView(r.Context(), s, key, id); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "The view is deleted."))
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "views"))
}

// again shows the views with the form that failed in its place.
func (h *SavedViews) again(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, failed error, place func(ui.Form) views.SavedViewForms) error {
	page, err := h.Projects.Views(r.Context(), s, key, projects.ListQuery{})
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.SavedViews(s, page, place(f)) })
}
