package handlers

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
)

// Audit serves an organization's log to those who manage it.
type Audit struct {
	*Base
	Log *events.Log
}

// Show shows a part of the log.
func (h *Audit) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	asked := auditAsked(r.URL.Query())
	page, err := h.Log.Page(r.Context(), s, auditFilter(asked, s.Person.Location()), auditCursor(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Audit(s, page, asked, r.URL.Query().Has("after")))
}

// Export sends the log as a file: ?format=csv or jsonl, with the filters of the page.
func (h *Audit) Export(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	format := r.URL.Query().Get("format")
	if format == "" {
		format = "csv"
	}
	write, ok := auditWriters()[format]
	if !ok {
		return fault.New(fault.Invalid, "The log can be exported as csv or jsonl.")
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", write.mime)
		return nil // nobody gets anything, so there is nothing to note
	}
	out := &auditFile{w: w, kind: write, name: "audit-log-" + s.Slug + "-" + time.Now().UTC().Format("2006-01-02") + "." + format}
	err := h.Log.Export(r.Context(), s, auditFilter(auditAsked(r.URL.Query()), s.Person.Location()), format, out.add)
	if err == nil || !out.begun {
		return err
	}
	// Half a file must not look like a whole one: the connection is cut.
	h.Base.Log.WarnContext(r.Context(), "export of the audit log ended early", "tenant", s.TenantID, "error", err)
	panic(http.ErrAbortHandler)
}

// auditAsked takes what the page knows to filter by from an address.
func auditAsked(q url.Values) views.AuditAsked {
	asked := views.AuditAsked{Person: q.Get("person"), Kind: clean(q.Get("kind")), Action: clean(q.Get("action")), From: q.Get("from"), To: q.Get("to")}
	if _, err := uuid.Parse(asked.Person); err != nil && asked.Person != events.Plinth {
		asked.Person = ""
	}
	for _, day := range []*string{&asked.From, &asked.To} {
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			*day = ""
		}
	}
	return asked
}

// clean leaves out what is no name of a kind or an action, which Postgres might refuse.
func clean(name string) string {
	for _, c := range name {
		if (c < 'a' || c > 'z') && c != '.' && c != '_' {
			return ""
		}
	}
	return name
}

// auditFilter reads days as they are where the person is; the last one belongs to what is asked for.
func auditFilter(asked views.AuditAsked, zone *time.Location) events.LogFilter {
	f := events.LogFilter{Person: asked.Person, Kind: asked.Kind, Action: asked.Action}
	if day, err := time.ParseInLocation(time.DateOnly, asked.From, zone); err == nil {
		f.From = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, asked.To, zone); err == nil {
		f.Before = day.AddDate(0, 0, 1)
	}
	return f
}

// auditCursor reads a page's place; what cannot be read is the first page.
func auditCursor(text string) events.LogCursor {
	at, id := cutLast(text, "_")
	when, err1 := time.Parse(time.RFC3339Nano, at)
	entry, err2 := uuid.Parse(id)
	if err1 != nil || err2 != nil {
		return events.LogCursor{}
	}
	return events.LogCursor{At: when, ID: entry}
}
