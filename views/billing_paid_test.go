package views_test

import (
	"context"
	"strings"
	"testing"

	"plinth/internal/billing"
	"plinth/views"
	"plinth/views/ui/uitest"
)

func words(t *testing.T, page, has, hasNot string, got string) {
	t.Helper()
	for _, want := range strings.Split(has, "|") {
		if !strings.Contains(got, want) {
			t.Errorf("%s: the page does not say %q", page, want)
		}
	}
	for _, not := range strings.Split(hasNot, "|") {
		if strings.Contains(got, not) {
			t.Errorf("%s: the page says %q", page, not)
		}
	}
}

// What is paid for goes on beside what staff gave: it cannot be changed to, and it is what ends when it is cancelled.
func TestAGivenPlanBesideOneThatIsPaid(t *testing.T) {
	t.Parallel()
	business, _ := catalogue(t).Plan("business")
	given := func(p *views.BillingPage) { p.Access.Plan, p.Access.Override = business, true }
	got := uitest.Render(t, context.Background(), views.Billing(owner(), paying(t, given)))
	words(t, "by month", "You pay for this one|This is your plan|Cancel Team", "Change to Team|plan=team&amp;interval=month|Change to Business|Cancel Business", got)
	got = uitest.Render(t, context.Background(), views.Billing(owner(), paying(t, func(p *views.BillingPage) { given(p); p.Interval = "year" })))
	words(t, "by year", "This is your plan|Pay by year", "Change to Team|You pay for this one", got)
	got = uitest.Render(t, context.Background(), views.Billing(owner(), paying(t, func(p *views.BillingPage) { given(p); p.Subscription.CancelAtPeriodEnd = true })))
	words(t, "ending", "Keep Team", "Keep Business", got)
}

func TestAPlanThatIsNotPaidByTheSeat(t *testing.T) {
	t.Parallel()
	flat := func(plans []billing.Plan) []billing.Plan {
		for i := range plans {
			plans[i].PerSeat = false
		}
		return plans
	}
	plans := flat(catalogue(t).Plans())
	for name, got := range map[string]string{
		"billing": uitest.Render(t, context.Background(), views.Billing(owner(), paying(t, func(p *views.BillingPage) {
			p.Plans, p.Access.Plan, p.Subscription.Quantity = plans, plans[1], 1
		}))),
		"pricing": uitest.Render(t, context.Background(), views.Pricing(views.PricingPage{Plans: plans, Interval: "year"})),
		"landing": uitest.Render(t, context.Background(), views.Landing(views.PlanCards(plans))),
		"change":  uitest.Render(t, context.Background(), views.BillingChange(owner(), billing.Preview{From: plans[1], To: plans[2], Seats: 1, Currency: "eur", Then: 1900, Choice: billing.Choice{Plan: "business", Interval: "month"}})),
		"start":   uitest.Render(t, context.Background(), views.BillingStart(owner(), billing.Start{Plan: plans[1], Seats: 1, Currency: "eur", Due: 900})),
	} {
		words(t, name, "€", "per member|one seat|Who takes a seat|Seats follow your members", got)
	}
}

// The page says what may still be charged.
func TestWhatIsChargedAfterACancellation(t *testing.T) {
	t.Parallel()
	all := catalogue(t).Plans()
	page := func(change func(*billing.Plan)) string {
		plan := all[2]
		change(&plan)
		return uitest.Render(t, context.Background(), views.BillingCancel(owner(), views.CancelPage{Overview: paying(t, nil).Overview, Plan: plan, Free: all[0]}, wrong()))
	}
	words(t, "seats and meter", "seats that were added|storage beyond what is included", "Nothing more is charged", page(func(*billing.Plan) {}))
	words(t, "seats", "Seats that were added", "torage beyond|Nothing more is charged", page(func(p *billing.Plan) { p.Meter = "" }))
	words(t, "meter", "Storage beyond what is included, used until then", "Seats that|Nothing more is charged", page(func(p *billing.Plan) { p.PerSeat = false }))
	words(t, "neither", "Nothing more is charged", "last invoice", page(func(p *billing.Plan) { p.Meter, p.PerSeat = "", false }))
}

func TestPlansSayWhatTheyInclude(t *testing.T) {
	t.Parallel()
	got := uitest.Render(t, context.Background(), views.Billing(owner(), paying(t, nil)))
	if n := strings.Count(got, "Members-only projects"); n != 2 {
		t.Errorf("%d plans name members-only projects, want two", n)
	}
	words(t, "billing", "5 GB of storage", "of files|not here", got)
	words(t, "prices", "a further file is refused beyond the plan|Members-only projects", "API requests|nothing new can be added|never refused", uitest.Render(t, context.Background(), views.Pricing(views.PricingPage{Plans: catalogue(t).Plans(), Interval: "month"})))
}
