package handlers

import (
	"encoding/csv"
	"net/http"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/views"
)

// Acts lists what staff did.
func (h *Admin) Acts(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.ActFilter{Action: filter(r, "action")}
	f.Staff, _ = uuid.Parse(filter(r, "staff")) // what is no id is anybody
	page, err := h.Admin.Acts(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminActs(h.frame(r), listing(r, "action", "staff", "after"), page))
}

// ExportUsers sends the accounts of a filter as a file.
func (h *Admin) ExportUsers(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.export(w, "users", func(write func([]string) error) error {
		return h.Admin.ExportUsers(r.Context(), actor(r, p), sentRecords(r), write)
	})
}

// ExportOrganizations sends the organizations of a filter as a file.
func (h *Admin) ExportOrganizations(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.export(w, "organizations", func(write func([]string) error) error {
		return h.Admin.ExportOrganizations(r.Context(), actor(r, p), sentRecords(r), write)
	})
}

func sentRecords(r *http.Request) admin.RecordFilter {
	return admin.RecordFilter{Search: r.PostForm.Get("q"), State: r.PostForm.Get("state")}
}

// export sends rows as they are read. What fails before the first is a page; what fails later ends the file short, which
// the browser is told by the connection.
func (h *Admin) export(w http.ResponseWriter, name string, rows func(func([]string) error) error) error {
	out, begun := csv.NewWriter(w), false
	err := rows(func(row []string) error {
		if !begun {
			begun = true
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="`+name+"-"+time.Now().UTC().Format("2006-01-02")+`.csv"`)
		}
		for i := range row {
			row[i] = events.InertCell(row[i])
		}
		return out.Write(row)
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
