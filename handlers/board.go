package handlers

import (
	"net/http"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
)

// Boards serves the boards of projects.
type Boards struct {
	*Base
	Projects *projects.Projects
}

// Show shows a project's tickets in lanes, as the address filters them.
func (h *Boards) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	board, err := h.Projects.Board(r.Context(), s, key, projects.ParseListQuery(r.URL.Query()).Filter)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Board(s, board))
}
