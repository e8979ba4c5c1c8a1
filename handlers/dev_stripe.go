package handlers

import (
	"net/http"
	"time"

	"plinth/internal/fault"
	"plinth/internal/stripesim"
	"plinth/views"
)

// DevStripe serves the local Stripe's developer page: what it holds, its clock, its webhooks.
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

// Show shows customers, subscriptions, invoices and deliveries.
func (h *DevStripe) Show(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	page := views.DevStripePage{
		Now: h.Sim.Now(), Endpoints: h.Sim.Endpoints(), Pending: h.Sim.Pending(), Deliveries: h.Sim.Deliveries(devStripeDeliveries),
		Customers: h.Sim.Customers(devStripeRows), Subscriptions: h.Sim.Subscriptions(devStripeRows), Invoices: h.Sim.Invoices(devStripeRows),
	}
	return h.Render(w, r, http.StatusOK, views.DevStripe(page))
}

// ShowEvent shows one event: its payload, and what was answered to it.
func (h *DevStripe) ShowEvent(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	id := r.PathValue("id")
	page := views.DevStripeEvent{}
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

// MoveClock lets time pass at the local Stripe: everything that falls due on the way happens.
func (h *DevStripe) MoveClock(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	f, err := Decode[struct {
		To string `form:"to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	to, ok := h.moment(f.To)
	if !ok {
		return h.said(w, r, "Nothing of that kind is coming.")
	}
	if err := h.Sim.Advance(to); err != nil {
		return fault.Wrap(fault.Conflict, "The clock moves only forward.", err)
	}
	return h.said(w, r, "It is "+to.Format("2 January 2006, 15:04")+" now.")
}

// moment is the time that a button leads to; false when nothing of its kind is coming.
func (h *DevStripe) moment(to string) (time.Time, bool) {
	now := h.Sim.Now()
	switch to {
	case "hour":
		return now.Add(time.Hour), true
	case "day":
		return now.AddDate(0, 0, 1), true
	case "week":
		return now.AddDate(0, 0, 7), true
	}
	var next int64
	soonest := func(at int64) {
		if at > now.Unix() && (next == 0 || at < next) {
			next = at
		}
	}
	for _, sub := range h.Sim.Subscriptions(0) {
		switch {
		case to == "trial" && sub.Status == "trialing":
			soonest(sub.TrialEnd)
		case to == "renewal" && (sub.Status == "active" || sub.Status == "past_due"):
			soonest(sub.CurrentPeriodEnd)
		}
	}
	for _, in := range h.Sim.Invoices(0) {
		if to == "retry" && in.Status == "open" {
			soonest(in.NextPaymentAttempt)
		}
	}
	// An invoice stays a draft for an hour before it is charged.
	return time.Unix(next, 0).UTC().Add(2 * time.Hour), next != 0
}

// Redeliver sends an event once more.
func (h *DevStripe) Redeliver(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	if err := h.Sim.Redeliver(r.PathValue("id")); err != nil {
		return fault.Missing()
	}
	return h.said(w, r, "The event is on its way again.")
}

// Release sends what is held back.
func (h *DevStripe) Release(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	h.Sim.Release()
	return h.said(w, r, "What was held is on its way.")
}

// chaosForm is what is made to go wrong with webhooks.
type chaosForm struct {
	Duplicate   int  `form:"duplicate"`
	Delay       int  `form:"delay"` // seconds
	Reorder     int  `form:"reorder"`
	DropNext    int  `form:"drop_next"`
	Hold        bool `form:"hold"`
	WrongSecret bool `form:"wrong_secret"`
}

// SetChaos changes what goes wrong with webhooks, for all endpoints.
func (h *DevStripe) SetChaos(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	f, err := Decode[chaosForm](h.Base, r)
	if err != nil {
		return err
	}
	within := func(n, most int) int { return min(max(n, 0), most) }
	err = h.Sim.SetChaos("", stripesim.Chaos{
		Duplicate: within(f.Duplicate, 20), Delay: time.Duration(within(f.Delay, 3600)) * time.Second, Reorder: within(f.Reorder, 50),
		DropNext: within(f.DropNext, 100), Hold: f.Hold, WrongSecret: f.WrongSecret,
	})
	if err != nil {
		return err
	}
	return h.said(w, r, "Webhooks are sent like that from now on.")
}

func (h *DevStripe) said(w http.ResponseWriter, r *http.Request, text string) error {
	h.Flash(w, r, text)
	return h.Redirect(w, r, "/dev/stripe")
}
