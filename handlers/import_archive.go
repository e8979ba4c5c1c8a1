package handlers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views"
	"plinth/views/ui"
)

// MaxArchive is the largest form with an archive.
const MaxArchive = transfer.MaxArchive + 16<<20

// Archives offers to bring a whole project in, and lists those that the person sent.
func (h *Imports) Archives(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	past, err := h.Transfer.Archives(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Archives(s, past, h.Transfer.TakesArchives(s), h.Fresh(w, r, ui.OrgPath(s.Slug, "imports"))))
}

// CreateArchive takes an archive in.
func (h *Imports) CreateArchive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, failed := h.receive(w, r, MaxArchive, func(ctx context.Context, sent transfer.Sent) error { return h.Transfer.ReceiveArchive(ctx, s, sent) })
	if failed != nil {
		past, err := h.Transfer.Archives(r.Context(), s)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component {
			f.Values = url.Values{"id": {newID()}} // what is sent next is something else
			return views.Archives(s, past, h.Transfer.TakesArchives(s), f)
		})
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "imports", id.String()))
}

// ShowArchive shows how far an archive is.
func (h *Imports) ShowArchive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	page, err := h.Transfer.ImportPage(r.Context(), s, "", id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Archive(s, page, asksToThrow(r)))
}

// StartArchive makes the project of an archive and fills it: fields name and key.
func (h *Imports) StartArchive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		Name string `form:"name"`
		Key  string `form:"key"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if failed := h.Transfer.StartArchive(r.Context(), s, id, f.Name, f.Key); failed != nil {
		if fault.Is(failed, fault.NotFound) {
			return failed
		}
		page, err := h.Transfer.ImportPage(r.Context(), s, "", id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(f ui.Form) templ.Component { return views.Archive(s, page, f) })
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "imports", id.String()))
}

// ResumeArchive goes on with an archive that stopped.
func (h *Imports) ResumeArchive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Transfer.Resume(r.Context(), s, "", id); err != nil {
		return err
	}
	return h.Redirect(w, r, ui.OrgPath(s.Slug, "imports", id.String()))
}

// ThrowArchive deletes an archive.
func (h *Imports) ThrowArchive(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	return h.throw(w, r, s, "", id, ui.OrgPath(s.Slug, "imports"))
}
