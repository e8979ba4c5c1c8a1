package admin

import (
	"context"
	"slices"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
)

// PlansPage is the catalogue in force, with who is on what.
type PlansPage struct {
	Plans   []PlanInForce
	Unknown []PlanCount // plans that organizations have and the catalogue does not
	Asked   bool        // whether Stripe was asked for the prices
	Away    bool        // it was, and did not answer
}

// PlanInForce is one plan of the catalogue.
type PlanInForce struct {
	billing.Plan
	Count  PlanCount
	Prices []PriceInForce
}

// PriceInForce is a price of the catalogue and what Stripe has for it; nil: not asked, or not set up there.
type PriceInForce struct {
	billing.Price
	Meter  bool // of a unit that is used beyond what is included
	Stripe *billing.StripePrice
}

// PlanCount is how many organizations have a plan, and why.
type PlanCount struct {
	Plan    string // the plan's key
	Given   int64  // by staff
	Paid    int64  // by a subscription, trials among them
	Neither int64
}

// All are the organizations that have the plan.
func (c PlanCount) All() int64 { return c.Given + c.Paid + c.Neither }

// PlanCatalogue reads who is on what, and asks Stripe for the prices where that is wished for.
func (a *Admin) PlanCatalogue(ctx context.Context, ask bool) (PlansPage, error) {
	p := PlansPage{Asked: ask}
	var counts []PlanCount
	if err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { db.Rows(r, &counts, admindb.CountPlans) }); err != nil {
		return p, err
	}
	var prices map[string]billing.StripePrice
	if ask {
		var err error
		if prices, err = a.Billing.PricesAtStripe(ctx); fault.Is(err, fault.Unavailable) {
			p.Away, p.Asked = true, false
		} else if err != nil {
			return p, err
		}
	}
	p.Plans = a.inForce(prices)
	for _, c := range counts {
		if c.Plan == "" {
			c.Plan = a.Plans.Free().Key
		}
		i := slices.IndexFunc(p.Plans, func(plan PlanInForce) bool { return plan.Key == c.Plan })
		if i < 0 {
			p.Unknown = append(p.Unknown, c)
			continue
		}
		have := &p.Plans[i].Count
		have.Given, have.Paid, have.Neither = have.Given+c.Given, have.Paid+c.Paid, have.Neither+c.Neither
	}
	return p, nil
}

func (a *Admin) inForce(prices map[string]billing.StripePrice) []PlanInForce {
	var all []PlanInForce
	for _, plan := range a.Plans.Plans() {
		in := PlanInForce{Plan: plan, Count: PlanCount{Plan: plan.Key}}
		add := func(price billing.Price, meter bool) {
			one := PriceInForce{Price: price, Meter: meter}
			if found, ok := prices[price.LookupKey]; ok {
				one.Stripe = &found
			}
			in.Prices = append(in.Prices, one)
		}
		for _, price := range plan.Prices {
			add(price, false)
		}
		for _, price := range plan.MeterPrices {
			add(price, true)
		}
		all = append(all, in)
	}
	return all
}
