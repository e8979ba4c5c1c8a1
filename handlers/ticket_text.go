package handlers

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/markdown"
	"plinth/views/ui"
)

// Tick ticks a task of a ticket's description, or takes its tick away: fields task, its number, and revision, the text
// that the person saw.
func (h *Tickets) Tick(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Task     int   `form:"task"`
		Revision int32 `form:"revision"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	form, err := h.Projects.EditPage(r.Context(), s, key, number)
	if err != nil {
		return err
	}
	body, done, ok := markdown.FlipTask(form.Ticket.Body, f.Task)
	if form.Ticket.Revision != f.Revision || !ok {
		return h.ticked(w, r, s, ui.Flash{Kind: "bad", Text: ui.T(r.Context(), "The text was changed since you read it. Here is what it says now.")})
	}
	task := "open"
	if done {
		task = "done"
	}
	err = h.Projects.EditTicket(r.Context(), s, key, number, projects.EditForm{Title: form.Ticket.Title, Body: body, Revision: f.Revision, Task: task})
	if fault.Is(err, fault.Conflict) {
		return h.ticked(w, r, s, ui.Flash{Kind: "bad", Text: ui.T(r.Context(), "The text was changed since you read it. Here is what it says now.")})
	}
	if err != nil {
		return err
	}
	said := ui.T(r.Context(), "Task %s is open again", strconv.Itoa(f.Task))
	if done {
		said = ui.T(r.Context(), "Task %s is done", strconv.Itoa(f.Task))
	}
	return h.ticked(w, r, s, ui.Flash{Text: said})
}

func (h *Tickets) ticked(w http.ResponseWriter, r *http.Request, s scope.Scope, said ui.Flash) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	if !IsHX(r) {
		h.Sessions.AddFlash(w, r, said.Kind, said.Text)
		return h.Redirect(w, r, ticketURL(s, key, number))
	}
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, "")
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.TicketTicked(s, page, views.TicketView{}, said))
}

// Preview draws the field body as it will look.
func (h *Tickets) Preview(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Body string `form:"body"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	known, err := h.Projects.Preview(r.Context(), s, key, f.Body)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Preview(s, key, known, f.Body))
}

// asksPreview says whether a form was sent only to see how its text will look.
func asksPreview(r *http.Request) bool { return parse(r) == nil && r.PostForm.Get("preview") != "" }

// unsent shows a form again that was sent for something else than what it is for, with the preview of its text when that
// was asked for: what was typed stays.
func (h *Tickets) unsent(w http.ResponseWriter, r *http.Request, s scope.Scope, show func(ui.Form) templ.Component) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	form := ui.Form{Values: cloneValues(r.Form)}
	if !asksPreview(r) {
		return h.Render(w, r, http.StatusOK, show(form))
	}
	body := r.PostForm.Get("body")
	known, err := h.Projects.Preview(r.Context(), s, key, body)
	if err != nil {
		return err
	}
	ctx := views.WithPreview(r.Context(), views.Preview(s, key, known, body))
	return h.Render(w, r.WithContext(ctx), http.StatusOK, show(form))
}

// Complete answers with what may stand behind what somebody types: q is @, # or a key, and what follows it.
func (h *Tickets) Complete(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	found, err := h.Projects.Complete(r.Context(), s, key, r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Completions(found))
}
