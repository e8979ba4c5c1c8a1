package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Tickets serves tickets: lists, the page of one, writing and changing them.
type Tickets struct {
	*Base
	Projects    *projects.Projects
	Attachments *Attachments
}

// pathTicket reads a project's key and a ticket's number from the path; anything that is none is the same 404 as an
// unknown one.
func pathTicket(r *http.Request) (key string, number int, err error) {
	key, err = PathKey(r)
	if err != nil {
		return "", 0, err
	}
	text := r.PathValue("number")
	number, err = strconv.Atoi(text)
	if err != nil || strconv.Itoa(number) != text || number < 1 {
		return "", 0, fault.Missing()
	}
	return key, number, nil
}

func ticketURL(s scope.Scope, key string, number int) string {
	return ui.ProjectPath(s.Slug, key, "tickets", strconv.Itoa(number))
}

// List shows a project's tickets as the address filters and sorts them. Without a query it leads to the view that the
// project's list opens with.
func (h *Tickets) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	list, err := h.Projects.Tickets(r.Context(), s, key, projects.ParseListQuery(r.URL.Query()))
	if err != nil {
		return err
	}
	if q := list.Query; list.Empty() && (q.After != "" || q.Before != "") { // the page was emptied, as by deleting all of it
		list.Query.After, list.Query.Before = "", ""
		return h.Redirect(w, r, strings.TrimSuffix(ui.ProjectPath(s.Slug, key, "tickets")+"?"+list.Address(), "?"))
	}
	if v := list.Opens(); v != nil && r.URL.RawQuery == "" {
		return h.Redirect(w, r, ui.ProjectPath(s.Slug, key, "tickets")+"?"+v.Query)
	}
	return h.Render(w, r, http.StatusOK, views.TicketList(s, list))
}

// New shows the form for a ticket, for htmx as a dialog; the address may choose its properties.
func (h *Tickets) New(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	form, err := h.newPage(r, s, key)
	if err != nil {
		return err
	}
	f := h.Fresh(w, r, ui.ProjectPath(s.Slug, key, "tickets"))
	if f.Values.Has("title") { // it waited for its person to sign in
		if form.Files, err = h.Projects.DraftFiles(r.Context(), s, formID(f.Value("id"))); err != nil {
			return err
		}
	}
	return h.Render(w, r, http.StatusOK, showNew(r, s, form)(withQuery(f, r.URL.Query())))
}

// newPage reads what the form offers; the address may name a ticket that it begins as a copy of.
func (h *Tickets) newPage(r *http.Request, s scope.Scope, key string) (projects.TicketForm, error) {
	number, err := strconv.Atoi(r.URL.Query().Get("copy"))
	if err != nil {
		return h.Projects.NewPage(r.Context(), s, key)
	}
	return h.Projects.CopyPage(r.Context(), s, key, number)
}

// properties are the fields of a new ticket that its address can choose, and that the next of several keeps.
func properties() []string {
	return []string{"status", "priority", "assignee", "label", "due", "estimate", "parent", "blocked_by", "another"}
}

// withQuery chooses what the form does not say yet as the address says it.
func withQuery(f ui.Form, q url.Values) ui.Form {
	values := url.Values{}
	for name, v := range f.Values {
		values[name] = v
	}
	for _, name := range properties() {
		if values.Get(name) == "" && q.Get(name) != "" {
			values[name] = q[name]
		}
	}
	f.Values = values
	return f
}

// another leads to the form for one more ticket with the same properties.
func another(r *http.Request, s scope.Scope, key string) string {
	q := url.Values{}
	for _, name := range properties() {
		if r.PostForm.Get(name) != "" {
			q[name] = r.PostForm[name]
		}
	}
	return ui.ProjectPath(s.Slug, key, "tickets", "new") + "?" + q.Encode()
}

// newAgain is the form with the files that came with it so far.
func (h *Tickets) newAgain(r *http.Request, s scope.Scope) (show func(ui.Form) templ.Component, err error) {
	key, err := PathKey(r)
	if err != nil {
		return nil, err
	}
	form, err := h.newPage(r, s, key)
	if err != nil {
		return nil, err
	}
	form.Files, err = h.Projects.DraftFiles(r.Context(), s, formID(r.PostForm.Get("id")))
	return showNew(r, s, form), err
}

func showNew(r *http.Request, s scope.Scope, form projects.TicketForm) func(ui.Form) templ.Component {
	return func(f ui.Form) templ.Component {
		f = views.Copied(form, f)
		if IsHX(r) && r.URL.Query().Get("as") == "dialog" {
			return views.TicketDialog(s, form, f)
		}
		return views.TicketNew(s, form, f)
	}
}

