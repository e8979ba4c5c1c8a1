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

// Delete puts a ticket into the trash and leads to the list, with a way to take that back.
func (h *Tickets) Delete(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	if err := h.Projects.DeleteTicket(r.Context(), s, key, number); err != nil {
		return err
	}
	h.FlashUndo(w, r, ui.T(r.Context(), "%s is in the trash.", nameOf(key, number)), ticketURL(s, key, number)+"/restore")
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "tickets"))
}

// Restore brings a ticket back from the trash and opens it.
func (h *Tickets) Restore(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	if err := h.Projects.RestoreTicket(r.Context(), s, key, number); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "%s is back.", nameOf(key, number)))
	return h.Redirect(w, r, ticketURL(s, key, number))
}

// Erase deletes a ticket in the trash for good: field confirm, its key.
func (h *Tickets) Erase(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Name string `form:"confirm"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Projects.EraseTicket(r.Context(), s, key, number, f.Name); failed != nil {
		project, e, err := h.Projects.Elsewhere(r.Context(), s, key, number)
		if err != nil || e.MovedKey != "" || e.DeletedAt == nil {
			return failed
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.TicketTrashed(s, project, number, e, f) })
	}
	h.Flash(w, r, ui.T(r.Context(), "%s is deleted for good.", nameOf(key, number)))
	return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "trash"))
}

// Trash lists what lies in the trash of a project.
func (h *Tickets) Trash(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	trash, err := h.Projects.Trash(r.Context(), s, key, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Trash(s, trash))
}

// elsewhere answers for a ticket that is not where it is looked for: its page in the trash, or the way to where it was
// moved. Pieces of a page that somebody still looks at stay as they are, and a line says so.
func (h *Tickets) elsewhere(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int, missing error) error {
	if !fault.Is(missing, fault.NotFound) {
		return missing
	}
	project, e, err := h.Projects.Elsewhere(r.Context(), s, key, number)
	switch {
	case fault.Is(err, fault.NotFound):
		return missing
	case err != nil:
		return err
	case e.MovedKey != "" && IsHX(r):
		return fault.New(fault.NotFound, ui.T(r.Context(), "This ticket was moved to %s. Reload the page to follow it.", nameOf(e.MovedKey, int(e.MovedNumber))))
	case e.MovedKey != "":
		return h.Redirect(w, r, ticketURL(s, e.MovedKey, int(e.MovedNumber)))
	case e.DeletedAt == nil:
		return missing // it came back in this moment
	case IsHX(r):
		return fault.New(fault.NotFound, ui.T(r.Context(), "This ticket was moved to the trash. Reload the page to bring it back."))
	}
	return h.Render(w, r, http.StatusOK, views.TicketTrashed(s, project, number, e, ui.Form{}))
}

func nameOf(key string, number int) string {
	return projects.Row{Project: key, Number: int32(number)}.Key()
}
