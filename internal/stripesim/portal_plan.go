package stripesim

import (
	"net/http"
	"slices"
)

// portalChoice is a price that the Portal offers instead of the current one.
type portalChoice struct{ ID, Name string }

// portalChoices are the prices that the configuration's subscription_update offers for the first item of a running plan.
func (s *Sim) portalChoices(session *PortalSession, sub *Subscription) []portalChoice {
	config := s.st.PortalConfigs.get(session.Configuration)
	if config == nil || !s.offers(session, "subscription_update") || len(sub.Items) == 0 || sub.Status != "active" && sub.Status != "trialing" {
		return nil
	}
	update, _ := config.Features["subscription_update"].(obj)
	products, _ := update["products"].([]any)
	var choices []portalChoice
	for _, product := range products {
		offered, _ := product.(obj)
		ids, _ := offered["prices"].([]any)
		for _, id := range ids {
			name, _ := id.(string)
			price := s.st.Prices.get(name)
			if price == nil || price.ID == sub.Items[0].Price || price.Recurring == nil || price.metered() || s.mixProblem("", append(slices.Clone(sub.Items[1:]), SubscriptionItem{Price: price.ID})) != nil {
				continue
			}
			choices = append(choices, portalChoice{ID: price.ID, Name: s.productName(price) + ", " + price.unit() + " per " + every(price.Recurring)})
		}
	}
	return choices
}

// portalChange puts a running plan on another price, at once, with the configuration's proration.
func (h *hosted) portalChange(w http.ResponseWriter, r *http.Request) {
	s := h.sim
	s.lockFor(r.PathValue("id"))
	session, sub := s.st.Portals.get(r.PathValue("id")), s.st.Subscriptions.get(r.PostFormValue("subscription"))
	allowed := session != nil && sub != nil && sub.Customer == session.Customer &&
		slices.ContainsFunc(s.portalChoices(session, sub), func(c portalChoice) bool { return c.ID == r.PostFormValue("price") })
	if allowed {
		items := slices.Clone(sub.Items)
		items[0].Price = r.PostFormValue("price")
		change := update{items: items, proration: s.portalProration(session), behavior: "allow_incomplete", fields: func(*Subscription) {}}
		allowed = s.applyUpdate(sub, change) == nil
		s.touched()
	}
	s.unlock()
	if !allowed {
		h.notFound(w, r)
		return
	}
	http.Redirect(w, r, "/p/session/"+r.PathValue("id"), http.StatusSeeOther)
}

func (s *Sim) portalProration(session *PortalSession) string {
	config := s.st.PortalConfigs.get(session.Configuration)
	update, _ := config.Features["subscription_update"].(obj)
	if behavior, _ := update["proration_behavior"].(string); behavior != "" {
		return behavior
	}
	return "none"
}
