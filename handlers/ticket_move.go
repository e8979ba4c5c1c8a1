package handlers

import (
	"encoding/json"
	"fmt"
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

// carry answers a form that was sent to a ticket which is not there any more: what was typed waits for the same form where
// the ticket is now, or until it is brought back from the trash. page is the form's, below the ticket's. missing is the
// answer when the ticket is in neither place, or when the page with the text stays in sight.
func (h *Tickets) carry(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, number int, page string, missing error) error {
	if !fault.Is(missing, fault.NotFound) || IsHX(r) {
		return h.elsewhere(w, r, s, key, number, missing)
	}
	_, e, err := h.Projects.Elsewhere(r.Context(), s, key, number)
	if err != nil || e.MovedKey == "" && e.DeletedAt == nil {
		return missing
	}
	from := ticketURL(s, key, number)
	to, open := from, from
	said := ui.T(r.Context(), "%s was moved to the trash meanwhile. What you wrote is kept: bring the ticket back, and it is in its form.", nameOf(key, number))
	if e.MovedKey != "" {
		to = ticketURL(s, e.MovedKey, int(e.MovedNumber))
		open = to + page
		said = ui.T(r.Context(), "The ticket is %s now. What you wrote is in the form, and not sent yet.", nameOf(e.MovedKey, int(e.MovedNumber)))
	}
	data, err := json.Marshal(held{Action: strings.Replace(r.URL.Path, from, to, 1), Page: to, Values: cloneValues(r.PostForm), User: s.Person.ID})
	if err != nil {
		return fmt.Errorf("keep the form: %w", err)
	}
	if err := h.Sessions.Hold(w, r, data); err != nil {
		return err
	}
	h.Sessions.AddFlash(w, r, "bad", said)
	return h.Redirect(w, r, open)
}
