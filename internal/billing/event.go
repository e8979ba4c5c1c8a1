package billing

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// event is what we read of a delivery. Its object may be of any kind and partial; the state itself is fetched.
type event struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Created    int64  `json:"created"`
	Livemode   bool   `json:"livemode"`
	APIVersion string `json:"api_version"`
	Account    string `json:"account"`
	Data       struct {
		Object   object                     `json:"object"`
		Previous map[string]json.RawMessage `json:"previous_attributes"`
	} `json:"data"`
}

// object has the fields that lead from an event to what it is about, and the facts that never change afterwards.
type object struct {
	ID                   string `json:"id"`
	Object               string `json:"object"`
	Customer             ref    `json:"customer"`
	Subscription         ref    `json:"subscription"`
	ReleasedSubscription ref    `json:"released_subscription"`
	Invoice              ref    `json:"invoice"`
	Charge               ref    `json:"charge"`
	BillingReason        string `json:"billing_reason"`
	AttemptCount         int64  `json:"attempt_count"`
	TrialEnd             int64  `json:"trial_end"`
	AmountPaid           int64  `json:"amount_paid"`
}

// ref is an id, which an expanded object also has.
type ref string

// UnmarshalJSON reads "sub_1", {"id": "sub_1", …} or null.
func (r *ref) UnmarshalJSON(data []byte) error {
	var id string
	if json.Unmarshal(data, &id) == nil {
		*r = ref(id)
		return nil
	}
	var expanded struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(data, &expanded); err != nil {
		return err
	}
	*r = ref(expanded.ID)
	return nil
}

func (e *event) created() time.Time { return time.Unix(e.Created, 0).UTC() }

// handledTypes are the types of events that something follows from, as Stripe's list takes them: * is any ending.
func handledTypes() []string {
	return []string{
		"customer.subscription.*", "invoice.*", "checkout.session.*", "subscription_schedule.*", "charge.dispute.*", "charge.refunded", "customer.deleted",
		"customer.updated",
	}
}

// handled says whether anything follows from events of this type.
func (e *event) handled() bool {
	if e.Type == "customer.updated" {
		return e.repays()
	}
	return slices.ContainsFunc(handledTypes(), func(kind string) bool {
		prefix, group := strings.CutSuffix(kind, "*")
		return e.Type == kind || group && strings.HasPrefix(e.Type, prefix)
	})
}

// repays says whether a customer has another card or discount from now on: no event of a subscription tells of that.
func (e *event) repays() bool {
	if e.Type != "customer.updated" {
		return false
	}
	for _, field := range []string{"invoice_settings", "default_source", "discount"} {
		if _, changed := e.Data.Previous[field]; changed {
			return true
		}
	}
	return false
}

// customer is whose event it is; empty when it does not say.
func (e *event) customer() string {
	if e.Type == "customer.deleted" || e.Type == "customer.updated" {
		return e.Data.Object.ID
	}
	return string(e.Data.Object.Customer)
}

// subscription is the subscription the event is about; empty when it does not say.
func (e *event) subscription() string {
	o := e.Data.Object
	switch {
	case strings.HasPrefix(e.Type, "customer.subscription."):
		return o.ID
	case strings.HasPrefix(e.Type, "subscription_schedule.") && o.Subscription == "":
		// A released schedule names its subscription here only.
		return string(o.ReleasedSubscription)
	}
	return string(o.Subscription)
}

// invoice is the invoice the event is about; one that is only foreseen has no id.
func (e *event) invoice() string {
	if strings.HasPrefix(e.Type, "invoice.") {
		return e.Data.Object.ID
	}
	return string(e.Data.Object.Invoice)
}
