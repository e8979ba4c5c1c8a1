package stripesim

import "net/http"

// Discount is a coupon at work on a subscription.
type Discount struct {
	ID              string           `json:"id"`
	CheckoutSession string           `json:"checkout_session,omitempty"`
	Coupon          string           `json:"coupon"`
	Customer        string           `json:"customer"`
	End             int64            `json:"end,omitempty"` // 0: for ever, or until it was used once
	PromotionCode   string           `json:"promotion_code,omitempty"`
	Start           int64            `json:"start"`
	Subscription    string           `json:"subscription,omitempty"`
	Internal        discountInternal `json:"_sim"`
}

type discountInternal struct {
	Used bool `json:"used,omitempty"` // a coupon that counts once is on an invoice
}

func (s *Sim) discount(d *Discount) obj {
	out := s.shaped("discount", d)
	out["coupon"] = s.coupon(s.st.Coupons.get(d.Coupon))
	return out
}

// newDiscount makes a discount that nothing has yet.
func (s *Sim) newDiscount(coupon *Coupon, code *PromotionCode) *Discount {
	d := &Discount{ID: s.newID("di_", 24), Coupon: coupon.ID, Start: s.now().Unix()}
	if code != nil {
		d.PromotionCode = code.ID
	}
	if coupon.Duration == "repeating" {
		d.End = addPeriods(s.now().UTC(), "month", int(coupon.DurationInMonths)).Unix()
	}
	return d
}

// readDiscount reads coupon, promotion_code and discounts[…], of which one may be sent; nil: none was. drop says that an
// empty value takes the discount away.
func (s *Sim) readDiscount(p *params, who func() (customer, currency string, amount int64)) (d *Discount, drop bool) {
	coupon, code := p.at("coupon"), p.at("promotion_code")
	list := p.list("discounts")
	if len(list) > 1 {
		p.fail(invalid("discounts", "Only one discount is imitated here."))
	}
	for _, one := range list {
		coupon, code = one.at("coupon"), one.at("promotion_code")
		if id := one.text("discount"); id != "" {
			p.fail(noSuch("discount", id, one.name+"[discount]"))
		}
	}
	if coupon.value != "" && code.value != "" {
		p.fail(invalid("promotion_code", "You may only specify one of these parameters: coupon, promotion_code."))
	}
	if p.root.err != nil {
		return nil, false
	}
	customer, currency, amount := who()
	switch {
	case code.value != "":
		return s.redeemCode(p, code, customer, currency, amount), false
	case coupon.value != "":
		return s.redeemCoupon(p, coupon, currency), false
	}
	return nil, coupon.set || code.set || p.at("discounts").set
}

func (s *Sim) redeemCode(p, at *params, customer, currency string, amount int64) *Discount {
	code := s.st.PromotionCodes.get(at.value)
	if code == nil {
		p.fail(noSuch("promotion code", at.value, at.name))
		return nil
	}
	if problem := s.redeemProblem(code, customer, currency, amount); problem != "" {
		p.fail(invalid(at.name, "This promotion code cannot be redeemed because "+problem+"."))
		return nil
	}
	return s.newDiscount(s.st.Coupons.get(code.Coupon), code)
}

func (s *Sim) redeemCoupon(p, at *params, currency string) *Discount {
	coupon, problem := s.liveCoupon(at.value, at.name)
	if problem != nil {
		p.fail(problem)
		return nil
	}
	if s.couponProblem(coupon) != "" {
		expired := invalid(at.name, "Coupon expired: "+coupon.ID)
		expired.Code = "coupon_expired"
		p.fail(expired)
		return nil
	}
	if problem := s.currencyProblem(coupon, currency); problem != "" {
		p.fail(invalid(at.name, "This coupon cannot be applied because "+problem+"."))
		return nil
	}
	return s.newDiscount(coupon, nil)
}

// keep puts a discount on a subscription that does not show it yet; tell emits its event afterwards.
func (s *Sim) keep(d *Discount, sub *Subscription) (tell func()) {
	d.Customer, d.Subscription = sub.Customer, sub.ID
	kind := "customer.discount.created"
	if sub.Discount != "" {
		kind = "customer.discount.updated"
	}
	s.st.Discounts.put(d.ID, d)
	return func() {
		s.st.Coupons.get(d.Coupon).TimesRedeemed++
		if code := s.st.PromotionCodes.get(d.PromotionCode); code != nil {
			code.TimesRedeemed++
		}
		s.emit(kind, s.discount(d), nil)
	}
}

// endDiscount takes the discount off a subscription.
func (s *Sim) endDiscount(sub *Subscription) {
	d := s.st.Discounts.get(sub.Discount)
	if d == nil {
		return
	}
	s.changeSubscription(sub, func() { sub.Discount = "" })
	s.emit("customer.discount.deleted", s.discount(d), nil)
}

func (s *Sim) deleteDiscount(c *call) (obj, error) {
	sub := s.st.Subscriptions.get(c.id)
	if sub == nil {
		return nil, noSuch("subscription", c.id, "")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	d := s.st.Discounts.get(sub.Discount)
	if d == nil {
		problem := refused("resource_missing", "No active discount for subscription: "+sub.ID)
		problem.status = http.StatusNotFound
		return nil, problem
	}
	s.endDiscount(sub)
	out := s.discount(d)
	out["deleted"] = true
	return out, nil
}

// discountAt is the discount that an invoice of a time gets, or nil.
func (s *Sim) discountAt(sub *Subscription, at int64) *Discount {
	d := s.st.Discounts.get(sub.Discount)
	if d == nil || d.End > 0 && at >= d.End || d.Internal.Used {
		return nil
	}
	return d
}
