package stripesim

import (
	"fmt"
	"net/http"
)

type checkoutView struct {
	cardFields
	detailsFields
	Product   string
	Interval  string
	Lines     []checkoutLine
	Today     string // due today
	After     string // what follows a trial, or empty
	Email     string // known already
	WantsCard bool
	Button    string
	CancelURL string
	Subtotal  string
	Promotion promotionView
}

type checkoutLine struct{ Name, Note, Total string }

func (s *Sim) checkoutView(cs *CheckoutSession) checkoutView {
	view := checkoutView{CancelURL: cs.CancelURL, WantsCard: cs.wantsCard(), Button: "Subscribe", Email: cs.CustomerEmail}
	view.Cards, view.detailsFields = TestCards(), s.checkoutDetails(cs)
	if cus := s.st.Customers.get(cs.Customer); cus != nil && cus.Email != "" {
		view.Email = cus.Email
	}
	for i, item := range cs.Internal.Items {
		price := s.st.Prices.get(item.Price)
		if i == 0 {
			view.Product, view.Interval = s.productName(price), every(price.Recurring)
		}
		line := checkoutLine{
			Name: s.productName(price), Total: money(price.cost(item.Quantity), price.Currency),
			Note: fmt.Sprintf("Quantity %d, %s / %s", item.Quantity, price.unit(), every(price.Recurring)),
		}
		if price.metered() {
			line.Note, line.Total = price.unit()+" / "+every(price.Recurring), "by use"
		}
		view.Lines = append(view.Lines, line)
	}
	view.Today, view.Subtotal, view.Promotion = money(cs.AmountTotal, cs.Currency), money(cs.AmountSubtotal, cs.Currency), s.promotionView(cs)
	if end := s.trialEndOf(cs); end > 0 {
		view.Button = "Start trial"
		view.After = fmt.Sprintf("Then %s per %s from %s", money(s.later(cs), cs.Currency), view.Interval, date(end))
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

func (h *hosted) sayClosed(w http.ResponseWriter, r *http.Request, m message) {
	status := http.StatusGone
	if m.Link == "" && m.LinkText == "" {
		status = http.StatusNotFound
	}
	if m.Heading == "This payment is complete" {
		status = http.StatusOK
	}
	h.say(w, r, status, m)
}

func (h *hosted) showCheckout(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	closed := h.closedCheckout(cs)
	if closed != nil {
		h.sim.unlock()
		h.sayClosed(w, r, *closed)
		return
	}
	view := h.sim.checkoutView(cs)
	leaves := []string{cs.SuccessURL, cs.CancelURL}
	h.sim.unlock()
	h.show(w, r, http.StatusOK, "checkout", "Checkout", view, leaves...)
}

func (h *hosted) submitCheckout(w http.ResponseWriter, r *http.Request) {
	form, filled := h.filled(r, readCardForm(r))
	h.sim.lockFor(r.PathValue("id"))
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	if cs != nil && cs.Status == "complete" {
		target := cs.successURL() // a second press of the button ends where the first one does
		h.sim.unlock()
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	if closed := h.closedCheckout(cs); closed != nil {
		h.sim.unlock()
		h.sayClosed(w, r, *closed)
		return
	}
	var result payResult
	wrong, typed := h.promotion(r, cs)
	if !filled && !typed {
		result = h.sim.pay(cs, form, false)
	}
	view := h.sim.checkoutView(cs)
	view.Form, view.Errors, view.Problem, view.Promotion.Problem = form, result.fields, result.problem, wrong
	view.Details = form.Details
	if wrong != "" {
		view.Promotion.Typed = r.PostFormValue("promotion")
	}
	leaves := []string{cs.SuccessURL, cs.CancelURL}
	target := cs.successURL()
	h.sim.touched()
	h.sim.unlock()
	switch {
	case filled || typed || view.failed():
		h.show(w, r, view.status(), "checkout", "Checkout", view, leaves...)
	case result.authenticate:
		http.Redirect(w, r, r.URL.Path+"/authenticate", http.StatusSeeOther)
	default:
		http.Redirect(w, r, target, http.StatusSeeOther)
	}
}

// promotion works the coupon field. done says that the page is shown again: a code was typed, or taken back, and the
// person sees the new total before anything is paid.
func (h *hosted) promotion(r *http.Request, cs *CheckoutSession) (problem string, done bool) {
	word := r.PostFormValue("promotion")
	switch act := r.PostFormValue("act"); {
	case !cs.AllowPromotionCodes:
		return "", false
	case act == "clear":
		h.sim.clearCode(cs)
		return "", true
	case act == "apply" || word != "":
		return h.sim.applyCode(cs, word), true
	}
	return "", false
}

func (v checkoutView) status() int {
	if v.Promotion.Problem != "" {
		return http.StatusUnprocessableEntity
	}
	return formStatus(v.cardFields)
}

// authenticateView is the page of the bank.
type authenticateView struct {
	Amount string
	Action string
}

func (h *hosted) showCheckoutAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	closed := h.closedCheckout(cs)
	if closed != nil {
		h.sim.unlock()
		h.sayClosed(w, r, *closed)
		return
	}
	waiting := cs.Internal.Typed != nil
	view := authenticateView{Amount: money(cs.AmountTotal, cs.Currency), Action: r.URL.Path}
	leaves := []string{cs.SuccessURL}
	h.sim.unlock()
	if !waiting {
		http.Redirect(w, r, "/c/pay/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	h.show(w, r, http.StatusOK, "authenticate", "3-D Secure", view, leaves...)
}

func (h *hosted) submitCheckoutAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	cs := h.sim.st.Checkouts.get(r.PathValue("id"))
	if cs != nil && cs.Status == "complete" {
		target := cs.successURL()
		h.sim.unlock()
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	closed := h.closedCheckout(cs)
	if closed != nil || cs.Internal.Typed == nil {
		h.sim.unlock()
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
	view.Form, view.Details, view.Errors, view.Problem = form, form.Details, result.fields, result.problem
	leaves, target := []string{cs.SuccessURL, cs.CancelURL}, cs.successURL()
	h.sim.touched()
	h.sim.unlock()
	if !result.ok() {
		h.show(w, r, http.StatusUnprocessableEntity, "checkout", "Checkout", view, leaves...)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

const authenticationFailed = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
