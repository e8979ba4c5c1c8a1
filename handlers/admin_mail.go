package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Mails shows the log of mails.
func (h *Admin) Mails(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.MailFilter{State: filter(r, "state"), Kind: filter(r, "kind"), To: filter(r, "to")}
	page, err := h.Admin.Mails(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminMails(h.frame(r), listing(r, "state", "kind", "to", "after"), page))
}

// Mail shows one mail of the log.
func (h *Admin) Mail(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	return h.mail(w, r, nil)
}

// mail draws a mail, with the form that sends it again once more when failed is not nil.
func (h *Admin) mail(w http.ResponseWriter, r *http.Request, failed error) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	m, err := h.Admin.Mail(r.Context(), id)
	if err != nil {
		return err
	}
	if failed == nil {
		return h.Render(w, r, http.StatusOK, views.AdminMail(h.frame(r), m, ui.Form{}))
	}
	return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminMail(h.frame(r), m, form) })
}

// SendMailAgain has a mail sent once more.
func (h *Admin) SendMailAgain(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if failed := h.Admin.SendMailAgain(r.Context(), actor(r, p), id); failed != nil {
		return h.mail(w, r, failed)
	}
	h.Flash(w, r, "The mail is queued. It goes out within seconds.")
	return h.Redirect(w, r, "/admin/mails/"+id.String())
}

// Suppressions shows the addresses that get no mail.
func (h *Admin) Suppressions(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	return h.suppressions(w, r, nil)
}

func (h *Admin) suppressions(w http.ResponseWriter, r *http.Request, failed error) error {
	list, err := h.Admin.Suppressions(r.Context(), filter(r, "q"), filter(r, "after"))
	if err != nil {
		return err
	}
	l := listing(r, "q", "after")
	l.Path = "/admin/mails/suppressed"
	if failed == nil {
		return h.Render(w, r, http.StatusOK, views.AdminSuppressions(h.frame(r), l, list, ui.Form{}))
	}
	return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminSuppressions(h.frame(r), l, list, form) })
}

// Suppress puts an address on the list.
func (h *Admin) Suppress(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.SuppressForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Suppress(r.Context(), actor(r, p), f); failed != nil {
		return h.suppressions(w, r, failed)
	}
	h.Flash(w, r, "The address gets no mail from now on.")
	return h.Redirect(w, r, "/admin/mails/suppressed")
}

// Unsuppress takes an address off the list.
func (h *Admin) Unsuppress(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.SuppressForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.Unsuppress(r.Context(), actor(r, p), f); failed != nil {
		return h.suppressions(w, r, failed)
	}
	h.Flash(w, r, "The address gets mail again.")
	return h.Redirect(w, r, "/admin/mails/suppressed")
}
