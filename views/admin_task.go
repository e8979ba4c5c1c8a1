package views

import (
	"context"
	"strings"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// taskKind names a kind of task and its colour.
func taskKind(ctx context.Context, kind string) (text, hue string) {
	switch kind {
	case "dispute":
		return ui.T(ctx, "Dispute"), "brick"
	case "refund":
		return ui.T(ctx, "Refund"), "bronze"
	case "two_subscriptions":
		return ui.T(ctx, "Two subscriptions"), "brick"
	case "drift":
		return ui.T(ctx, "Drift"), "bronze"
	case "price_unknown":
		return ui.T(ctx, "Unknown price"), "bronze"
	case "status_unknown":
		return ui.T(ctx, "Unknown status"), "brick"
	case "object_missing":
		return ui.T(ctx, "Gone at Stripe"), "bronze"
	case "customer_mismatch":
		return ui.T(ctx, "Another customer"), "brick"
	case "finalization_failed":
		return ui.T(ctx, "Invoice not final"), "bronze"
	case "api_version":
		return ui.T(ctx, "API version"), ""
	}
	return kind, ""
}

// taskAdvice says in plain words what has happened and what to do.
func taskAdvice(ctx context.Context, kind string) string {
	switch kind {
	case "dispute":
		return ui.T(ctx, "A payer has asked the bank for the money back. Answer at Stripe before the day it names there, with what shows that the organization used the plan. Nothing was cancelled; talk to the owners first. Close this when the dispute is won or lost.")
	case "refund":
		return ui.T(ctx, "Money was given back at Stripe. The subscription goes on as it was. If the organization shall not keep its plan, cancel the subscription at Stripe; if it was a goodwill, close this and say so.")
	case "two_subscriptions":
		return ui.T(ctx, "The organization pays for two subscriptions at once; one of them decides what it may do. Find out from the owners which one they meant, cancel the other at Stripe and give its money back. This closes itself when one has ended.")
	case "drift":
		return ui.T(ctx, "The nightly comparison found a row that was not what Stripe says. It was fetched again, so it is right now. An event was lost: see whether Stripe's endpoint shows failed deliveries, then close this.")
	case "price_unknown":
		return ui.T(ctx, "The subscription is paid at a price that no plan of the catalogue names, so its plan stays as it was. Move it to a price of the catalogue at Stripe, or add the price to the catalogue. This closes itself then.")
	case "status_unknown":
		return ui.T(ctx, "Stripe gives the subscription a status that this version does not know. Access stays as it was for 72 hours and is read-only then. Look the status up in Stripe's documents and update Plinth. This closes itself when the status is a known one.")
	case "object_missing":
		return ui.T(ctx, "Stripe no longer knows the subscription, and its row stays as it was. See at Stripe whether the customer was deleted, or whether the key belongs to another account. This closes itself when Stripe knows it again.")
	case "customer_mismatch":
		return ui.T(ctx, "An event led to a subscription that belongs to another customer. Nothing was written. Look at both customers at Stripe; never map a customer by its e-mail address.")
	case "finalization_failed":
		return ui.T(ctx, "Stripe could not make an invoice final, most often because a tax address is missing. The invoice says why at Stripe; mend it there and finalize it.")
	case "api_version":
		return ui.T(ctx, "Stripe's endpoint sends events of another API version than this program asks for. The state is fetched with our own version, so nothing is lost. Set the endpoint to the version named here.")
	}
	return ui.T(ctx, "Look at the object at Stripe and close this with what was done.")
}

// stripeURL is the page of an object in Stripe's dashboard; "" where there is none, as with the local Stripe.
func (o Office) stripeURL(id string) string {
	prefix, _, ok := strings.Cut(id, "_")
	place := map[string]string{
		"cus": "customers", "sub": "subscriptions", "in": "invoices", "ch": "payments", "py": "payments", "pi": "payments", "dp": "disputes", "du": "disputes",
		"price": "prices", "prod": "products", "evt": "events", "cs": "checkout/sessions", "sub_sched": "subscription_schedules",
	}[prefix]
	if !ok || place == "" || o.Stripe == "" {
		return ""
	}
	if strings.HasPrefix(id, "sub_sched_") {
		place = "subscription_schedules"
	}
	return o.Stripe + "/" + place + "/" + id
}

// taskMoney is the amount of a refund or dispute with its reason and state; "" for other tasks.
func taskMoney(t admin.Task) string {
	if t.Amount == nil {
		return ""
	}
	parts := []string{ui.Money(*t.Amount, t.Currency)}
	for _, s := range []string{t.Reason, t.State} {
		if s != "" {
			parts = append(parts, strings.ReplaceAll(s, "_", " "))
		}
	}
	return strings.Join(parts, " · ")
}

// taskWho says who looks after a task, or who closed it.
func taskWho(ctx context.Context, t admin.Task) string {
	switch {
	case t.ClosedAt != nil && t.ClosedBy == "":
		return ui.T(ctx, "closed itself")
	case t.ClosedAt != nil:
		return ui.T(ctx, "closed by %s", t.ClosedBy)
	case t.Assignee != "":
		return t.Assignee
	}
	return ui.T(ctx, "nobody yet")
}

// taskFacets are the kinds that there are, each a filter that turns itself off again.
func taskFacets(ctx context.Context, l Listing, counts []admin.KindCount) []ui.FacetLink {
	var all []ui.FacetLink
	for _, c := range counts {
		text, _ := taskKind(ctx, c.Kind)
		f := ui.FacetLink{Text: ui.T(ctx, "%s %d", text, c.Count), URL: l.with("kind", c.Kind), On: l.Get("kind") == c.Kind}
		if f.On {
			f.URL = l.with("kind", "")
		}
		all = append(all, f)
	}
	return all
}

func taskTabs(ctx context.Context, l Listing) []ui.Tab {
	return []ui.Tab{
		{Text: ui.T(ctx, "Open"), URL: l.Path, Current: l.Get("show") == "" && l.Get("of") == ""},
		{Text: ui.T(ctx, "Mine"), URL: l.Path + "?of=me", Current: l.Get("show") == "" && l.Get("of") != ""},
		{Text: ui.T(ctx, "Closed"), URL: l.Path + "?show=closed", Current: l.Get("show") == "closed"},
	}
}
