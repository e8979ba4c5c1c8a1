package handlers

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
)

// Pause stops sending.
func (h *Endpoints) Pause(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.do(w, r, s, ui.T(r.Context(), "The webhook is paused."), "", func(id uuid.UUID) error { return h.Webhooks.Pause(r.Context(), s, id) })
}

// Resume sends again.
func (h *Endpoints) Resume(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	return h.do(w, r, s, ui.T(r.Context(), "The webhook is active again. What was missed can be sent once more."), "", func(id uuid.UUID) error {
		return h.Webhooks.Resume(r.Context(), s, id)
	})
}

// Test sends a test event: field id.
func (h *Endpoints) Test(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[struct {
		ID uuid.UUID `form:"id"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	return h.do(w, r, s, ui.T(r.Context(), "A test event is on its way."), "", func(id uuid.UUID) error { return h.Webhooks.SendTest(r.Context(), s, id, f.ID) })
}

// ShowDelete asks before a webhook is deleted.
func (h *Endpoints) ShowDelete(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	e, err := h.Webhooks.Endpoint(r.Context(), s, id)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.EndpointDelete(s, e))
}

// Delete takes a webhook away.
func (h *Endpoints) Delete(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	if err := h.Webhooks.Delete(r.Context(), s, id); err != nil {
		return err
	}
	h.Flash(w, r, ui.T(r.Context(), "The webhook is deleted."))
	return h.Redirect(w, r, hooksPath(s))
}

// Replay sends the events of a while once more: fields id, from, to, in the time zone of the person.
func (h *Endpoints) Replay(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, err := PathID(r, "webhook")
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		ID   uuid.UUID `form:"id"`
		From string    `form:"from"`
		To   string    `form:"to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	from, to := fieldTime(f.From, s), fieldTime(f.To, s)
	if !to.IsZero() {
		to = to.Add(time.Minute) // the minute that is named belongs to it
	}
	if failed := h.Webhooks.Replay(r.Context(), s, id, f.ID, from, to); failed != nil {
		show, err := h.page(r, s, id)
		if err != nil {
			return err
		}
		return h.Again(w, r, failed, show)
	}
	return h.Redirect(w, r, hooksPath(s, id.String())+"#replay")
}

// fieldTime reads a time of a form as it is where the person is; zero when it is none.
func fieldTime(text string, s scope.Scope) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04", text, s.Person.Location())
	if err != nil {
		return time.Time{}
	}
	return at
}

// ShowDelivery shows one event that was sent.
func (h *Endpoints) ShowDelivery(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	id, event, err := pathDelivery(r)
	if err != nil {
		return err
	}
	p, err := h.Webhooks.DeliveryPage(r.Context(), s, id, event)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.EndpointDelivery(s, p))
}

// Redeliver sends one event once more.
func (h *Endpoints) Redeliver(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	_, event, err := pathDelivery(r)
	if err != nil {
		return err
	}
	return h.do(w, r, s, ui.T(r.Context(), "It is sent once more."), "deliveries/"+event.String(), func(id uuid.UUID) error {
		return h.Webhooks.Redeliver(r.Context(), s, id, event)
	})
}

func pathDelivery(r *http.Request) (endpoint, event uuid.UUID, err error) {
	if endpoint, err = PathID(r, "webhook"); err != nil {
		return endpoint, event, err
	}
	event, err = PathID(r, "event")
	return endpoint, event, err
}