// formID is the id of a form; what is none is of no form.
func formID(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// renew gives a form that was sent before the id of another thing, so that it can be sent for one more.
func renew(r *http.Request, failed error) {
	if fault.Is(failed, fault.Conflict) {
		r.Form.Set("id", newID())
	}
}

// Create adds a ticket and opens it.
func (h *Tickets) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	_, unkept := h.Attachments.Receive(w, r, s, key, 0, "id")
	f, err := Decode[struct {
		projects.NewTicket
		Another bool `form:"another"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if unkept != nil { // a form that was sent twice at once leaves the other its files
		renew(r, unkept)
		return h.notMade(w, r, s, unkept)
	}
	removed, err := asksRemoval(r, func(id uuid.UUID) (files.Attachment, error) {
		return h.Attachments.Files.RemoveAhead(r.Context(), s, id)
	})
	if err != nil {
		return err
	}
	if removed || asksPreview(r) {
		show, err := h.newAgain(r, s)
		if err != nil {
			return err
		}
		return h.unsent(w, r, s, show)
	}
	number, failed := h.Projects.CreateTicket(r.Context(), s, key, f.NewTicket)
	if failed != nil {
		if err := h.anew(r, s, key, 0, f.ID, failed); err != nil {
			return err
		}
		return h.notMade(w, r, s, failed)
	}
	if f.Another {
		h.Flash(w, r, ui.T(r.Context(), "%s-%d is added", key, number))
		return h.Redirect(w, r, another(r, s, key))
	}
	return h.Redirect(w, r, ticketURL(s, key, number))
}

// anew gives a form that was sent before the id of another comment on the ticket, and its files with it; number 0 is of
// another ticket. Where that cannot be, as in a project that was archived meanwhile, the form stays what it was.
func (h *Tickets) anew(r *http.Request, s scope.Scope, key string, number int, id uuid.UUID, failed error) error {
	renew(r, failed)
	now := formID(r.Form.Get("id"))
	if now == id || id == uuid.Nil {
		return nil
	}
	_, err := h.Projects.CarryFiles(r.Context(), s, key, number, id, now)
	if fault.As(err) != nil {
		r.Form.Set("id", id.String())
		return nil
	}
	return err
}

// notMade shows the form of a ticket again, with what was typed and the files that came with it.
func (h *Tickets) notMade(w http.ResponseWriter, r *http.Request, s scope.Scope, failed error) error {
	show, err := h.newAgain(r, s)
	if err != nil {
		return err
	}
	return h.Again(w, r, failed, show)
}

// Show shows a ticket with its discussion.
func (h *Tickets) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	v := ticketView(r)
	page, err := h.Projects.TicketPage(r.Context(), s, key, number, v.Before)
	if err != nil {
		return h.elsewhere(w, r, s, key, number, err)
	}
	v.Comment, v.Files = quoting(r, page, h.Fresh(w, r, ticketURL(s, key, number)+"/comments")), afresh(ui.Form{})
	return h.Render(w, r, http.StatusOK, views.Ticket(s, page, v))
}

// quoting puts the comment that the address names into the form for a new one, when nothing stands in it.
func quoting(r *http.Request, page projects.TicketPage, f ui.Form) ui.Form {
	id, err := uuid.Parse(r.URL.Query().Get("quote"))
	c, ok := page.Comment(id)
	if err != nil || !ok || c.DeletedAt != nil || f.Value("body") != "" {
		return f
	}
	f.Values = cloneValues(f.Values)
	f.Values.Set("body", views.Quoted(c))
	return f
}

// ticketView reads from the address which part of the discussion is asked for.
func ticketView(r *http.Request) views.TicketView {
	q := r.URL.Query()
	v := views.TicketView{Show: q.Get("show"), Before: q.Get("before")}
	if v.Show != views.ShowComments && v.Show != views.ShowHistory {
		v.Show = views.ShowAll
	}
	return v
}

// Edit shows the form for title and description.
func (h *Tickets) Edit(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	form, err := h.Projects.EditPage(r.Context(), s, key, number)
	if err != nil {
		return err
	}
	f := h.Fresh(w, r, ticketURL(s, key, number))
	return h.Render(w, r, http.StatusOK, views.TicketEdit(s, form, f))
}

// Update changes title and description.
func (h *Tickets) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.EditForm](h.Base, r)
	if err != nil {
		return err
	}
	if asksPreview(r) {
		form, err := h.Projects.EditPage(r.Context(), s, key, number)
		if err != nil {
			return err
		}
		return h.unsent(w, r, s, func(f ui.Form) templ.Component { return views.TicketEdit(s, form, f) })
	}
	if failed := h.Projects.EditTicket(r.Context(), s, key, number, f); failed != nil {
		form, err := h.Projects.ClashPage(r.Context(), s, key, number, f)
		if err != nil {
			return h.carry(w, r, s, key, number, "/edit", err)
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.TicketEdit(s, form, f) })
	}
	return h.Redirect(w, r, ticketURL(s, key, number))
}
