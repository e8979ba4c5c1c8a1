package handlers

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/fault"
	"plinth/internal/stripesim"
	"plinth/views"
	"plinth/views/ui"
)

func customerPath(id string) string { return "/dev/stripe/customers/" + id }

// customer is the one of the address, where there is a local Stripe and it knows the customer.
func (h *DevStripe) customer(r *http.Request) (stripesim.Customer, error) {
	if err := h.open(); err != nil {
		return stripesim.Customer{}, err
	}
	customer, ok := h.Sim.Customer(r.PathValue("id"))
	if !ok {
		return customer, fault.Missing()
	}
	return customer, nil
}

// ShowCustomer shows one customer: its clock, subscriptions, invoices and payments.
func (h *DevStripe) ShowCustomer(w http.ResponseWriter, r *http.Request) error {
	customer, err := h.customer(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.DevStripeOneCustomer(h.customerPage(customer)))
}

func (h *DevStripe) customerPage(customer stripesim.Customer) views.DevStripeCustomer {
	now := h.Sim.CustomerNow(customer.ID)
	page := views.DevStripeCustomer{
		Customer: customer, Now: now, Ahead: now.Sub(h.Sim.Now()), Items: map[string][]string{}, Disputes: map[string]stripesim.Dispute{},
		TaxIDs:        h.Sim.TaxIDs(customer.ID),
		Subscriptions: slices.DeleteFunc(h.Sim.Subscriptions(0), func(sub stripesim.Subscription) bool { return sub.Customer != customer.ID }),
		Invoices:      slices.DeleteFunc(h.Sim.Invoices(0), func(in stripesim.Invoice) bool { return in.Customer != customer.ID }),
		Charges:       slices.DeleteFunc(h.Sim.Charges(0), func(ch stripesim.Charge) bool { return ch.Customer != customer.ID }),
	}
	for _, sub := range page.Subscriptions {
		page.Items[sub.ID] = h.Sim.Describe(sub.ID)
	}
	for _, d := range h.Sim.Disputes(0) {
		page.Disputes[d.ID] = d
	}
	return page
}

// RefundCharge gives a payment back, whole or in part.
func (h *DevStripe) RefundCharge(w http.ResponseWriter, r *http.Request) error {
	customer, err := h.customer(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Charge string `form:"charge"`
		Amount string `form:"amount"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	charge, err := h.charge(customer, f.Charge)
	if err != nil {
		return err
	}
	amount, err := amountOf(f.Amount, charge.Currency)
	if err == nil {
		if err = h.Sim.Refund(charge.ID, amount); err != nil {
			_, text := stripesim.Wrong(err)
			err = fault.Field("amount", text)
		}
	}
	if err != nil {
		return h.Again(w, r, err, func(f ui.Form) templ.Component {
			page := h.customerPage(customer)
			page.Form = f
			return views.DevStripeOneCustomer(page)
		})
	}
	return h.said(w, r, customerPath(customer.ID), "The money is on its way back.")
}

// amountOf reads what a person types for an amount, in the smallest unit; empty is zero.
func amountOf(typed, currency string) (int64, error) {
	typed = strings.ReplaceAll(strings.TrimSpace(typed), ",", ".")
	if typed == "" {
		return 0, nil
	}
	units := 100.0
	if slices.Contains([]string{"jpy", "krw", "vnd", "clp"}, currency) {
		units = 1
	}
	n, err := strconv.ParseFloat(typed, 64)
	amount := math.Round(n * units)
	if err != nil || amount < 1 || amount > 1e12 {
		return 0, fault.Field("amount", "Enter an amount such as 4.50, or leave it empty for all of it.")
	}
	return int64(amount), nil
}

// charge is a payment of the customer.
func (h *DevStripe) charge(customer stripesim.Customer, id string) (stripesim.Charge, error) {
	for _, ch := range h.Sim.Charges(0) {
		if ch.ID == id && ch.Customer == customer.ID {
			return ch, nil
		}
	}
	return stripesim.Charge{}, fault.Missing()
}

// DisputeCharge takes a payment back, as the holder of the card does at the bank.
func (h *DevStripe) DisputeCharge(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "charge", "The payment is disputed.", func(customer stripesim.Customer, id string) error {
		charge, err := h.charge(customer, id)
		if err != nil {
			return err
		}
		_, err = h.Sim.Dispute(charge.ID)
		return err
	})
}

// DecideDispute ends a dispute, as the bank does.
func (h *DevStripe) DecideDispute(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "dispute", "The dispute is over.", func(customer stripesim.Customer, id string) error {
		for _, d := range h.Sim.Disputes(0) {
			if _, err := h.charge(customer, d.Charge); err == nil && d.ID == id {
				return h.Sim.DecideDispute(id, r.PostFormValue("won") == "yes")
			}
		}
		return fault.Missing()
	})
}

// DropDiscount takes the discount off a subscription.
func (h *DevStripe) DropDiscount(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, "subscription", "The discount is gone.", func(customer stripesim.Customer, id string) error {
		for _, sub := range h.Sim.Subscriptions(0) {
			if sub.ID == id && sub.Customer == customer.ID && sub.Discount != "" {
				return h.Sim.DropDiscount(id)
			}
		}
		return fault.Missing()
	})
}

// act does something to what a field names of the customer, and says so.
func (h *DevStripe) act(w http.ResponseWriter, r *http.Request, field, done string, do func(stripesim.Customer, string) error) error {
	customer, err := h.customer(r)
	if err != nil {
		return err
	}
	if err := parse(r); err != nil {
		return err
	}
	err = do(customer, r.PostFormValue(field))
	if fault.As(err) != nil {
		return err
	}
	if err != nil {
		_, text := stripesim.Wrong(err)
		return fault.Wrap(fault.Conflict, text, err)
	}
	return h.said(w, r, customerPath(customer.ID), done)
}
