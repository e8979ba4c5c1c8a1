package views

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plinth/internal/stripesim"
	"plinth/views/ui"
)

// DevStripePage is what the local Stripe's developer page shows.
type DevStripePage struct {
	Now           time.Time
	Customers     []stripesim.Customer
	Subscriptions []stripesim.Subscription
	Invoices      []stripesim.Invoice
	Events        []stripesim.Event
	Deliveries    []stripesim.Delivery
	Pending       []stripesim.PendingDelivery
	Endpoints     []stripesim.Endpoint
	Coupons       []stripesim.Coupon
	Codes         []stripesim.PromotionCode
	// Chaos and Coupon are the forms, as they were sent when something is wrong with them.
	Chaos, Coupon ui.Form
}

// chaos is what goes wrong with webhooks now; all endpoints share it.
func (p DevStripePage) chaos() stripesim.Chaos {
	if len(p.Endpoints) == 0 {
		return stripesim.Chaos{}
	}
	return p.Endpoints[0].Chaos
}

// chaosForm is the form with what is in force, or with what was typed.
func (p DevStripePage) chaosForm() ui.Form {
	c := p.chaos()
	values := url.Values{
		"duplicate": {number(c.Duplicate)}, "delay": {number(int(c.Delay / time.Second))}, "reorder": {number(c.Reorder)},
		"drop_next": {number(c.DropNext)}, "drop_types": {strings.Join(c.DropTypes, " ")},
	}
	if c.Hold {
		values.Set("hold", "on")
	}
	if c.WrongSecret {
		values.Set("wrong_secret", "on")
	}
	return p.Chaos.Or(values)
}

// calm tells whether webhooks are sent as they should be.
func (p DevStripePage) calm() bool {
	c := p.chaos()
	return c.Duplicate == 0 && c.Delay == 0 && c.Reorder < 2 && c.DropNext == 0 && len(c.DropTypes) == 0 && !c.Hold && !c.WrongSecret
}

// held are the events that are held back, the oldest first. Copies of one are one.
func (p DevStripePage) held() []string {
	var ids []string
	for _, d := range p.Pending {
		if d.Held && !slices.Contains(ids, d.EventID) {
			ids = append(ids, d.EventID)
		}
	}
	return ids
}

// flying counts what is on its way.
func (p DevStripePage) flying() int {
	n := 0
	for _, d := range p.Pending {
		if !d.Held {
			n++
		}
	}
	return n
}

// typeOf is the type of an event on the page, or its id.
func (p DevStripePage) typeOf(id string) string {
	for _, e := range p.Events {
		if e.ID == id {
			return e.Type
		}
	}
	return id
}

// sent says how far an event has come.
func (p DevStripePage) sent(e stripesim.Event) (text, hue string) {
	for _, d := range p.Pending {
		if d.EventID == e.ID && d.Held {
			return "held", "bronze"
		}
		if d.EventID == e.ID {
			return "on its way", "blue"
		}
	}
	if len(e.Waiting) > 0 {
		return "not delivered", "brick"
	}
	if len(p.Endpoints) == 0 {
		return "", ""
	}
	return "delivered", "moss"
}

// codeOf is the promotion code of a coupon, or empty.
func (p DevStripePage) codeOf(coupon string) string {
	for _, code := range p.Codes {
		if code.Coupon == coupon && code.Active {
			return code.Code
		}
	}
	return ""
}

// DevStripeEvent is one event with its payload and what was answered to it.
type DevStripeEvent struct {
	Event      stripesim.Event
	Payload    string
	Deliveries []stripesim.Delivery
}

func (e DevStripeEvent) payload() string {
	if e.Payload != "" {
		return e.Payload
	}
	return indented(e.Event.Object)
}

func (e DevStripeEvent) previous() string {
	if len(e.Event.Previous) == 0 {
		return ""
	}
	return indented(e.Event.Previous)
}

func indented(object map[string]any) string {
	data, err := json.MarshalIndent(object, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func stripeTime(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func stripeMoment(seconds int64) string { return stripeTime(seconds).Format("2 Jan 2006, 15:04") }

func stripeHue(status string) string {
	switch status {
	case "active", "paid", "won", "succeeded":
		return "moss"
	case "trialing", "under_review":
		return "blue"
	case "past_due", "unpaid", "lost", "failed", "needs_response":
		return "brick"
	case "incomplete", "paused", "open":
		return "bronze"
	}
	return ""
}

func stripeText(status string) string { return strings.ReplaceAll(status, "_", " ") }

func stripeName(c stripesim.Customer) string { return cmp.Or(c.Name, c.Email, c.ID) }

func deliveryText(d stripesim.Delivery) (text, hue string) {
	switch {
	case d.OK():
		return strconv.Itoa(d.StatusCode), "moss"
	case d.Error != "":
		return d.Error, "brick"
	}
	return strconv.Itoa(d.StatusCode), "brick"
}

func number(n int) string { return strconv.Itoa(n) }

// chaosField is a small number of the chaos form.
func chaosField(f ui.Form, name, label, most string) ui.Input {
	return f.In(ui.Input{Name: name, Label: label, Type: "number", Min: "0", Max: most})
}
