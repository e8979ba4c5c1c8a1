package stripesim

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Coupon takes something off. A deleted one cannot be used any more; discounts made from it go on.
type Coupon struct {
	ID               string            `json:"id"`
	AmountOff        int64             `json:"amount_off,omitempty"`
	Created          int64             `json:"created"`
	Currency         string            `json:"currency,omitempty"` // of AmountOff
	Duration         string            `json:"duration"`           // once, repeating or forever
	DurationInMonths int64             `json:"duration_in_months,omitempty"`
	MaxRedemptions   int64             `json:"max_redemptions,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
	Name             string            `json:"name,omitempty"`
	PercentOff       float64           `json:"percent_off,omitempty"`
	RedeemBy         int64             `json:"redeem_by,omitempty"`
	TimesRedeemed    int64             `json:"times_redeemed"`
	Internal         couponInternal    `json:"_sim"`
}

type couponInternal struct {
	Deleted bool `json:"deleted,omitempty"`
}

// Off says for people what a coupon takes off.
func (c *Coupon) Off() string {
	if c.AmountOff > 0 {
		return money(c.AmountOff, c.Currency) + " off"
	}
	return strconv.FormatFloat(c.PercentOff, 'f', -1, 64) + "% off"
}

// basisPoints is the percentage in hundredths of a percent, so that it can be counted with exactly.
func (c *Coupon) basisPoints() int64 { return int64(math.Round(c.PercentOff * 100)) }

func (s *Sim) coupon(c *Coupon) obj {
	out := s.shaped("coupon", c)
	out["valid"] = s.couponProblem(c) == ""
	return out
}

// couponProblem is why a coupon cannot be redeemed now, or empty.
func (s *Sim) couponProblem(c *Coupon) string {
	switch {
	case c.Internal.Deleted:
		return "the coupon was deleted"
	case c.RedeemBy > 0 && s.now().Unix() >= c.RedeemBy:
		return "the coupon has expired"
	case c.MaxRedemptions > 0 && c.TimesRedeemed >= c.MaxRedemptions:
		return "the coupon has been redeemed the maximum number of times"
	}
	return ""
}

func (s *Sim) couponEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/coupons":              s.createCoupon,
		"GET /v1/coupons":               s.listCoupons,
		"GET /v1/coupons/{id}":          s.getCoupon,
		"POST /v1/coupons/{id}":         s.updateCoupon,
		"DELETE /v1/coupons/{id}":       s.deleteCoupon,
		"POST /v1/promotion_codes":      s.createPromotionCode,
		"GET /v1/promotion_codes":       s.listPromotionCodes,
		"GET /v1/promotion_codes/{id}":  s.getPromotionCode,
		"POST /v1/promotion_codes/{id}": s.updatePromotionCode,
	}
}

func (s *Sim) createCoupon(c *call) (obj, error) {
	coupon := &Coupon{
		ID: c.p.text("id"), AmountOff: c.p.number("amount_off"), Created: s.now().Unix(),
		Currency: strings.ToLower(c.p.text("currency")), Duration: c.p.choice("duration", "once", "once", "repeating", "forever"),
		DurationInMonths: c.p.number("duration_in_months"), MaxRedemptions: c.p.number("max_redemptions"),
		Metadata: c.p.metadata(nil), Name: c.p.text("name"), PercentOff: c.p.decimal("percent_off"), RedeemBy: c.p.number("redeem_by"),
	}
	c.p.ignore("applies_to", "currency_options")
	s.checkCoupon(c.p, coupon)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if coupon.ID == "" {
		coupon.ID = s.newID("", 8)
	}
	if old := s.st.Coupons.get(coupon.ID); old != nil {
		return nil, refused("resource_already_exists", "Coupon already exists.")
	}
	s.st.Coupons.put(coupon.ID, coupon)
	s.emit("coupon.created", s.coupon(coupon), nil)
	return s.coupon(coupon), nil
}

func (s *Sim) checkCoupon(p *params, c *Coupon) {
	switch {
	case p.has("amount_off") == p.has("percent_off"):
		p.fail(invalid("", "You must pass either `percent_off` or `amount_off`."))
	case p.has("percent_off") && (c.PercentOff <= 0 || c.PercentOff > 100):
		p.fail(invalid("percent_off", "Invalid percent_off: must be larger than 0, and smaller or equal to 100."))
	case p.has("amount_off") && c.AmountOff <= 0:
		p.fail(invalid("amount_off", "This value must be greater than 0."))
	case p.has("amount_off") && c.Currency == "":
		p.fail(missingParam("currency"))
	case (c.Duration == "repeating") != (c.DurationInMonths > 0):
		p.fail(invalid("duration_in_months", "`duration_in_months` must be a positive number if `duration` is repeating, and not be set otherwise."))
	case c.RedeemBy > 0 && c.RedeemBy <= s.now().Unix():
		p.fail(invalid("redeem_by", "Invalid timestamp: must be in the future"))
	}
	if c.PercentOff > 0 {
		c.Currency = ""
	}
}

// decimal reads a number that may have a fraction.
func (p *params) decimal(key string) float64 {
	kid := p.at(key)
	if kid.value == "" {
		return 0
	}
	n, err := strconv.ParseFloat(kid.value, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		p.fail(invalid(kid.name, "Invalid decimal: "+kid.value))
		return 0
	}
	return n
}

func (s *Sim) liveCoupon(id, param string) (*Coupon, *apiError) {
	coupon := s.st.Coupons.get(id)
	if coupon == nil || coupon.Internal.Deleted {
		return nil, noSuch("coupon", id, param)
	}
	return coupon, nil
}

func (s *Sim) getCoupon(c *call) (obj, error) {
	coupon, problem := s.liveCoupon(c.id, "")
	if problem != nil {
		return nil, problem
	}
	return s.coupon(coupon), c.p.done()
}

func (s *Sim) updateCoupon(c *call) (obj, error) {
	coupon, problem := s.liveCoupon(c.id, "")
	if problem != nil {
		return nil, problem
	}
	changed := *coupon
	changed.Metadata = c.p.metadata(coupon.Metadata)
	if c.p.has("name") {
		changed.Name = c.p.text("name")
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	before := s.coupon(coupon)
	*coupon = changed
	s.emitUpdate("coupon.updated", before, s.coupon(coupon))
	return s.coupon(coupon), nil
}

func (s *Sim) deleteCoupon(c *call) (obj, error) {
	coupon, problem := s.liveCoupon(c.id, "")
	if problem != nil {
		return nil, problem
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	coupon.Internal.Deleted = true
	s.emit("coupon.deleted", s.coupon(coupon), nil)
	return obj{"id": coupon.ID, "object": "coupon", "deleted": true}, nil
}

func (s *Sim) listCoupons(c *call) (obj, error) {
	within := createdRange(c.p)
	rows := s.st.Coupons.newest(func(coupon *Coupon) bool { return !coupon.Internal.Deleted && within(coupon.Created) })
	return page(c, "/v1/coupons", rows, func(coupon *Coupon) string { return coupon.ID }, s.coupon)
}

// Coupons lists the newest coupons that were not deleted.
func (s *Sim) Coupons(limit int) []Coupon {
	all := slices.DeleteFunc(snapshot(s, &s.st.Coupons, 0), func(c Coupon) bool { return c.Internal.Deleted })
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all
}
