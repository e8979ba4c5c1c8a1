package billing_test

import (
	"testing"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing"
)

func TestMonthly(t *testing.T) {
	t.Parallel()
	plans, err := billing.LoadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		amount, seats, count int64
		interval             stripe.PriceRecurringInterval
		coupon               *stripe.Coupon
		want                 int64
	}{
		"by month":                    {900, 3, 1, "month", nil, 2700},
		"by year":                     {9000, 3, 1, "year", nil, 2250},
		"by quarter":                  {2500, 1, 3, "month", nil, 833},
		"by week":                     {100, 1, 1, "week", nil, 433},
		"a quarter off for good":      {900, 3, 1, "month", &stripe.Coupon{PercentOff: 25, Duration: "forever"}, 2025},
		"a tenth off a year":          {9000, 1, 1, "year", &stripe.Coupon{PercentOff: 10, Duration: "repeating"}, 675},
		"once is not of the month":    {900, 1, 1, "month", &stripe.Coupon{PercentOff: 50, Duration: "once"}, 900},
		"an amount off":               {900, 2, 1, "month", &stripe.Coupon{AmountOff: 500, Currency: "eur", Duration: "forever"}, 1300},
		"an amount of another money":  {900, 2, 1, "month", &stripe.Coupon{AmountOff: 500, Currency: "usd", Duration: "forever"}, 1800},
		"more off than there is":      {900, 1, 1, "month", &stripe.Coupon{AmountOff: 5000, Currency: "eur", Duration: "forever"}, 0},
		"all of it off, nothing paid": {900, 4, 1, "month", &stripe.Coupon{PercentOff: 100, Duration: "forever"}, 0},
	} {
		sub := &stripe.Subscription{Items: &stripe.SubscriptionItemList{Data: []*stripe.SubscriptionItem{
			{Price: &stripe.Price{UnitAmount: 20, Currency: "eur", Recurring: &stripe.PriceRecurring{Interval: c.interval, UsageType: "metered"}}},
			{Quantity: c.seats, Price: &stripe.Price{LookupKey: "plinth_team_month", UnitAmount: c.amount, Currency: "eur",
				Recurring: &stripe.PriceRecurring{Interval: c.interval, IntervalCount: c.count, UsageType: "licensed"}}},
		}}}
		if c.coupon != nil {
			sub.Discount = &stripe.Discount{Coupon: c.coupon}
		}
		if got := plans.Monthly(sub); got != c.want {
			t.Errorf("%s: %d a month, want %d", name, got, c.want)
		}
	}
}
