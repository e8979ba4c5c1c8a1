package billing

import "time"

// Discount is what is taken off each invoice.
type Discount struct {
	Name     string // empty: nothing is taken off
	Percent  float64
	Amount   int64 // in Currency, where it is no percentage
	Currency string
	Until    *time.Time // nil: for good, or for one invoice
}

// Discount is what is taken off the subscription's invoices.
func (s *Subscription) Discount() Discount {
	return Discount{Name: s.DiscountName, Percent: s.DiscountPercent, Amount: s.DiscountAmount, Currency: s.Currency, Until: s.DiscountUntil}
}

// Card is the one that the next invoice is charged to.
type Card struct {
	Brand, Last4 string     // no last four digits: there is none
	Expires      *time.Time // the last day it is good for
}

// Card is the one on file, if any.
func (s *Subscription) Card() Card {
	return Card{Brand: s.CardBrand, Last4: s.CardLast4, Expires: s.CardExpires}
}
