package handlers

import (
	"net/http"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
)

// Mine shows the person's work in all their projects: what is assigned to them, or what show in the address names.
func (h *Tickets) Mine(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	q := r.URL.Query()
	mine, err := h.Projects.Mine(r.Context(), s, projects.MineQuery{Show: q.Get("show"), After: q.Get("after"), Before: q.Get("before")})
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.MyTickets(s, mine))
}
