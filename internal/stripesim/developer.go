package stripesim

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// What the developer's page does and shows beyond the API.

// Wrong splits an error of an act into the parameter it is about, or empty, and a text for people.
func Wrong(err error) (param, text string) {
	var problem *apiError
	if errors.As(err, &problem) {
		return problem.Param, problem.Message
	}
	return "", err.Error()
}

// CouponForm makes a coupon, and a promotion code for it when Code is given. Numbers are as they were typed; empty ones
// are not set.
type CouponForm struct {
	Name, Percent, Amount, Currency, Duration, Months, Most, Code string
}

// MakeCoupon makes a coupon by the rules of the API; Wrong says which parameter an error is about.
func (s *Sim) MakeCoupon(f CouponForm) error {
	form := url.Values{}
	for key, value := range map[string]string{
		"name": f.Name, "percent_off": f.Percent, "amount_off": f.Amount, "duration": f.Duration, "max_redemptions": f.Most,
	} {
		if value != "" {
			form.Set(key, value)
		}
	}
	if f.Duration == "repeating" {
		form.Set("duration_in_months", f.Months)
	}
	if f.Amount != "" {
		form.Set("currency", f.Currency)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.codeNamed(f.Code); f.Code != "" && (!codeShape.MatchString(f.Code) || other != nil && other.Active) {
		return invalid("code", "A code has letters, digits, hyphens and underscores, and none may be in use already.")
	}
	made, err := s.createCoupon(&call{p: parseParams(form)})
	if err != nil || f.Code == "" {
		return err
	}
	id, _ := made["id"].(string)
	_, err = s.createPromotionCode(&call{p: parseParams(url.Values{"coupon": {id}, "code": {f.Code}})})
	s.touched()
	return err
}

// DropDiscount takes the discount off a subscription.
func (s *Sim) DropDiscount(subscriptionID string) error {
	s.lockFor(subscriptionID)
	defer s.unlock()
	sub := s.st.Subscriptions.get(subscriptionID)
	if sub == nil || sub.Discount == "" {
		return noSuch("discount of subscription", subscriptionID, "")
	}
	s.endDiscount(sub)
	s.touched()
	return nil
}

// Customer is one customer, with false when there is none.
func (s *Sim) Customer(id string) (Customer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cus := s.st.Customers.get(id); cus != nil {
		return clone(cus), true
	}
	return Customer{}, false
}

// Describe says for people what a subscription has: each item, and its discount.
func (s *Sim) Describe(subscriptionID string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := s.st.Subscriptions.get(subscriptionID)
	if sub == nil {
		return nil
	}
	var lines []string
	for _, item := range sub.Items {
		price := s.st.Prices.get(item.Price)
		switch {
		case price == nil:
			lines = append(lines, item.Price)
		case price.metered():
			used := s.used(item, Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd})
			lines = append(lines, fmt.Sprintf("%s by use, %s / %s; used: %d", s.productName(price), price.unit(), every(price.Recurring), used))
		default:
			lines = append(lines, fmt.Sprintf("%d × %s, %s / %s", item.Quantity, s.productName(price), price.unit(), every(price.Recurring)))
		}
	}
	if d := s.st.Discounts.get(sub.Discount); d != nil {
		lines = append(lines, s.couponName(d))
	}
	return lines
}

// Payload is what an endpoint gets of an event, or empty when there is no such event.
func (s *Sim) Payload(eventID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.st.Events.get(eventID); e != nil {
		return string(encode(s.event(e)))
	}
	return ""
}

// ReleaseBackwards sends all held events, the newest first.
func (s *Sim) ReleaseBackwards() {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := slices.DeleteFunc(slices.Clone(s.st.Queue), func(q *queued) bool { return !q.Held })
	for _, q := range slices.Backward(held) {
		s.release(func(other *queued) bool { return other == q })
	}
}
