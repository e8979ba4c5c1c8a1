package views

import (
	"encoding/json"
	"strconv"
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
	Deliveries    []stripesim.Delivery
	Pending       []stripesim.PendingDelivery
	Endpoints     []stripesim.Endpoint
}

// chaos is what goes wrong with webhooks now; all endpoints share it.
func (p DevStripePage) chaos() stripesim.Chaos {
	if len(p.Endpoints) == 0 {
		return stripesim.Chaos{}
	}
	return p.Endpoints[0].Chaos
}

func (p DevStripePage) held() int {
	n := 0
	for _, d := range p.Pending {
		if d.Held {
			n++
		}
	}
	return n
}

// DevStripeEvent is one event with what was answered to it.
type DevStripeEvent struct {
	Event      stripesim.Event
	Deliveries []stripesim.Delivery
}

func (e DevStripeEvent) payload() string {
	data, err := json.MarshalIndent(e.Event.Object, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func (e DevStripeEvent) previous() string {
	if len(e.Event.Previous) == 0 {
		return ""
	}
	data, err := json.MarshalIndent(e.Event.Previous, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func stripeTime(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func stripeHue(status string) string {
	switch status {
	case "active", "paid":
		return "moss"
	case "trialing":
		return "blue"
	case "past_due", "unpaid":
		return "brick"
	case "incomplete", "paused", "open":
		return "bronze"
	}
	return ""
}

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
func chaosField(name, label string, value int) ui.Input {
	return ui.Input{Name: name, Label: label, Type: "number", Min: "0", Value: number(value)}
}
