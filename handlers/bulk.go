package handlers

import (
	"context"
	"net/http"
	"net/url"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// Bulk changes many tickets of a project at once.
type Bulk struct {
	*Base
	Projects *projects.Projects
}

// Update changes the tickets that were picked in a list: fields ticket, and of status, assignee, priority, add, remove and
// due what is to be changed; or trash, which puts them into the trash and changes nothing else. It leads back to the list,
// also when there was something wrong.
func (h *Bulk) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		projects.BulkForm
		NoDue bool `form:"no_due"`
		Trash bool `form:"trash"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if f.Trash {
		return h.delete(w, r, s, key, f.Tickets)
	}
	if f.NoDue {
		f.Due = projects.DueNone
	}
	back := backOr(r, ui.ProjectPath(s.Slug, key, "tickets"))
	done, err := h.Projects.Bulk(r.Context(), s, key, f.BulkForm)
	if fault.Is(err, fault.Invalid) {
		h.Sessions.AddFlash(w, r, "bad", invalidText(err))
		return h.Redirect(w, r, back)
	}
	if err != nil {
		return err
	}
	said := bulkText(r.Context(), done)
	if undo := bulkUndo(s, key, done); undo != "" {
		h.FlashUndo(w, r, said, undo)
	} else {
		h.Flash(w, r, said)
	}
	return h.Redirect(w, r, back)
}

// Undo takes a change of many tickets back; the address says what each of them had.
func (h *Bulk) Undo(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, err := PathKey(r)
	if err != nil {
		return err
	}
	if when := r.URL.Query().Get("trash"); when != "" {
		return h.restore(w, r, s, key, when)
	}
	var all []projects.BulkForm
	for _, text := range r.URL.Query()["do"] {
		if len(all) == projects.MaxBulk {
			break
		}
		all = append(all, projects.ParseBulk(text))
	}
	back := backOr(r, ui.ProjectPath(s.Slug, key, "tickets"))
	done, err := h.Projects.BulkAll(r.Context(), s, key, all)
	if fault.Is(err, fault.Invalid) {
		h.Sessions.AddFlash(w, r, "bad", ui.T(r.Context(), "It cannot be taken back any more."))
		return h.Redirect(w, r, back)
	}
	if err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "Taken back.")+also(r.Context(), done.Left,
		"%d was changed by somebody since, and stays as it is.", "%d were changed by somebody since, and stay as they are."))
	return h.Redirect(w, r, back)
}

// invalidText is what is wrong, in one line.
func invalidText(err error) string {
	f := fault.As(err)
	for _, text := range f.Fields {
		return text
	}
	return f.Public
}

// bulkText says what came of it, and what did not.
func bulkText(ctx context.Context, done projects.BulkDone) string {
	said := ui.TN(ctx, done.Changed, "%d ticket is changed.", "%d tickets are changed.")
	if done.Changed == 0 {
		said = ui.T(ctx, "Nothing was to be changed.")
	}
	return said + missingText(ctx, done.Missing) + also(ctx, done.Full, "%d has 20 labels already.", "%d have 20 labels already.")
}

func missingText(ctx context.Context, n int) string {
	return also(ctx, n, "%d was not there any more.", "%d were not there any more.")
}

// also is a further sentence about so many; of none it says nothing.
func also(ctx context.Context, n int, one, many string) string {
	if n == 0 {
		return ""
	}
	return " " + ui.TN(ctx, n, one, many)
}

// longestUndo is how long an address can be that is kept for the next page.
const longestUndo = 1800

// bulkUndo is where a change is taken back; empty when there is nothing to take back, or too much for an address.
func bulkUndo(s scope.Scope, key string, done projects.BulkDone) string {
	v := url.Values{}
	for _, f := range done.Back {
		v.Add("do", f.Text())
	}
	to := ui.ProjectPath(s.Slug, key, "bulk", "undo") + "?" + v.Encode()
	if len(done.Back) == 0 || len(to) > longestUndo {
		return ""
	}
	return to
}
