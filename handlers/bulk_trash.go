package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// delete puts the tickets that were picked in a list into the trash, with a way to take that back.
func (h *Bulk) delete(w http.ResponseWriter, r *http.Request, s scope.Scope, key string, numbers []string) error {
	back := backOr(r, ui.ProjectPath(s.Slug, key, "tickets"))
	done, err := h.Projects.DeleteTickets(r.Context(), s, key, numbers)
	if fault.Is(err, fault.Invalid) {
		h.Sessions.AddFlash(w, r, "bad", invalidText(err))
		return h.Redirect(w, r, back)
	}
	if err != nil {
		return err
	}
	said := trashText(r.Context(), done)
	if done.Changed == 0 {
		h.Flash(w, r, said)
	} else {
		h.FlashUndo(w, r, said, ui.ProjectPath(s.Slug, key, "bulk", "undo")+fmt.Sprintf("?trash=%d.%d", done.At.UnixMicro(), done.Changed))
	}
	return h.Redirect(w, r, back)
}

// restore takes delete back; when says the moment and how many they were.
func (h *Bulk) restore(w http.ResponseWriter, r *http.Request, s scope.Scope, key, when string) error {
	micros, count, _ := strings.Cut(when, ".")
	at, err1 := strconv.ParseInt(micros, 10, 64)
	n, err2 := strconv.Atoi(count)
	if err1 != nil || err2 != nil || at < 0 || at > 1<<53 || n < 1 || n > projects.MaxBulk {
		h.Sessions.AddFlash(w, r, "bad", ui.T(r.Context(), "It cannot be taken back any more."))
		return h.Redirect(w, r, backOr(r, ui.ProjectPath(s.Slug, key, "tickets")))
	}
	done, err := h.Projects.RestoreTickets(r.Context(), s, key, time.UnixMicro(at), n)
	if err != nil {
		return err
	}
	said := ui.T(r.Context(), "There is nothing to bring back.")
	if done.Changed > 0 {
		said = ui.TN(r.Context(), done.Changed, "%d ticket is back.", "%d tickets are back.") + also(r.Context(), done.Left,
			"%d was brought back or deleted for good by somebody since.", "%d were brought back or deleted for good by somebody since.")
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, backOr(r, ui.ProjectPath(s.Slug, key, "tickets")))
}

// trashText says what came of it, and what did not.
func trashText(ctx context.Context, done projects.TrashDone) string {
	said := ui.TN(ctx, done.Changed, "%d ticket is in the trash.", "%d tickets are in the trash.")
	if done.Changed == 0 {
		said = ui.T(ctx, "Nothing was moved to the trash.")
	}
	return said + missingText(ctx, done.Missing) + also(ctx, done.Left, "%d was written by somebody else and stays.", "%d were written by others and stay.")
}
