package handlers

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

const announcementsPath = "/admin/announcements"

// Announcements lists what is announced, will be, or was.
func (h *Admin) Announcements(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	list, err := h.Admin.Announcements(r.Context(), filter(r, "show"), filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminAnnouncements(h.frame(r), listing(r, "show", "after"), list))
}

// NewAnnouncement shows the form of a new announcement.
func (h *Admin) NewAnnouncement(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	return h.Render(w, r, http.StatusOK, views.AdminAnnouncementNew(h.frame(r), h.Admin.Plans.Plans(), views.NewAnnouncement(), false))
}

// Announce keeps a new announcement, or shows how it will look.
func (h *Admin) Announce(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.AnnouncementForm](h.Base, r)
	if err != nil {
		return err
	}
	show := func(form ui.Form, preview bool) templ.Component {
		return views.AdminAnnouncementNew(h.frame(r), h.Admin.Plans.Plans(), form, preview)
	}
	if f.Preview != "" {
		return h.preview(w, r, p, f, show)
	}
	if failed := h.Admin.Announce(r.Context(), actor(r, p), f); failed != nil {
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return show(form, false) })
	}
	h.Flash(w, r, "The announcement is kept. It is shown everywhere within seconds of its beginning.")
	return h.Redirect(w, r, announcementsPath)
}

// preview draws the form with the announcement as it will look, and nothing is kept.
func (h *Admin) preview(w http.ResponseWriter, r *http.Request, p scope.Person, f admin.AnnouncementForm, show func(ui.Form, bool) templ.Component) error {
	if failed := h.Admin.CheckAnnouncement(r.Context(), actor(r, p), f); failed != nil {
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return show(form, false) })
	}
	return h.Render(w, r, http.StatusOK, show(ui.Form{Values: cloneValues(r.Form)}, true))
}

// Announcement shows one announcement, with the form that changes it.
func (h *Admin) Announcement(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	a, err := h.announcement(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminAnnouncement(h.frame(r), a, h.Admin.Plans.Plans(), views.AnnouncementForm(a, p.Location()), false))
}

func (h *Admin) announcement(r *http.Request) (admin.Announcement, error) {
	id, err := PathID(r, "id")
	if err != nil {
		return admin.Announcement{}, err
	}
	return h.Admin.Announcement(r.Context(), id)
}

// UpdateAnnouncement changes an announcement, or shows how it will look.
func (h *Admin) UpdateAnnouncement(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	a, err := h.announcement(r)
	if err != nil {
		return err
	}
	f, err := Decode[admin.AnnouncementForm](h.Base, r)
	if err != nil {
		return err
	}
	f.ID = a.ID
	show := func(form ui.Form, preview bool) templ.Component {
		return views.AdminAnnouncement(h.frame(r), a, h.Admin.Plans.Plans(), form, preview)
	}
	if f.Preview != "" {
		return h.preview(w, r, p, f, show)
	}
	if failed := h.Admin.Reannounce(r.Context(), actor(r, p), a.ID, f); failed != nil {
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return show(form, false) })
	}
	h.Flash(w, r, "The announcement is changed.")
	return h.Redirect(w, r, announcementPath(a.ID))
}

// EndAnnouncement ends an announcement now.
func (h *Admin) EndAnnouncement(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.EndAnnouncement(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The announcement has ended.")
	return h.Redirect(w, r, announcementPath(id))
}

func announcementPath(id uuid.UUID) string { return announcementsPath + "/" + id.String() }
