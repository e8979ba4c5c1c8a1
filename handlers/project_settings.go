package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Settings shows what can be changed of a project.
func (h *Projects) Settings(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	set, err := h.Projects.Settings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectSettings(s, set, views.ProjectForms{}))
}

// Update changes name, description, visibility and colour.
func (h *Projects) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.ProjectForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.Update(r.Context(), s, key, f); err != nil {
		return h.settingsAgain(w, r, s, key, err, func(f ui.Form) views.ProjectForms { return views.ProjectForms{General: f} })
	}
	if f.Visibility == string(projects.ForMembers) {
		// Whoever changed it may have shut themselves out; the list of projects is open to them in any case.
		if _, err := h.Projects.Project(r.Context(), s, key); err != nil {
			h.Flash(w, r, ui.T(r.Context(), "Saved. The project is open to its members now."))
			return h.Redirect(w, r, ui.OrgPath(s.Slug, "projects"))
		}
	}
	return h.settingsSaved(w, r, s, key, ui.T(r.Context(), "Saved."))
}

// Archive puts a project away or brings it back: field archived.
func (h *Projects) Archive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Archived bool `form:"archived"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.SetArchived(r.Context(), s, key, f.Archived); err != nil {
		return err
	}
	said := ui.T(r.Context(), "The project is back.")
	if f.Archived {
		said = ui.T(r.Context(), "The project is archived. It can be read, and brought back here.")
	}
	return h.settingsSaved(w, r, s, key, said)
}

// AddMember adds a person to the project: field user.
func (h *Projects) AddMember(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		User uuid.UUID `form:"user"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.AddMember(r.Context(), s, key, f.User); err != nil {
		return h.settingsAgain(w, r, s, key, err, func(f ui.Form) views.ProjectForms { return views.ProjectForms{Member: f} })
	}
	return h.settingsSaved(w, r, s, key, ui.T(r.Context(), "Added."))
}

// RemoveMember takes a person out of the project.
func (h *Projects) RemoveMember(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "user")
	if err != nil {
		return err
	}
	if err := h.Projects.RemoveMember(r.Context(), s, key, id); err != nil {
		return err
	}
	said := ui.T(r.Context(), "Removed. Their tickets stay.")
	if id == s.Person.ID {
		// They may not see the project any more.
		h.Flash(w, r, said)
		return h.Redirect(w, r, ui.OrgPath(s.Slug, "projects"))
	}
	return h.settingsSaved(w, r, s, key, said)
}

func (h *Projects) settingsSaved(w http.ResponseWriter, r *http.Request, s scope.Scope, key, said string) error {
	h.Flash(w, r, said)
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "settings"))
}

// settingsAgain shows the settings with the form that failed in its place.
func (h *Projects) settingsAgain(
	w http.ResponseWriter, r *http.Request, s scope.Scope, key string, failed error, place func(ui.Form) views.ProjectForms,
) error {
	set, err := h.Projects.Settings(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.ProjectSettings(s, set, place(f)) })
}
