package handlers

import (
	"errors"
	"io/fs"
	"net/http"

	"plinth/internal/fault"
	"plinth/internal/mailer"
	"plinth/views"
)

// DevMail serves the mailbox of development: every mail Plinth would have sent.
type DevMail struct {
	*Base
	Folder *mailer.Folder // nil outside development
}

const devMails = 100

// List shows the newest mails, optionally those to one address (?to=).
func (h *DevMail) List(w http.ResponseWriter, r *http.Request) error {
	if h.Folder == nil {
		return fault.Missing()
	}
	to := r.URL.Query().Get("to")
	mails, err := h.Folder.List(devMails, to)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.DevMail(mails, to))
}

func (h *DevMail) get(r *http.Request) (mailer.Kept, error) {
	if h.Folder == nil {
		return mailer.Kept{}, fault.Missing()
	}
	m, err := h.Folder.Get(r.PathValue("id"))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fault.Missing()
	}
	return m, err
}

// Show shows one mail.
func (h *DevMail) Show(w http.ResponseWriter, r *http.Request) error {
	m, err := h.get(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.DevMailOne(m))
}

// HTML is the mail's own document.
func (h *DevMail) HTML(w http.ResponseWriter, r *http.Request) error {
	m, err := h.get(r)
	if err != nil {
		return err
	}
	return mailDocument(w, m.HTML)
}

// mailDocument answers with the document of a mail, under a policy of its own: its styles may be inline, nothing may run or
// load.
func mailDocument(w http.ResponseWriter, html string) error {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write([]byte(html))
	return err
}

// Clear deletes all mails.
func (h *DevMail) Clear(w http.ResponseWriter, r *http.Request) error {
	if h.Folder == nil {
		return fault.Missing()
	}
	if err := h.Folder.Clear(); err != nil {
		return err
	}
	return h.Redirect(w, r, "/dev/mail")
}
