package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"plinth/internal/notify"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/pdf"
	"plinth/views/ui"
)

// Reports serves the weekly report of a project: as a page, as a file, and the wish to get it by mail.
type Reports struct {
	*Base
	Notify *notify.Notify
}

// read reads the report that the address asks for; a week that is none is the last whole one.
func (h *Reports) read(r *http.Request, s scope.Scope) (notify.ReportPage, error) {
	key, err := PathKey(r)
	if err != nil {
		return notify.ReportPage{}, err
	}
	var week *projects.Week
	if w, ok := projects.ParseWeek(r.URL.Query().Get("week")); ok {
		week = &w
	}
	return h.Notify.ReportPage(r.Context(), s, key, week)
}

// Show shows how a week of a project was.
func (h *Reports) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	page, err := h.read(r, s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.ProjectReport(s, page))
}

// PDF sends the same as a file.
func (h *Reports) PDF(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	page, err := h.read(r, s)
	if err != nil {
		return err
	}
	file, err := pdf.Draw(views.ReportPaper(r.Context(), s, page))
	if err != nil {
		return err
	}
	keptAs(w, "application/pdf", page.Project.Key+"-"+page.Week.String()+".pdf")
	w.Header().Set("Content-Length", strconv.Itoa(len(file)))
	if _, err := w.Write(file); err != nil {
		h.Log.WarnContext(r.Context(), "a report was not sent to its end", "error", err)
	}
	return nil
}

// SetMail has the report sent to the person every Monday, or with on=0 no more.
func (h *Reports) SetMail(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		On   string `form:"on"`
		Week string `form:"week"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Notify.SetReport(r.Context(), s, key, f.On != "0"); err != nil {
		return err
	}
	if f.On == "0" {
		h.Flash(w, r, ui.T(r.Context(), "It is no longer sent."))
	} else {
		h.Flash(w, r, ui.T(r.Context(), "It comes by mail every Monday morning."))
	}
	to := ui.ProjectPath(s.Slug, key, "report")
	if week, ok := projects.ParseWeek(f.Week); ok {
		to += "?" + url.Values{"week": {week.String()}}.Encode()
	}
	return h.Redirect(w, r, to)
}
