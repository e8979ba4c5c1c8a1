package handlers

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// UpdateAddress gives the organization another address and leads to it.
func (h *Organizations) UpdateAddress(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Slug string `form:"slug"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	slug, failed := h.Tenants.ChangeSlug(r.Context(), s, f.Slug)
	if failed != nil {
		set, err := h.Tenants.Settings(r.Context(), s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component {
			return views.OrganizationSettings(set, s, afresh(ui.Form{}), ui.Form{}, f)
		})
	}
	h.Flash(w, r, "The address is changed. Links with the old one lead here.")
	return h.Redirect(w, r, ui.OrgPath(slug, "settings"))
}

// Moved leads from an organization's address of old to the same page at the one in force. A form is sent again there, by
// the browser itself; the text of one whose session had ended goes along.
func (b *Base) Moved(w http.ResponseWriter, r *http.Request, from, to string) error {
	if err := b.moveHeld(w, r, ui.OrgPath(from), ui.OrgPath(to)); err != nil {
		return err
	}
	at := ui.OrgPath(to) + strings.TrimPrefix(r.URL.EscapedPath(), ui.OrgPath(from))
	if r.URL.RawQuery != "" {
		at += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, at, http.StatusPermanentRedirect) //nolint:gosec // a page of ours: the address in force and the rest of this one's path
	return nil
}

func (b *Base) moveHeld(w http.ResponseWriter, r *http.Request, from, to string) error {
	var h held
	if data := b.Sessions.Peek(r.Context()); data == nil || json.Unmarshal(data, &h) != nil {
		return nil //nolint:nilerr // what cannot be read is kept as it is
	}
	rest, ok := strings.CutPrefix(h.Action, from)
	if !ok || (rest != "" && rest[0] != '/') {
		return nil
	}
	h.Action = to + rest
	if rest, ok := strings.CutPrefix(h.Page, from); ok {
		h.Page = to + rest
	}
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return b.Sessions.Hold(w, r, data)
}
