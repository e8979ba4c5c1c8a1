package views

import (
	"context"
	"net/url"
	"slices"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// PricingPage is what the public page about prices shows.
type PricingPage struct {
	Plans    []billing.Plan // the free one first
	Interval string         // the prices that are shown: month or year
}

// perPeriod says what a plan's price is for, and how often it is paid.
func perPeriod(ctx context.Context, plan billing.Plan, interval string) string {
	switch {
	case plan.PerSeat && interval == "year":
		return ui.T(ctx, "per member and year")
	case plan.PerSeat:
		return ui.T(ctx, "per member and month")
	case interval == "year":
		return ui.T(ctx, "a year")
	}
	return ui.T(ctx, "a month")
}

// price is what a plan costs, and how often.
func (p PricingPage) price(ctx context.Context, plan billing.Plan) (amount, note string) {
	price, ok := plan.Price(p.Interval)
	if !ok {
		return ui.MoneyShort(0, p.currency()), ui.T(ctx, "for good")
	}
	return ui.MoneyShort(price.Amount, price.Currency), perPeriod(ctx, plan, p.Interval)
}

func (p PricingPage) currency() string {
	for _, plan := range p.Plans {
		if price, ok := plan.Price(p.Interval); ok {
			return price.Currency
		}
	}
	return "eur"
}

// signUp leads to an account, from there to an organization, and on to where the plan is tried or bought.
func signUp(plan billing.Plan) string {
	if len(plan.Prices) == 0 {
		return "/signup"
	}
	return "/signup?plan=" + url.QueryEscape(plan.Key)
}

func signUpText(ctx context.Context, plan billing.Plan) string {
	if plan.TrialDays > 0 {
		return ui.T(ctx, "Try %s for %d days", plan.Name, plan.TrialDays)
	}
	return ui.T(ctx, "Start free")
}

// compared is a line of the table that compares the plans.
type compared struct {
	Title  string
	Values []string // one for each plan
}

// compare is what the plans include, line by line.
func (p PricingPage) compare(ctx context.Context) []compared {
	line := func(title string, value func(billing.Plan) string) compared {
		c := compared{Title: title}
		for _, plan := range p.Plans {
			c.Values = append(c.Values, value(plan))
		}
		return c
	}
	count := func(n int) string {
		if n < 0 {
			return ui.T(ctx, "Without limit")
		}
		return ui.Num(ctx, n)
	}
	yes := func(included bool) string {
		if included {
			return ui.T(ctx, "Yes")
		}
		return ui.T(ctx, "No")
	}
	all := []compared{
		line(ui.T(ctx, "Members"), func(x billing.Plan) string { return count(x.Limits.Members) }),
		line(ui.T(ctx, "Guests"), func(billing.Plan) string { return ui.T(ctx, "Without a seat") }),
		line(ui.T(ctx, "Projects"), func(x billing.Plan) string { return count(x.Limits.Projects) }),
		line(ui.T(ctx, "Storage"), func(x billing.Plan) string {
			if x.Limits.StorageMB < 0 {
				return ui.T(ctx, "Without limit")
			}
			return ui.Bytes(ctx, int64(x.Limits.StorageMB)*1_000_000)
		}),
		line(ui.T(ctx, "Each further gigabyte"), func(x billing.Plan) string { return p.gigabyte(ctx, x) }),
		line(ui.T(ctx, "Members-only projects"), func(x billing.Plan) string { return yes(x.Scope().Includes(scope.MembersOnlyProjects)) }),
		line(ui.T(ctx, "Second factor, passkeys, audit log"), func(billing.Plan) string { return ui.T(ctx, "Yes") }),
	}
	return all
}

func (p PricingPage) gigabyte(ctx context.Context, plan billing.Plan) string {
	price, ok := plan.MeterPrice(p.Interval)
	if !ok {
		return ui.T(ctx, "Not offered")
	}
	return every(ctx, price.Amount, price.Currency, p.Interval)
}

// fact answers a question about paying.
type fact struct{ Question, Answer string }

func (p PricingPage) facts(ctx context.Context) []fact {
	facts := []fact{
		{ui.T(ctx, "What happens over a limit?"), ui.T(ctx, "Nothing is deleted and everything stays readable. You are told before the limit of members or projects is reached, and beyond it nobody can join and no project can be made until there is room again. What is kept stays; a further file is refused beyond the plan's storage, unless the plan has a price for each further gigabyte: then what is kept beyond is charged.")},
		{ui.T(ctx, "How do I cancel?"), ui.T(ctx, "Under Billing, in two clicks. The plan stays until the end of the period that is paid for, and until then you can take the cancellation back. After that your organization is on Free with all its data.")},
		{ui.T(ctx, "Can I change the plan?"), ui.T(ctx, "Yes. A higher plan begins at once, and the amount due is shown before you confirm. A lower one begins with the next period.")},
		{ui.T(ctx, "And taxes?"), ui.T(ctx, "Prices are without VAT. Give your billing address and tax id when you pay, and both stand on the invoices.")},
		{ui.T(ctx, "What if a payment fails?"), ui.T(ctx, "It is tried again, and you get a mail each time. For 21 days nothing changes. After that your organization can be read but not changed, until the payment is made.")},
	}
	if slices.ContainsFunc(p.Plans, func(x billing.Plan) bool { return x.PerSeat }) {
		seats := fact{ui.T(ctx, "Who takes a seat?"), ui.T(ctx, "Owners, admins and members. Seats follow your people: who joins or leaves is charged or credited for the rest of the period. Guests see only the projects they are added to and cost nothing.")}
		facts = append([]fact{seats}, facts...)
	}
	for _, plan := range p.Plans {
		if plan.TrialDays > 0 {
			trial := fact{ui.T(ctx, "Is there a trial?"), ui.T(ctx, "Yes, %d days and without a card, once for each organization. When it ends without a card, you are on Free.", plan.TrialDays)}
			return append([]fact{trial}, facts...)
		}
	}
	return facts
}
