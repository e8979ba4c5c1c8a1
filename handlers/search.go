package handlers

import (
	"net/http"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
)

// Search serves the search across all that a person may see of an organization.
type Search struct {
	*Base
	Projects *projects.Projects
}

// Show finds what the address asks for: q. The palette asks for its lines alone.
func (h *Search) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	found, err := h.Projects.Search(r.Context(), s, r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	if IsHX(r) && r.URL.Query().Get("as") == "lines" {
		return h.Render(w, r, http.StatusOK, views.SearchLines(s, found))
	}
	return h.Render(w, r, http.StatusOK, views.Search(s, found))
}
