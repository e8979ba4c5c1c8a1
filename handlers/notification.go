package handlers

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/notify"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Notifications serves the inbox, how people want to be told, and the links that end mails.
type Notifications struct {
	*Base
	Notify *notify.Notify
}

const accountNotifications = "/account/notifications"

func inboxURL(s scope.Scope) string { return ui.OrgPath(s.Slug, "inbox") }

// Inbox shows what the person was told: what is unread, or with show=all everything.
func (h *Notifications) Inbox(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	q := r.URL.Query()
	before, _ := uuid.Parse(q.Get("before")) // what is none is the first page
	page, err := h.Notify.Inbox(r.Context(), s, q.Get("show") == "all", before)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Inbox(s, page))
}

// Count is the line of the inbox in the sidebar; the guard has counted.
func (h *Notifications) Count(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	nav := ui.NavFrom(r.Context())
	nav.Path = inboxURL(s)
	if r.URL.Query().Get("here") != "1" {
		nav.Path = ""
	}
	return h.Render(w, r, http.StatusOK, ui.InboxCount(nav))
}

// Open leads to what a notification is about, and marks it as read.
func (h *Notifications) Open(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	to, err := h.Notify.Open(r.Context(), s, id)
	if err != nil {
		return err
	}
	url := ui.ProjectPath(s.Slug, to.Project, "tickets", strconv.Itoa(int(to.Number)))
	if to.Comment != nil {
		url += "/comments/" + to.Comment.String()
	}
	return h.Redirect(w, r, url)
}

// MarkRead marks one notification as read, or with read=0 as not.
func (h *Notifications) MarkRead(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[inboxForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Notify.MarkRead(r.Context(), s, id, f.Read != "0"); err != nil {
		return err
	}
	return h.Redirect(w, r, SafeNext(f.Back, inboxURL(s)))
}

type inboxForm struct {
	Read string    `form:"read"`
	UpTo uuid.UUID `form:"up_to"`
	Back string    `form:"back"`
}

// MarkAllRead marks as read what was on the page when the button was shown, and all before it.
func (h *Notifications) MarkAllRead(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[inboxForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Notify.MarkAllRead(r.Context(), s, f.UpTo); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "Everything is read."))
	return h.Redirect(w, r, inboxURL(s))
}

// Settings shows how the person wants to be told.
func (h *Notifications) Settings(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.settings(w, r, p, http.StatusOK, ui.Form{})
}

func (h *Notifications) settings(w http.ResponseWriter, r *http.Request, p scope.Person, status int, f ui.Form) error {
	choices, err := h.Notify.Choices(r.Context(), p)
	if err != nil {
		return err
	}
	return h.Render(w, r, status, views.NotificationSettings(choices, f))
}

// UpdateSettings keeps how the person wants to be told.
func (h *Notifications) UpdateSettings(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[notify.ChoiceForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Notify.SetChoices(r.Context(), p, f); failed != nil {
		choices, err := h.Notify.Choices(r.Context(), p)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.NotificationSettings(choices, f) })
	}
	h.Flash(w, r, ui.T(r.Context(), "Saved."))
	return h.Redirect(w, r, accountNotifications)
}

// Wishes shows what the person wants to hear of each project.
func (h *Notifications) Wishes(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	wishes, err := h.Notify.Wishes(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.NotificationWishes(s, wishes, ui.Form{}))
}

// UpdateWish keeps what the person wants to hear of a project.
func (h *Notifications) UpdateWish(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Level notify.Level `form:"level"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Notify.SetLevel(r.Context(), s, key, f.Level); failed != nil {
		wishes, err := h.Notify.Wishes(r.Context(), s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.NotificationWishes(s, wishes, f) })
	}
	h.Flash(w, r, ui.T(r.Context(), "Saved."))
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "notifications"))
}

// ShowUnsubscribe asks whoever opened the link of a mail whether these mails should end. Opening it ends nothing.
func (h *Notifications) ShowUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	u, err := h.Notify.Unsubscription(r.Context(), r.PathValue("about"), r.PathValue("token"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Unsubscribe(u, r.URL.Path, r.URL.Query().Get("done") == "1"))
}

// Unsubscribe ends the mails that a link is about, or with all=1 all of them; without signing in, because who has the
// mail has the address.
func (h *Notifications) Unsubscribe(w http.ResponseWriter, r *http.Request) error {
	u, err := h.Notify.Unsubscription(r.Context(), r.PathValue("about"), r.PathValue("token"))
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		All      string `form:"all"`
		OneClick string `form:"List-Unsubscribe"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Notify.Unsubscribe(r.Context(), u, f.All == "1"); err != nil {
		return err
	}
	if f.OneClick != "" { // a mail program sends it, which follows no redirects (RFC 8058, section 3.1)
		return h.Render(w, r, http.StatusOK, views.Unsubscribe(u, r.URL.Path, true))
	}
	return h.Redirect(w, r, r.URL.Path+"?done=1")
}
