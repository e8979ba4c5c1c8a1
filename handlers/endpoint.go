package handlers

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/internal/webhooks"
	"plinth/views"
	"plinth/views/ui"
)

// Endpoints serves an organization's webhooks to those who manage it.
type Endpoints struct {
	*Base
	Webhooks *webhooks.Webhooks
}

func hooksPath(s scope.Scope, parts ...string) string {
	return ui.OrgPath(s.Slug, append([]string{"settings", "webhooks"}, parts...)...)
}

// List shows the webhooks.
func (h *Endpoints) List(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	list, err := h.Webhooks.List(r.Context(), s)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.Endpoints(s, list))
}

// New shows the form for a webhook.
func (h *Endpoints) New(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.Render(w, r, http.StatusOK, views.EndpointNew(s, h.Fresh(w, r, hooksPath(s))))
}

// Create makes a webhook and leads to its secret.
func (h *Endpoints) Create(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[webhooks.EndpointForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Webhooks.Create(r.Context(), s, f); err != nil {
		return h.Again(w, r, err, func(f ui.Form) templ.Component { return views.EndpointNew(s, f) })
	}
	h.Flash(w, r, ui.T(r.Context(), "The webhook is there. Give your server this secret."))
	return h.Redirect(w, r, hooksPath(s, f.ID.String(), "secret"))
}

// Show shows a webhook with what was sent to it: state and type narrow that down, after goes on.
func (h *Endpoints) Show(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	show, err := h.page(r, s, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, show(afresh(ui.Form{})))
}

func (h *Endpoints) page(r *http.Request, s scope.Scope, id uuid.UUID) (func(ui.Form) templ.Component, error) {
	q := r.URL.Query()
	asked := webhooks.Asked{State: q.Get("state"), Type: clean(q.Get("type"))}
	if !slices.Contains(webhooks.States(), asked.State) {
		asked.State = ""
	}
	asked.After, _ = uuid.Parse(q.Get("after")) // what is none is the first page
	p, err := h.Webhooks.Page(r.Context(), s, id, asked)
	if err != nil {
		return nil, err
	}
	return func(f ui.Form) templ.Component { return views.EndpointPage(s, p, asked, f) }, nil
}

// Edit shows the form that changes a webhook.
func (h *Endpoints) Edit(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	e, err := h.Webhooks.Endpoint(r.Context(), s, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.EndpointEdit(s, e, h.Kept(w, r, hooksPath(s, id.String()))))
}

// Update changes a webhook.
func (h *Endpoints) Update(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	f, err := Decode[webhooks.EndpointForm](h.Base, r)
	if err != nil {
		return err
	}
	e, err := h.Webhooks.Endpoint(r.Context(), s, id)
	if err != nil {
		return err
	}
	if err := h.Webhooks.Update(r.Context(), s, id, f); err != nil {
		return h.Again(w, r, err, func(f ui.Form) templ.Component { return views.EndpointEdit(s, e, f) })
	}
	h.Flash(w, r, ui.T(r.Context(), "Saved."))
	return h.Redirect(w, r, hooksPath(s, id.String()))
}

// ShowSecret shows what receivers verify with.
func (h *Endpoints) ShowSecret(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	e, secrets, err := h.Webhooks.Secret(r.Context(), s, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.EndpointSecret(s, e, secrets))
}

// RotateSecret makes a new secret.
func (h *Endpoints) RotateSecret(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.do(w, r, s, ui.T(r.Context(), "This is the new secret. The one before signs as well for 24 hours."), "secret", func(id uuid.UUID) error {
		return h.Webhooks.Rotate(r.Context(), s, id)
	})
}

// do does something with the webhook of the address and leads to a page of it.
func (h *Endpoints) do(w http.ResponseWriter, r *http.Request, s scope.Scope, said, page string, act func(id uuid.UUID) error) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	if err := act(id); err != nil {
		return err
	}
	h.Flash(w, r, said)
	to := hooksPath(s, id.String())
	if page != "" {
		to += "/" + page
	}
	return h.Redirect(w, r, to)
}
