package stripesim

import "strings"

// CheckoutTotals say what of a session's amount is no price.
type CheckoutTotals struct {
	AmountDiscount int64 `json:"amount_discount"`
	AmountShipping int64 `json:"amount_shipping"`
	AmountTax      int64 `json:"amount_tax"`
}

// readPromotion reads discounts[…] and allow_promotion_codes, of which one may be sent.
func (s *Sim) readPromotion(p *params, cs *CheckoutSession) {
	cs.AllowPromotionCodes = p.flag("allow_promotion_codes")
	if cs.AllowPromotionCodes && p.has("discounts") {
		p.fail(invalid("", "You may only specify one of these parameters: allow_promotion_codes, discounts."))
	}
	d, _ := s.readDiscount(p, func() (string, string, int64) {
		return cs.Customer, s.st.Prices.get(cs.Internal.Items[0].Price).Currency, s.amountOf(cs.Internal.Items)
	})
	if d != nil {
		cs.Internal.Coupon, cs.Internal.PromotionCode = d.Coupon, d.PromotionCode
	}
}

// addUp sets what is due today: nothing in a trial.
func (s *Sim) addUp(cs *CheckoutSession) {
	cs.AmountSubtotal = s.amountOf(cs.Internal.Items)
	if cs.Internal.TrialDays > 0 || cs.Internal.TrialEnd > 0 {
		cs.AmountSubtotal = 0
	}
	cs.TotalDetails.AmountDiscount = 0
	if coupon := s.st.Coupons.get(cs.Internal.Coupon); coupon != nil {
		cs.TotalDetails.AmountDiscount = s.off(coupon, cs.AmountSubtotal)
	}
	cs.AmountTotal = cs.AmountSubtotal - cs.TotalDetails.AmountDiscount
}

// later is what the first period after a trial costs.
func (s *Sim) later(cs *CheckoutSession) int64 {
	amount := s.amountOf(cs.Internal.Items)
	if coupon := s.st.Coupons.get(cs.Internal.Coupon); coupon != nil {
		amount -= s.off(coupon, amount)
	}
	return amount
}

// applyCode puts the coupon of a typed code on the session, or says what is wrong with the code.
func (s *Sim) applyCode(cs *CheckoutSession, word string) string {
	if strings.TrimSpace(word) == "" {
		return "Enter a code."
	}
	code := s.codeNamed(word)
	if code == nil {
		return "This code is invalid."
	}
	if problem := s.redeemProblem(code, cs.Customer, cs.Currency, s.amountOf(cs.Internal.Items)); problem != "" {
		return "This code cannot be used because " + problem + "."
	}
	cs.Internal.Coupon, cs.Internal.PromotionCode = code.Coupon, code.ID
	s.addUp(cs)
	return ""
}

// clearCode takes a typed code back.
func (s *Sim) clearCode(cs *CheckoutSession) {
	cs.Internal.Coupon, cs.Internal.PromotionCode = "", ""
	s.addUp(cs)
}

// stillGood takes off a coupon that came to its end while the page was open, and says so.
func (s *Sim) stillGood(cs *CheckoutSession) (problem string) {
	coupon := s.st.Coupons.get(cs.Internal.Coupon)
	if coupon == nil {
		return ""
	}
	problem = s.couponProblem(coupon)
	if code := s.st.PromotionCodes.get(cs.Internal.PromotionCode); code != nil && problem == "" {
		problem = s.redeemProblem(code, cs.Customer, cs.Currency, s.amountOf(cs.Internal.Items))
	}
	if problem == "" {
		return ""
	}
	s.clearCode(cs)
	return "The discount was taken off because " + problem + ". Look at the total and confirm again."
}

// discountOf is the discount that the subscription of a session starts with, or nil.
func (s *Sim) discountOf(cs *CheckoutSession) *Discount {
	coupon := s.st.Coupons.get(cs.Internal.Coupon)
	if coupon == nil {
		return nil
	}
	d := s.newDiscount(coupon, s.st.PromotionCodes.get(cs.Internal.PromotionCode))
	d.CheckoutSession = cs.ID
	return d
}

// ApplyCode does what typing a promotion code on the Checkout page does. The error is what the page says.
func (s *Sim) ApplyCode(sessionID, word string) error {
	s.lockFor(sessionID)
	defer s.unlock()
	cs := s.st.Checkouts.get(sessionID)
	if cs == nil || cs.Status != "open" || !cs.AllowPromotionCodes {
		return noSuch("checkout.session", sessionID, "")
	}
	if problem := s.applyCode(cs, word); problem != "" {
		return invalid("code", problem)
	}
	s.touched()
	return nil
}

// promotionView is the coupon field of the page.
type promotionView struct {
	Allowed        bool   // there is a field
	Applied, Off   string // the code or coupon at work, and what it takes off
	Typed, Problem string
	Removable      bool
	Amount         string // taken off today
}

func (s *Sim) promotionView(cs *CheckoutSession) promotionView {
	view := promotionView{Allowed: cs.AllowPromotionCodes}
	coupon := s.st.Coupons.get(cs.Internal.Coupon)
	if coupon == nil {
		return view
	}
	view.Applied, view.Off, view.Removable = coupon.Name, coupon.Off(), cs.AllowPromotionCodes
	if view.Applied == "" {
		view.Applied = coupon.ID
	}
	if code := s.st.PromotionCodes.get(cs.Internal.PromotionCode); code != nil {
		view.Applied = code.Code
	}
	switch coupon.Duration {
	case "once":
		view.Off += ", once"
	case "repeating":
		view.Off += " for " + every(&Recurring{Interval: "month", IntervalCount: coupon.DurationInMonths})
	}
	view.Amount = money(-cs.TotalDetails.AmountDiscount, cs.Currency)
	return view
}
