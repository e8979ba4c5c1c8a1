package admin

import (
	"testing"

	"plinth/internal/billing"
)

// A change in a currency of its own may be committed between the months and the plans.
func TestAPlanInACurrencyWithoutMonths(t *testing.T) {
	t.Parallel()
	plans, err := billing.LoadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	months := []CurrencyRevenue{{Currency: "eur"}}
	a := &Admin{Plans: plans}
	a.addPlans(months, []PlanRevenue{{Plan: "team", Currency: "chf", MonthlyAmount: 5}, {Plan: "team", Currency: "eur", MonthlyAmount: 9}})
	if got := months[0].Plans; len(got) != 1 || got[0].MonthlyAmount != 9 || got[0].Plan != "Team" {
		t.Errorf("the plans in euro are %+v", got)
	}
}
