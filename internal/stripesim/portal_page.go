package stripesim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

type portalView struct {
	ID         string
	Email      string
	ReturnURL  string
	Plans      []portalPlan
	Card       string
	CanCancel  bool
	CanUpdate  bool
	Details    []string
	CanDetails bool
	Invoices   []portalInvoice
}

type portalPlan struct {
	ID, Name, Price, Status, Note string
	Ending                        bool
	Choices                       []portalChoice
}

type portalInvoice struct {
	ID, Number, Date, Amount, Status string
	Open                             bool
}

func (s *Sim) portalView(session *PortalSession) portalView {
	cus := s.st.Customers.get(session.Customer)
	view := portalView{
		ID: session.ID, Email: cus.Email, ReturnURL: session.ReturnURL,
		CanCancel: s.offers(session, "subscription_cancel"), CanUpdate: s.offers(session, "payment_method_update"),
	}
	view.CanDetails = s.mayUpdate(session) != detailsAsk{}
	view.Details = slices.DeleteFunc(slices.Concat([]string{cus.Name, cus.Email}, cus.Address.lines(), taxLines(s.invoiceTaxIDs(cus.ID))),
		func(line string) bool { return line == "" })
	for _, sub := range s.st.Subscriptions.newest(func(sub *Subscription) bool { return sub.Customer == cus.ID && !sub.ended() }) {
		plan := s.portalPlan(sub)
		plan.Choices = s.portalChoices(session, sub)
		view.Plans = append(view.Plans, plan)
		if pm := s.defaultMethod(cus.ID, sub.ID); pm != nil && view.Card == "" {
			view.Card = fmt.Sprintf("%s ending in %s, expires %02d/%d", pm.Card.Brand, pm.Card.Last4, pm.Card.ExpMonth, pm.Card.ExpYear)
		}
	}
	if !s.offers(session, "invoice_history") {
		return view
	}
	for _, inv := range s.st.Invoices.newest(func(inv *Invoice) bool { return inv.Customer == cus.ID && inv.Status != "draft" }) {
		view.Invoices = append(view.Invoices, portalInvoice{
			ID: inv.ID, Number: inv.Number, Date: date(inv.Created), Amount: money(inv.Total, inv.Currency),
			Status: inv.Status, Open: inv.Status == "open",
		})
	}
	return view
}

func (s *Sim) portalPlan(sub *Subscription) portalPlan {
	plan := portalPlan{ID: sub.ID, Status: strings.ReplaceAll(sub.Status, "_", " "), Ending: sub.CancelAtPeriodEnd || sub.CancelAt > 0}
	for _, item := range sub.Items {
		price := s.st.Prices.get(item.Price)
		text := fmt.Sprintf("%d × %s per %s", item.Quantity, price.unit(), every(price.Recurring))
		if price.metered() {
			text = fmt.Sprintf("%s by use, %s per %s", s.productName(price), price.unit(), every(price.Recurring))
		}
		if plan.Name == "" {
			plan.Name, plan.Price = s.productName(price), text
		} else {
			plan.Price += ", " + text
		}
	}
	if d := s.st.Discounts.get(sub.Discount); d != nil {
		plan.Price += ", " + s.couponName(d)
	}
	switch {
	case plan.Ending:
		plan.Note = "Your plan ends on " + date(sub.CancelAt) + "."
	case sub.Status == "trialing":
		plan.Note = "Your trial ends on " + date(sub.TrialEnd) + "."
	case sub.Status == "past_due" || sub.Status == "unpaid":
		plan.Note = "The last payment failed. Pay the open invoice below or update the card."
	case sub.Status == "paused":
		plan.Note = "Your plan is paused."
	default:
		plan.Note = "Your plan renews on " + date(sub.CurrentPeriodEnd) + "."
	}
	return plan
}

func (h *hosted) showPortal(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	view := h.sim.portalView(session)
	h.sim.unlock()
	h.show(w, r, http.StatusOK, "portal", "Billing", view)
}

func (h *hosted) portalCancel(w http.ResponseWriter, r *http.Request) {
	h.portalAct(w, r, h.sim.portalCancel)
}

func (h *hosted) portalRenew(w http.ResponseWriter, r *http.Request) {
	h.portalAct(w, r, h.sim.portalRenew)
}

func (h *hosted) portalAct(w http.ResponseWriter, r *http.Request, act func(*Subscription)) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	sub := h.sim.st.Subscriptions.get(r.PostFormValue("subscription"))
	allowed := session != nil && sub != nil && sub.Customer == session.Customer && h.sim.offers(session, "subscription_cancel")
	if allowed && !sub.ended() {
		act(sub)
		h.sim.touched()
	}
	h.sim.unlock()
	if !allowed {
		h.notFound(w, r)
		return
	}
	http.Redirect(w, r, "/p/session/"+r.PathValue("id"), http.StatusSeeOther)
}

type portalCardView struct {
	cardFields
	ID string
}

func (h *hosted) showPortalCard(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil || !h.sim.offers(session, "payment_method_update") {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	after := session.afterFlow()
	h.sim.unlock()
	view := portalCardView{ID: r.PathValue("id"), cardFields: cardFields{Cards: TestCards()}}
	h.show(w, r, http.StatusOK, "portal_card", "Update payment method", view, after)
}

func (h *hosted) submitPortalCard(w http.ResponseWriter, r *http.Request) {
	form, filled := h.filled(r, readCardForm(r))
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil || !h.sim.offers(session, "payment_method_update") {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	var result payResult
	if !filled {
		result = h.sim.replaceCard(session.Customer, form, false)
	}
	if result.authenticate {
		session.Internal.Typed = &form
	}
	after := session.afterFlow()
	h.sim.unlock()
	h.answerCard(w, r, after, form, filled, result)
}

func (h *hosted) answerCard(w http.ResponseWriter, r *http.Request, after string, form CardForm, filled bool, result payResult) {
	id := r.PathValue("id")
	view := portalCardView{ID: id, cardFields: cardFields{Cards: TestCards(), Form: form, Errors: result.fields, Problem: result.problem}}
	switch {
	case filled || view.failed():
		h.show(w, r, formStatus(view.cardFields), "portal_card", "Update payment method", view, after)
	case result.authenticate:
		http.Redirect(w, r, "/p/session/"+id+"/card/authenticate", http.StatusSeeOther)
	default:
		http.Redirect(w, r, after, http.StatusSeeOther)
	}
}

func (h *hosted) showPortalAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil || session.Internal.Typed == nil {
		h.sim.unlock()
		http.Redirect(w, r, "/p/session/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	after := session.afterFlow()
	h.sim.unlock()
	h.show(w, r, http.StatusOK, "authenticate", "3-D Secure", authenticateView{Action: r.URL.Path}, after)
}

func (h *hosted) submitPortalAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil || session.Internal.Typed == nil {
		h.sim.unlock()
		http.Redirect(w, r, "/p/session/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	form := *session.Internal.Typed
	session.Internal.Typed = nil
	result := payResult{problem: authenticationFailed}
	if r.PostFormValue("outcome") == "complete" {
		result = h.sim.replaceCard(session.Customer, form, true)
	}
	after := session.afterFlow()
	h.sim.unlock()
	h.answerCard(w, r, after, form, false, result)
}
