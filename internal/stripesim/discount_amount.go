package stripesim

import "math/big"

// DiscountAmount is what a discount takes off a line or an invoice.
type DiscountAmount struct {
	Amount   int64  `json:"amount"`
	Discount string `json:"discount"`
}

// share is amount × part ÷ whole, rounded half up.
func share(amount, part, whole int64) int64 {
	twice := new(big.Int).Mul(big.NewInt(2*amount), big.NewInt(part))
	twice.Add(twice, big.NewInt(whole))
	return twice.Div(twice, big.NewInt(2*whole)).Int64()
}

// reduction is what is left of a full price, Left ÷ Of, and why. The zero value takes nothing off.
type reduction struct {
	Left int64  `json:"left,omitempty"`
	Of   int64  `json:"of,omitempty"`
	Why  string `json:"why,omitempty"` // 20% off
	ID   string `json:"id,omitempty"`  // of the discount
}

// of is an amount after the reduction.
func (r reduction) of(amount int64) int64 {
	if r.Of == 0 {
		return amount
	}
	return share(amount, r.Left, r.Of)
}

// reductionOf is what a discount (nil: none) makes of a full price.
func (s *Sim) reductionOf(d *Discount, full int64) reduction {
	if d == nil {
		return reduction{}
	}
	coupon := s.st.Coupons.get(d.Coupon)
	switch {
	case coupon.AmountOff == 0:
		return reduction{Left: 10000 - coupon.basisPoints(), Of: 10000, Why: coupon.Off(), ID: d.ID}
	case full <= 0:
		return reduction{}
	}
	return reduction{Left: max(0, full-coupon.AmountOff), Of: full, Why: coupon.Off(), ID: d.ID}
}

// off is what a coupon takes off an amount.
func (s *Sim) off(coupon *Coupon, amount int64) int64 {
	if amount <= 0 {
		return 0
	}
	if coupon.AmountOff > 0 {
		return min(coupon.AmountOff, amount)
	}
	return share(amount, coupon.basisPoints(), 10000)
}

// discountable reports whether an invoice's discount counts for a line. Prorations hold theirs already.
func (line *InvoiceLine) discountable() bool { return !line.Proration }

// takeOff writes into each line what the invoice's discount takes off it.
func (s *Sim) takeOff(inv *Invoice) {
	d := s.st.Discounts.get(inv.Discount)
	var full int64
	for i := range inv.Lines {
		inv.Lines[i].DiscountAmounts = nil
		if inv.Lines[i].discountable() {
			full += inv.Lines[i].Amount
		}
	}
	if d == nil {
		return
	}
	// Each line gets its part of what is left, so that the parts add up.
	coupon := s.st.Coupons.get(d.Coupon)
	rest := s.off(coupon, full)
	for i := range inv.Lines {
		line := &inv.Lines[i]
		if !line.discountable() {
			continue
		}
		part := int64(0)
		if full > 0 {
			part = share(line.Amount, rest, full)
		}
		full, rest = full-line.Amount, rest-part
		line.DiscountAmounts = []DiscountAmount{{Amount: part, Discount: d.ID}}
	}
}

// discounted is what an invoice's discount takes off it in all.
func (inv *Invoice) discounted() int64 {
	var sum int64
	for _, line := range inv.Lines {
		for _, part := range line.DiscountAmounts {
			sum += part.Amount
		}
	}
	return sum
}

// useDiscount gives an invoice the subscription's discount and notes what its period was sold for, so that unused
// time is credited at what was paid.
func (s *Sim) useDiscount(sub *Subscription, inv *Invoice, at int64) {
	d := s.discountAt(sub, at)
	if d != nil {
		inv.Discount = d.ID
	}
	s.takeOff(inv)
}

// noteUse marks a discount that counts once as used, and remembers the reduction of the period's own lines.
func (s *Sim) noteUse(sub *Subscription, inv *Invoice) {
	d := s.st.Discounts.get(inv.Discount)
	var full int64
	regular, prorated := false, false
	for _, line := range inv.Lines {
		prorated = prorated || d != nil && line.Amount > 0 && line.Internal.Discount == d.ID
		if line.discountable() {
			full += line.Amount
			regular = regular || !s.isMetered(line.Price)
		}
	}
	if regular {
		sub.Internal.Paid = s.reductionOf(d, full)
	}
	if d != nil && (inv.discounted() > 0 || prorated) && s.st.Coupons.get(d.Coupon).Duration == "once" {
		d.Internal.Used = true
	}
}

// dropUsed ends a discount that has been used, once its invoice is final.
func (s *Sim) dropUsed(inv *Invoice) {
	sub := s.st.Subscriptions.get(inv.Subscription)
	if sub == nil || sub.Discount == "" || sub.Discount != inv.Discount {
		return
	}
	if d := s.st.Discounts.get(sub.Discount); d != nil && d.Internal.Used {
		s.endDiscount(sub)
	}
}
