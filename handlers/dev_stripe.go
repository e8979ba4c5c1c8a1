package handlers

import (
	"net/http"

	"plinth/internal/fault"
	"plinth/internal/stripesim"
	"plinth/views"
)

// DevStripe serves the local Stripe's developer pages: what it holds, its clocks, its webhooks.
type DevStripe struct {
	*Base
	Sim *stripesim.Sim // nil outside development
}

// How much of each list the page shows.
const (
	devStripeRows       = 25
	devStripeDeliveries = 50
)

// open guards every page: there is nothing where there is no local Stripe.
func (h *DevStripe) open() error {
	if h.Sim == nil {
		return fault.Missing()
	}
	return nil
}

// Show shows customers, subscriptions, invoices, coupons, events and deliveries.
func (h *DevStripe) Show(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.DevStripe(h.page()))
}

func (h *DevStripe) page() views.DevStripePage {
	return views.DevStripePage{
		Now: h.Sim.Now(), Endpoints: h.Sim.Endpoints(), Pending: h.Sim.Pending(), Deliveries: h.Sim.Deliveries(devStripeDeliveries),
		Customers: h.Sim.Customers(devStripeRows), Subscriptions: h.Sim.Subscriptions(devStripeRows), Invoices: h.Sim.Invoices(devStripeRows),
		Events: h.Sim.Events(devStripeDeliveries), Coupons: h.Sim.Coupons(devStripeRows), Codes: h.Sim.PromotionCodes(0),
	}
}

// ShowEvent shows one event: its payload, and what was answered to it.
func (h *DevStripe) ShowEvent(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	id := r.PathValue("id")
	page := views.DevStripeEvent{Payload: h.Sim.Payload(id)}
	for _, e := range h.Sim.Events(0) {
		if e.ID == id {
			page.Event = e
		}
	}
	if page.Event.ID == "" {
		return fault.Missing()
	}
	for _, d := range h.Sim.Deliveries(0) {
		if d.EventID == id {
			page.Deliveries = append(page.Deliveries, d)
		}
	}
	return h.Render(w, r, http.StatusOK, views.DevStripeOne(page))
}

// Redeliver sends an event once more.
func (h *DevStripe) Redeliver(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	if err := h.Sim.Redeliver(r.PathValue("id")); err != nil {
		return fault.Missing()
	}
	return h.said(w, r, "/dev/stripe", "The event is on its way again.")
}

func (h *DevStripe) said(w http.ResponseWriter, r *http.Request, to, text string) error {
	h.Flash(w, r, text)
	return h.Redirect(w, r, to)
}
