package stripesim

import (
	"fmt"
	"net/http"
)

type checkoutView struct {
	cardFields
	Product   string
	Interval  string
	Lines     []checkoutLine
	Today     string // due today
	After     string // what follows a trial, or empty
	Email     string // known already
	WantsCard bool
	Button    string
	CancelURL string
}

type checkoutLine struct {
	Name, Price, Total string
	Quantity           int64
}

func (s *Sim) checkoutView(cs *CheckoutSession) checkoutView {
	view := checkoutView{CancelURL: cs.CancelURL, WantsCard: cs.wantsCard(), Button: "Subscribe", Email: cs.CustomerEmail}
	view.Cards = TestCards()
	if cus := s.st.Customers.get(cs.Customer); cus != nil && cus.Email != "" {
		view.Email = cus.Email
	}
	for _, item := range cs.Internal.Items {
		price := s.st.Prices.get(item.Price)
		view.Product, view.Interval = s.productName(price), every(price.Recurring)
		view.Lines = append(view.Lines, checkoutLine{
			Name: s.productName(price), Quantity: item.Quantity, Total: money(price.UnitAmount*item.Quantity, price.Currency),
			Price: money(price.UnitAmount, price.Currency) + " / " + every(price.Recurring),
		})
	}
	view.Today = money(cs.AmountTotal, cs.Currency)
	if end := s.trialEndOf(cs); end > 0 {
		view.Button = "Start trial"
		view.After = fmt.Sprintf("Then %s per %s from %s", money(s.amountOf(cs.Internal.Items), cs.Currency), view.Interval, date(end))
	}
	return view
}

func (s *Sim) trialEndOf(cs *CheckoutSession) int64 {
	if cs.Internal.TrialDays > 0 {
		return s.now().AddDate(0, 0, int(cs.Internal.TrialDays)).Unix()
	}
	return cs.Internal.TrialEnd
}

// openCheckout answers for sessions that take no payment any more; it returns false when it has.
// The caller holds the lock; what is returned must be called after giving it back.
func (h *hosted) closedCheckout(cs *CheckoutSession) *message {
	switch {
	case cs == nil:
		return &message{Heading: "This page was not found", Text: "The link may be incomplete, or the local Stripe was started anew since it was made."}
	case cs.Status == "complete":
		return &message{Heading: "This payment is complete", Text: "Everything is paid. You can close this page or go back.", Link: cs.successURL(), LinkText: "Go back"}
	case cs.Status == "expired" || h.sim.now().Unix() >= cs.ExpiresAt:
		return &message{Heading: "This page has expired", Text: "Go back and start the payment again. Nothing was charged.", Link: cs.CancelURL, LinkText: "Go back"}
	}
	return nil
}

func (h *hosted) sayClosed(w http.ResponseWriter, m message) {
	status := http.StatusGone
	if m.Link == "" && m.LinkText == "" {
		status = http.StatusNotFound
	}
	if m.Heading == "This payment is complete" {
		status = http.StatusOK
	}
	h.say(w, status, m)
}

func (h *hosted) showCheckout(w http.ResponseWriter, r *http.Request) {
	h.sim.mu.Lock()
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	closed := h.closedCheckout(cs)
	if closed != nil {
		h.sim.mu.Unlock()
		h.sayClosed(w, *closed)
		return
	}
	view := h.sim.checkoutView(cs)
	leaves := []string{cs.SuccessURL, cs.CancelURL}
	h.sim.mu.Unlock()
	h.show(w, http.StatusOK, "checkout", "Checkout", view, leaves...)
}

func (h *hosted) submitCheckout(w http.ResponseWriter, r *http.Request) {
	form, filled := h.filled(r, readCardForm(r))
	h.sim.mu.Lock()
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	if cs != nil && cs.Status == "complete" {
		target := cs.successURL() // a second press of the button ends where the first one does
		h.sim.mu.Unlock()
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	if closed := h.closedCheckout(cs); closed != nil {
		h.sim.mu.Unlock()
		h.sayClosed(w, *closed)
		return
	}
	result := payResult{problem: "filled"}
	if filled {
		result.problem = ""
	} else {
		result = h.sim.pay(cs, form, false)
	}
	view := h.sim.checkoutView(cs)
	view.Form, view.Errors, view.Problem = form, result.fields, result.problem
	leaves := []string{cs.SuccessURL, cs.CancelURL}
	target := cs.successURL()
	h.sim.touched()
	h.sim.mu.Unlock()
	switch {
	case filled || view.failed():
		h.show(w, formStatus(view.cardFields), "checkout", "Checkout", view, leaves...)
	case result.authenticate:
		http.Redirect(w, r, r.URL.Path+"/authenticate", http.StatusSeeOther)
	default:
		http.Redirect(w, r, target, http.StatusSeeOther)
	}
}

// authenticateView is the page of the bank.
type authenticateView struct {
	Amount string
	Action string
}

func (h *hosted) showCheckoutAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.mu.Lock()
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	closed := h.closedCheckout(cs)
	if closed != nil {
		h.sim.mu.Unlock()
		h.sayClosed(w, *closed)
		return
	}
	waiting := cs.Internal.Typed != nil
	view := authenticateView{Amount: money(cs.AmountTotal, cs.Currency), Action: r.URL.Path}
	leaves := []string{cs.SuccessURL}
	h.sim.mu.Unlock()
	if !waiting {
		http.Redirect(w, r, "/c/pay/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	h.show(w, http.StatusOK, "authenticate", "3-D Secure", view, leaves...)
}

func (h *hosted) submitCheckoutAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.mu.Lock()
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	if cs != nil && cs.Status == "complete" {
		target := cs.successURL()
		h.sim.mu.Unlock()
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	closed := h.closedCheckout(cs)
	if closed != nil || cs.Internal.Typed == nil {
		h.sim.mu.Unlock()
		http.Redirect(w, r, "/c/pay/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	form := *cs.Internal.Typed
	result := payResult{problem: authenticationFailed}
	if r.PostFormValue("outcome") == "complete" {
		result = h.sim.pay(cs, form, true)
	}
	cs.Internal.Typed = nil
	view := h.sim.checkoutView(cs)
	view.Form, view.Errors, view.Problem = form, result.fields, result.problem
	leaves, target := []string{cs.SuccessURL, cs.CancelURL}, cs.successURL()
	h.sim.touched()
	h.sim.mu.Unlock()
	if !result.ok() {
		h.show(w, http.StatusUnprocessableEntity, "checkout", "Checkout", view, leaves...)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

const authenticationFailed = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
