package handlers

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer"
	"plinth/views"
	"plinth/views/ui"
)

// Exports serves copies of projects and of their tickets.
type Exports struct {
	*Base
	Transfer *transfer.Transfer
}

// Show offers what can be taken out of a project: the tickets that the address narrows down to, and all of it.
func (h *Exports) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f := projects.ParseListQuery(r.URL.Query()).Filter
	page, err := h.Transfer.ExportPage(r.Context(), s, key, f)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectExport(s, page, f, h.Fresh(w, r, ui.ProjectPath(s.Slug, key, "export"))))
}

// Create begins a copy: kind says of what, and filter which tickets, as the address of a list says it.
func (h *Exports) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		ID     uuid.UUID `form:"id"`
		Kind   string    `form:"kind"`
		Filter string    `form:"filter"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(f.Filter)
	if err != nil {
		asked = nil // what no page of ours sends asks for everything
	}
	filter := projects.ParseListQuery(asked).Filter
	if failed := h.Transfer.Begin(r.Context(), s, key, f.Kind, filter, f.ID); failed != nil {
		if fault.Is(failed, fault.Denied) || fault.Is(failed, fault.NotFound) {
			return failed
		}
		page, err := h.Transfer.ExportPage(r.Context(), s, key, filter)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.ProjectExport(s, page, filter, form) })
	}
	to := ui.ProjectPath(s.Slug, key, "export")
	if q := filter.Values().Encode(); q != "" && f.Kind == transfer.CSV {
		to += "?" + q
	}
	return h.Redirect(w, r, to)
}

// Stream sends the tickets that the address narrows down to, as a table, part by part.
func (h *Exports) Stream(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	control, begun := http.NewResponseController(w), false
	part := func() error {
		if !begun {
			begun = true
			keptAs(w, "text/csv; charset=utf-8", key+"-"+time.Now().In(s.Person.Location()).Format(time.DateOnly)+"-tickets.csv")
		} else if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		// A long table may take longer than the server lets an answer take; each part gets its own time.
		if err := control.SetWriteDeadline(time.Now().Add(writeFor)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		return nil
	}
	err = h.Transfer.Stream(r.Context(), s, key, projects.ParseListQuery(r.URL.Query()).Filter, w, part)
	if err != nil && begun {
		h.Log.WarnContext(r.Context(), "a table was not sent to its end", "error", err)
		panic(http.ErrAbortHandler) // else what is missing at its end would not be noticed
	}
	return err
}

// Fetch sends a finished copy.
func (h *Exports) Fetch(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	file, err := h.Transfer.Fetch(r.Context(), s, key, id)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	if err := allowTime(w, fetchFor); err != nil {
		return err
	}
	if file.Size >= 0 {
		w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
	}
	keptAs(w, file.Type, file.Name)
	if _, err := io.Copy(w, file); err != nil {
		h.Log.WarnContext(r.Context(), "a copy was not sent to its end", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// keptAs says that what follows is a file that the browser keeps.
func keptAs(w http.ResponseWriter, kind, name string) {
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	head.Set("Cache-Control", "no-store")
}
