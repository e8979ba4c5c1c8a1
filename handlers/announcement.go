package handlers

import (
	"net/http"

	"github.com/google/uuid"

	"plinth/views/ui"
)

// DismissAnnouncement shows an announcement in this browser no more, to whoever is here, and leads back to the page.
func (h *Pages) DismissAnnouncement(w http.ResponseWriter, r *http.Request) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	person, err := uuid.Parse(ui.NavFrom(r.Context()).Person.ID)
	if err != nil {
		person = uuid.Nil // nobody is signed in
	}
	h.Sessions.Dismiss(w, r, id, person)
	return h.Redirect(w, r, pageOf(r))
}
