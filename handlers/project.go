package handlers

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Projects serves projects: the list, a project's first page, making and changing one.
type Projects struct {
	*Base
	Projects *projects.Projects
}

var projectKey = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,5}$`)

// PathKey reads a project's key from the path; anything that is none is the same 404 as an unknown one.
func PathKey(r *http.Request) (string, error) {
	key := r.PathValue("key")
	if !projectKey.MatchString(key) {
		return "", fault.Missing()
	}
	return key, nil
}

// List shows the projects in work, or the archived ones.
func (h *Projects) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	archived := r.URL.Query().Get("archived") != ""
	list, err := h.Projects.List(r.Context(), s, archived, projectCursor(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Projects(s, list, archived))
}

// projectCursor reads a page's place; what cannot be read is the first page.
func projectCursor(text string) projects.ListCursor {
	id, name, _ := strings.Cut(text, ".")
	last, err := uuid.Parse(id)
	if err != nil || strings.ContainsRune(name, 0) || strings.ToValidUTF8(name, "") != name {
		return projects.ListCursor{}
	}
	return projects.ListCursor{Name: name, ID: last}
}

// Show shows a project's first page.
func (h *Projects) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	page, err := h.Projects.ProjectDashboard(r.Context(), s, key)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectDashboard(s, page))
}

// New shows the form for a project, and says when the plan has no room for one.
func (h *Projects) New(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	show, err := h.form(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(h.Fresh(w, r, ui.OrgPath(s.Slug, "projects"))))
}

func (h *Projects) form(r *http.Request, s scope.Scope) (func(ui.Form) templ.Component, error) {
	used, err := h.Projects.Used(r.Context(), s)
	if err != nil {
		return nil, err
	}
	room := views.ProjectRoom{Used: int(used), Limit: s.Limits.Projects}
	return func(f ui.Form) templ.Component { return views.ProjectNew(s, room, f) }, nil
}

// Create makes a project and opens it.
func (h *Projects) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[projects.NewProject](h.Base, r)
	if err != nil {
		return err
	}
	key, failed := h.Projects.Create(r.Context(), s, f)
	if failed != nil {
		renew(r, failed)
		show, err := h.form(r, s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key))
}
