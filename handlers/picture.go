package handlers

import (
	"bytes"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/views"
	"plinth/views/ui"
)

// Pictures serves the pictures of people and organizations. Each route asks by its guard who may see them, so that a
// picture is never more public than the page it is on.
type Pictures struct {
	*Base
	Pictures *users.Pictures
	Tenants  *tenants.Tenants
}

// Own sends a person's own picture.
func (h *Pictures) Own(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.send(w, r)(h.Pictures.Own(r.Context(), p, r.PathValue("file")))
}

// Member sends the picture of somebody who belongs to the organization.
func (h *Pictures) Member(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "user")
	if err != nil {
		return err
	}
	return h.send(w, r)(h.Tenants.MemberPicture(r.Context(), s, id, r.PathValue("file")))
}

// Logo sends the organization's logo.
func (h *Pictures) Logo(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.send(w, r)(h.Tenants.Logo(r.Context(), s, r.PathValue("file")))
}

// Staff sends anybody's picture to the back-office.
func (h *Pictures) Staff(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	return h.send(w, r)(h.Pictures.Open(r.Context(), id, r.PathValue("file")))
}

// send answers with a picture. Its address is made anew with each picture, so browsers may keep it for good; and should
// one ever take it for a page, nothing in it runs.
func (h *Pictures) send(w http.ResponseWriter, r *http.Request) func(users.PictureFile, error) error {
	return func(file users.PictureFile, err error) error {
		if err != nil {
			return err
		}
		head := w.Header()
		head.Set("Content-Type", file.Type)
		head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		head.Set("Cache-Control", "private, max-age=31536000, immutable")
		head.Set("ETag", `"`+r.PathValue("file")+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.Data))
		return nil
	}
}

// UpdatePicture makes an image the person's picture.
func (h *Account) UpdatePicture(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := sentPicture(w, r)
	if err == nil {
		p.Picture, err = h.Pictures.Set(r.Context(), p, f, pictureFrom(r))
	}
	if err == nil {
		return h.pictured(w, r, p, ui.T(r.Context(), "Your picture is saved."))
	}
	if IsHX(r) {
		return h.Again(w, r, err, func(f ui.Form) templ.Component { return views.AccountPicture(p, afresh(f)) })
	}
	return h.again(w, r, p, err, func(page *views.AccountPage, f ui.Form) { page.Picture = afresh(f) })
}

// RemovePicture takes the person's picture away.
func (h *Account) RemovePicture(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	if err := h.Pictures.Remove(r.Context(), p, pictureFrom(r)); err != nil {
		return err
	}
	p.Picture = ""
	return h.pictured(w, r, p, ui.T(r.Context(), "Your picture is removed."))
}

// pictured answers a change of the picture. For htmx it is the part of the page about it, so that what is typed into
// the other forms stays.
func (h *Account) pictured(w http.ResponseWriter, r *http.Request, p scope.Person, said string) error {
	if !IsHX(r) {
		h.Flash(w, r, said)
		return h.Redirect(w, r, "/account")
	}
	nav := ui.NavFrom(r.Context())
	nav.Person.Picture = p.Picture
	r = r.WithContext(ui.WithNav(r.Context(), nav))
	return h.Render(w, r, http.StatusOK, views.AccountPictured(p, afresh(ui.Form{}), said))
}

// afresh gives the form for the next picture an id of its own.
func afresh(f ui.Form) ui.Form {
	f.Values = map[string][]string{"id": {newID()}}
	return f
}

func pictureFrom(r *http.Request) users.From {
	d := Device(r)
	return users.From{Address: d.Address, Device: d.Name(), Request: d.Request}
}
