package handlers

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Move shows the form that moves a ticket to another project.
func (h *Tickets) Move(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	page, err := h.Projects.MovePage(r.Context(), s, key, number)
	if err != nil {
		return h.elsewhere(w, r, s, key, number, err)
	}
	return h.Render(w, r, http.StatusOK, views.TicketMove(s, page, ui.Form{}))
}

// CreateMove moves a ticket to another project: field project, its key. Sent twice it leads to where the ticket is.
func (h *Tickets) CreateMove(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Project string `form:"project"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	moved, failed := h.Projects.MoveToProject(r.Context(), s, key, number, f.Project)
	if failed != nil {
		page, err := h.Projects.MovePage(r.Context(), s, key, number)
		if err != nil {
			return h.elsewhere(w, r, s, key, number, err)
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.TicketMove(s, page, f) })
	}
	said := ui.T(r.Context(), "%s is %s now.", nameOf(key, number), nameOf(moved.Key, moved.Number))
	if len(moved.Labels) > 0 {
		said += " " + ui.T(r.Context(), "Left behind: %s.", strings.Join(moved.Labels, ", "))
	}
	if moved.Unassigned {
		said += " " + ui.T(r.Context(), "It is assigned to nobody, because who had it does not see the project.")
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, ticketURL(s, moved.Key, moved.Number))
}

// follow leads on from an address below a ticket that was moved to another project; missing is the answer when it was not.
func follow(b *Base, p *projects.Projects, w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int, missing error) error {
	if !fault.Is(missing, fault.NotFound) || IsHX(r) {
		return missing
	}
	_, e, err := p.Elsewhere(r.Context(), s, key, number)
	if err != nil || e.MovedKey == "" {
		return missing
	}
	return b.Redirect(w, r, strings.Replace(r.URL.Path, ticketURL(s, key, number), ticketURL(s, e.MovedKey, int(e.MovedNumber)), 1))
}
