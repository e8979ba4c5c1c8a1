package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"plinth/internal/admin"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
)

// Jobs shows the queues and lists the jobs.
func (h *Admin) Jobs(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	f := admin.JobFilter{State: filter(r, "state"), Kind: filter(r, "kind"), Queue: filter(r, "queue"), Tenant: filter(r, "tenant")}
	page, err := h.Admin.Jobs(r.Context(), f, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminJobs(h.frame(r), listing(r, "state", "kind", "queue", "tenant", "after"), page))
}

// Job shows one job.
func (h *Admin) Job(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	job, err := h.Admin.Job(r.Context(), id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminJob(h.frame(r), job))
}

// RetryJob lets a job run at once.
func (h *Admin) RetryJob(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	if err := h.Admin.Retry(r.Context(), actor(r, p), id); err != nil {
		return err
	}
	return h.toJob(w, r, id, "A worker takes the job now.")
}

// CancelJob stops a job.
func (h *Admin) CancelJob(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	stopped, err := h.Admin.Cancel(r.Context(), actor(r, p), id)
	if err != nil {
		return err
	}
	if !stopped {
		return h.toJob(w, r, id, "The job runs and was told to end.")
	}
	return h.toJob(w, r, id, "The job is cancelled.")
}

// JobQueue shows one queue.
func (h *Admin) JobQueue(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	name, err := pathText(r, "queue")
	if err != nil {
		return err
	}
	page, err := h.Admin.JobQueue(r.Context(), name, filter(r, "after"))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminQueue(h.frame(r), listing(r, "after"), page))
}

// PauseQueue stops the workers from taking jobs of a queue.
func (h *Admin) PauseQueue(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.turnQueue(w, r, p, h.Admin.Pause, "The queue is paused.")
}

// ResumeQueue lets the workers take jobs of a queue again.
func (h *Admin) ResumeQueue(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	return h.turnQueue(w, r, p, h.Admin.Resume, "The queue runs again.")
}

func (h *Admin) turnQueue(w http.ResponseWriter, r *http.Request, p scope.Person, turn func(context.Context, admin.Actor, string) error, said string) error {
	name, err := pathText(r, "queue")
	if err != nil {
		return err
	}
	if err := turn(r.Context(), actor(r, p), name); err != nil {
		return err
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, "/admin/jobs/queues/"+url.PathEscape(name))
}

func (h *Admin) toJob(w http.ResponseWriter, r *http.Request, id int64, said string) error {
	h.Flash(w, r, said)
	return h.Redirect(w, r, "/admin/jobs/"+strconv.FormatInt(id, 10))
}

// jobID reads a job's number from the path; anything that is none is the same 404 as an unknown one.
func jobID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.Missing()
	}
	return id, nil
}
