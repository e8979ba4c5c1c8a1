package handlers

import (
	"net/http"
	"time"

	"plinth/internal/fault"
	"plinth/internal/stripesim"
)

// MoveClock lets time pass at the local Stripe: everything that falls due on the way happens.
func (h *DevStripe) MoveClock(w http.ResponseWriter, r *http.Request) error {
	if err := h.open(); err != nil {
		return err
	}
	return h.moveClock(w, r, "", "/dev/stripe")
}

// MoveCustomerClock lets time pass for one customer alone.
func (h *DevStripe) MoveCustomerClock(w http.ResponseWriter, r *http.Request) error {
	customer, err := h.customer(r)
	if err != nil {
		return err
	}
	if customer.Deleted {
		return fault.New(fault.Conflict, "This customer is deleted; its clock stands still.")
	}
	return h.moveClock(w, r, customer.ID, customerPath(customer.ID))
}

func (h *DevStripe) moveClock(w http.ResponseWriter, r *http.Request, customer, back string) error {
	f, err := Decode[struct {
		To string `form:"to"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	to, coming := h.moment(f.To, customer)
	if !coming {
		return h.said(w, r, back, "Nothing of that kind is coming.")
	}
	if customer == "" {
		err = h.Sim.Advance(to)
	} else {
		err = h.Sim.AdvanceCustomer(customer, to)
	}
	if err != nil {
		return fault.Wrap(fault.Conflict, "The clock moves only forward.", err)
	}
	return h.said(w, r, back, "It is "+to.Format("2 January 2006, 15:04")+" now.")
}

// moment is the time that a button leads to; false when nothing of its kind is coming.
func (h *DevStripe) moment(to, customer string) (time.Time, bool) {
	now := h.Sim.CustomerNow(customer)
	switch to {
	case "hour":
		return now.Add(time.Hour), true
	case "day":
		return now.AddDate(0, 0, 1), true
	case "week":
		return now.AddDate(0, 0, 7), true
	}
	return h.Sim.Next(stripesim.Moment(to), customer)
}
