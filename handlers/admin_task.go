package handlers

import (
	"net/http"

	"github.com/a-h/templ"

	"plinth/internal/admin"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Tasks lists what needs a person.
func (h *Admin) Tasks(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f := admin.TaskFilter{Closed: filter(r, "show") == "closed", Kind: filter(r, "kind"), Mine: filter(r, "of") == "me"}
	tasks, counts, err := h.Admin.Tasks(r.Context(), actor(r, p), f, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminTasks(h.frame(r), listing(r, "show", "kind", "of", "after"), tasks, counts))
}

// Task shows one task.
func (h *Admin) Task(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	task, err := h.Admin.Task(r.Context(), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminTask(h.frame(r), task, ui.Form{}))
}

// TakeTask gives a task to whoever asks.
func (h *Admin) TakeTask(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Admin.TakeTask(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	h.Flash(w, r, "The task is yours.")
	return h.Redirect(w, r, "/admin/tasks/"+id.String())
}

// CloseTask closes a task with a note.
func (h *Admin) CloseTask(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := Decode[admin.CloseTaskForm](h.Base, r)
	if err != nil {
		return err
	}
	if failed := h.Admin.CloseTask(r.Context(), actor(r, p), id, f); failed != nil {
		task, err := h.Admin.Task(r.Context(), id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, func(form ui.Form) templ.Component { return views.AdminTask(h.frame(r), task, form) })
	}
	h.Flash(w, r, "The task is closed.")
	return h.Redirect(w, r, "/admin/tasks")
}
