package stripesim

import (
	"regexp"
	"strings"
)

// PromotionCode is a word that people type to get a coupon.
type PromotionCode struct {
	ID             string            `json:"id"`
	Active         bool              `json:"active"`
	Code           string            `json:"code"`
	Coupon         string            `json:"coupon"`
	Created        int64             `json:"created"`
	Customer       string            `json:"customer,omitempty"`
	ExpiresAt      int64             `json:"expires_at,omitempty"`
	MaxRedemptions int64             `json:"max_redemptions,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	Restrictions   Restrictions      `json:"restrictions"`
	TimesRedeemed  int64             `json:"times_redeemed"`
}

// Restrictions say who may use a promotion code.
type Restrictions struct {
	FirstTimeTransaction  bool   `json:"first_time_transaction"`
	MinimumAmount         int64  `json:"minimum_amount,omitempty"`
	MinimumAmountCurrency string `json:"minimum_amount_currency,omitempty"`
}

var codeShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,500}$`)

func (s *Sim) promotionCode(code *PromotionCode) obj {
	out := s.shaped("promotion_code", code)
	coupon := s.st.Coupons.get(code.Coupon)
	out["coupon"] = s.coupon(coupon)
	out["active"] = code.Active && s.codeProblem(code) == ""
	return out
}

// codeProblem is why nobody can use a code now, or empty.
func (s *Sim) codeProblem(code *PromotionCode) string {
	switch {
	case !code.Active:
		return "it is not active"
	case code.ExpiresAt > 0 && s.now().Unix() >= code.ExpiresAt:
		return "it has expired"
	case code.MaxRedemptions > 0 && code.TimesRedeemed >= code.MaxRedemptions:
		return "it has been redeemed the maximum number of times"
	}
	return s.couponProblem(s.st.Coupons.get(code.Coupon))
}

// redeemProblem is why a customer (empty: a new one) cannot use a code for an amount, or empty.
func (s *Sim) redeemProblem(code *PromotionCode, customer, currency string, amount int64) string {
	if problem := s.codeProblem(code); problem != "" {
		return problem
	}
	least := code.Restrictions.MinimumAmount
	switch {
	case code.Customer != "" && code.Customer != customer:
		return "it belongs to another customer"
	case code.Restrictions.FirstTimeTransaction && s.hasPaid(customer):
		return "the associated customer has prior transactions"
	case least > 0 && (code.Restrictions.MinimumAmountCurrency != currency || amount < least):
		return "the amount is less than " + money(least, code.Restrictions.MinimumAmountCurrency)
	}
	return s.currencyProblem(s.st.Coupons.get(code.Coupon), currency)
}

func (s *Sim) currencyProblem(coupon *Coupon, currency string) string {
	if coupon.Currency != "" && coupon.Currency != currency {
		return "the coupon is in another currency"
	}
	return ""
}

func (s *Sim) hasPaid(customer string) bool {
	return customer != "" && len(s.st.Charges.oldest(func(ch *Charge) bool { return ch.Customer == customer && ch.Paid })) > 0
}

// codeNamed finds the code that people mean by a word; active ones come first, capitals do not matter.
func (s *Sim) codeNamed(word string) *PromotionCode {
	named := s.st.PromotionCodes.newest(func(code *PromotionCode) bool { return strings.EqualFold(code.Code, strings.TrimSpace(word)) })
	for _, code := range named {
		if code.Active {
			return code
		}
	}
	if len(named) > 0 {
		return named[0]
	}
	return nil
}

func (s *Sim) createPromotionCode(c *call) (obj, error) {
	code := &PromotionCode{
		ID: s.newID("promo_", 24), Active: true, Code: c.p.text("code"), Coupon: c.p.need("coupon"), Created: s.now().Unix(),
		Customer: c.p.text("customer"), ExpiresAt: c.p.number("expires_at"), MaxRedemptions: c.p.number("max_redemptions"),
		Metadata: c.p.metadata(nil),
	}
	if c.p.has("active") {
		code.Active = c.p.flag("active")
	}
	limits := c.p.at("restrictions")
	code.Restrictions = Restrictions{
		FirstTimeTransaction: limits.flag("first_time_transaction"), MinimumAmount: limits.number("minimum_amount"),
		MinimumAmountCurrency: limits.text("minimum_amount_currency"),
	}
	limits.ignore("currency_options")
	if code.Code == "" {
		code.Code = strings.ToUpper(s.newID("", 8))
	}
	if err := s.checkPromotionCode(c.p, code); err != nil {
		return nil, err
	}
	s.st.PromotionCodes.put(code.ID, code)
	s.emit("promotion_code.created", s.promotionCode(code), nil)
	return s.promotionCode(code), nil
}

func (s *Sim) checkPromotionCode(p *params, code *PromotionCode) error {
	if !codeShape.MatchString(code.Code) {
		p.fail(invalid("code", "Promotion codes may only contain letters, digits, hyphens and underscores."))
	}
	if code.ExpiresAt > 0 && code.ExpiresAt <= s.now().Unix() {
		p.fail(invalid("expires_at", "Invalid timestamp: must be in the future"))
	}
	if err := p.done(); err != nil {
		return err
	}
	if _, problem := s.liveCoupon(code.Coupon, "coupon"); problem != nil {
		return problem
	}
	if code.Customer != "" {
		if _, err := s.liveCustomer(code.Customer, "customer"); err != nil {
			return err
		}
	}
	if other := s.codeNamed(code.Code); code.Active && other != nil && other.Active && other.ID != code.ID {
		return invalid("code", "An active promotion code with `code: "+code.Code+"` already exists.")
	}
	return nil
}

func (s *Sim) getPromotionCode(c *call) (obj, error) {
	code := s.st.PromotionCodes.get(c.id)
	if code == nil {
		return nil, noSuch("promotion code", c.id, "")
	}
	return s.promotionCode(code), c.p.done()
}

func (s *Sim) updatePromotionCode(c *call) (obj, error) {
	code := s.st.PromotionCodes.get(c.id)
	if code == nil {
		return nil, noSuch("promotion code", c.id, "")
	}
	changed := *code
	if c.p.has("active") {
		changed.Active = c.p.flag("active")
	}
	changed.Metadata = c.p.metadata(code.Metadata)
	c.p.ignore("restrictions")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	before := s.promotionCode(code)
	*code = changed
	s.emitUpdate("promotion_code.updated", before, s.promotionCode(code))
	return s.promotionCode(code), nil
}

func (s *Sim) listPromotionCodes(c *call) (obj, error) {
	word, coupon, customer := c.p.text("code"), c.p.text("coupon"), c.p.text("customer")
	anyState, active := !c.p.has("active"), c.p.flag("active")
	within := createdRange(c.p)
	rows := s.st.PromotionCodes.newest(func(code *PromotionCode) bool {
		return (word == "" || strings.EqualFold(code.Code, word)) && (coupon == "" || code.Coupon == coupon) &&
			(customer == "" || code.Customer == customer) && within(code.Created) &&
			(anyState || active == (s.codeProblem(code) == ""))
	})
	return page(c, "/v1/promotion_codes", rows, func(code *PromotionCode) string { return code.ID }, s.promotionCode)
}

// PromotionCodes lists the newest promotion codes; limit 0 means all.
func (s *Sim) PromotionCodes(limit int) []PromotionCode {
	return snapshot(s, &s.st.PromotionCodes, limit)
}
