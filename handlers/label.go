package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Labels serves the labels of a project, for whoever manages it.
type Labels struct {
	*Base
	Projects *projects.Projects
}

// List shows the labels; edit in the address names the one whose form is open.
func (h *Labels) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	set, err := h.Projects.LabelSettings(r.Context(), s, key)
	if err != nil {
		return err
	}
	edit, _ := uuid.Parse(r.URL.Query().Get("edit")) // what is none opens no form
	return h.Render(w, r, http.StatusOK, views.Labels(s, set, views.LabelForms{Edit: edit, New: afresh(ui.Form{})}))
}

// Create adds a label: fields id, name, hue.
func (h *Labels) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.LabelForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.AddLabel(r.Context(), s, key, f); err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.LabelForms { return views.LabelForms{New: f} })
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "%s is added.", f.Name))
}

// Update changes a label: fields name, hue.
func (h *Labels) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := pathLabel(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.LabelForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.UpdateLabel(r.Context(), s, key, id, f); err != nil {
		return h.again(w, r, s, key, err, func(f ui.Form) views.LabelForms {
			return views.LabelForms{Edit: id, Changed: f, New: afresh(ui.Form{})}
		})
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "Saved."))
}

// ShowRemove asks what the tickets of a label get instead.
func (h *Labels) ShowRemove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := pathLabel(r)
	if err != nil {
		return err
	}
	show, err := h.removal(r, s, key, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(ui.Form{}))
}

// Remove takes a label away: field to, the label that its tickets get instead, or empty for none.
func (h *Labels) Remove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, id, err := pathLabel(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		To uuid.UUID `form:"to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Projects.RemoveLabel(r.Context(), s, key, id, f.To); failed != nil {
		if fault.Is(failed, fault.NotFound) {
			return failed
		}
		show, err := h.removal(r, s, key, id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.saved(w, r, s, key, ui.T(r.Context(), "The label is removed."))
}

func (h *Labels) removal(r *http.Request, s scope.Scope, key string, id uuid.UUID) (func(ui.Form) templ.Component, error) {
	set, err := h.Projects.LabelSettings(r.Context(), s, key)
	if err != nil {
		return nil, err
	}
	one, ok := set.WithID(id)
	if !ok {
		return nil, fault.Missing()
	}
	return func(f ui.Form) templ.Component { return views.LabelRemove(s, set, one, f) }, nil
}

func pathLabel(r *http.Request) (key string, id uuid.UUID, err error) {
	key, err = PathKey(r)
	if err != nil {
		return "", uuid.Nil, err
	}
	id, err = PathID(r, "label")
	return key, id, err
}

func (h *Labels) saved(w http.ResponseWriter, r *http.Request, s scope.Scope, key, said string) error {
	h.Flash(w, r, said)
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "settings", "labels"))
}

// again shows the labels with the form that failed in its place.
func (h *Labels) again(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, failed error, place func(ui.Form) views.LabelForms) error {
	if fault.Is(failed, fault.NotFound) {
		return failed
	}
	set, err := h.Projects.LabelSettings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.Labels(s, set, place(f)) })
}
