package handlers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

func flagPath(key string) string { return "/admin/flags/" + url.PathEscape(key) }

// Flags lists the switches.
func (h *Admin) Flags(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	list, err := h.Admin.FlagList(r.Context())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminFlags(h.frame(r), list))
}

// Flag shows one switch with its history.
func (h *Admin) Flag(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	key, err := pathText(r, "key")
	if err != nil {
		return err
	}
	return h.flag(w, r, key, nil, nil)
}

// flag draws a switch; with failed, once more with the form that into puts where it belongs.
func (h *Admin) flag(w http.ResponseWriter, r *http.Request, key string, failed error, into func(*views.FlagForms, ui.Form)) error {
	page, err := h.Admin.Flag(r.Context(), key, filter(r, "after"))
	if err != nil {
		return err
	}
	l := listing(r, "after")
	l.Path = flagPath(key)
	show := func(forms views.FlagForms) templ.Component { return views.AdminFlag(h.frame(r), l, page, forms) }
	if failed == nil {
		return h.Render(w, r, http.StatusOK, show(views.FlagForms{}))
	}
	return h.Again(w, r, failed, func(f ui.Form) templ.Component {
		var forms views.FlagForms
		into(&forms, f)
		return show(forms)
	})
}

// SetFlag sets a switch for all.
func (h *Admin) SetFlag(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	key, err := pathText(r, "key")
	if err != nil {
		return err
	}
	f, err := Decode[admin.SetFlagForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.SetFlag(r.Context(), actor(r, p), key, f); failed != nil {
		return h.flag(w, r, key, failed, func(forms *views.FlagForms, f ui.Form) { forms.Set = f })
	}
	h.Flash(w, r, "The flag is set. Every process knows within seconds.")
	return h.Redirect(w, r, flagPath(key))
}

// SetFlagFor sets a switch for an organization or a person.
func (h *Admin) SetFlagFor(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	key, err := pathText(r, "key")
	if err != nil {
		return err
	}
	f, err := Decode[admin.FlagTargetForm](h.Base, r)
	if err != nil {
		return err
	}
	failed := h.Admin.SetFlagFor(r.Context(), actor(r, p), key, f)
	switch {
	case fault.Is(failed, fault.Conflict):
		return failed // its page has no such form
	case failed != nil:
		return h.flag(w, r, key, failed, func(forms *views.FlagForms, f ui.Form) { forms.Target = f })
	}
	h.Flash(w, r, "The flag is set for them.")
	return h.Redirect(w, r, flagPath(key))
}

// UnsetFlagFor lets an organization or a person have what all have.
func (h *Admin) UnsetFlagFor(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	key, err := pathText(r, "key")
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		ID uuid.UUID `form:"id"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Admin.UnsetFlagFor(r.Context(), actor(r, p), key, f.ID); err != nil {
		return err
	}
	h.Flash(w, r, "They have what all have.")
	return h.Redirect(w, r, flagPath(key))
}

// DeleteFlag takes away what is set of a switch that the code no longer knows.
func (h *Admin) DeleteFlag(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	key, err := pathText(r, "key")
	if err != nil {
		return err
	}
	if err := h.Admin.DeleteFlag(r.Context(), actor(r, p), key); err != nil {
		return err
	}
	h.Flash(w, r, "What was set of the flag is deleted.")
	return h.Redirect(w, r, "/admin/flags")
}
