package admin

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
)

// RevenuePage is what is known of money, by currency and never added up across them.
type RevenuePage struct {
	At         time.Time
	Currencies []CurrencyRevenue // the largest first
	Trials     []TrialMonth      // the oldest first
	Check      *RevenueCheck     // the last comparison with Stripe; nil: there was none
}

// CurrencyRevenue is the revenue in one currency, in its smallest unit.
type CurrencyRevenue struct {
	Currency string
	Months   []RevenueMonth // the oldest first; the last one goes on
	Plans    []PlanRevenue  // at this moment
}

// Now is the month that goes on.
func (c CurrencyRevenue) Now() RevenueMonth { return c.Months[len(c.Months)-1] }

// RevenueMonth is how the monthly recurring revenue went from the beginning of a month to its end:
// End = Start + New + Expansion + Reactivation − Contraction − Churn.
type RevenueMonth struct {
	Month        time.Time // its first moment, UTC
	Start        int64
	New          int64
	Expansion    int64
	Reactivation int64
	Contraction  int64
	Churn        int64
	End          int64
	Came         int64 // organizations that began to pay, or did so again
	Went         int64 // organizations that ended
	PayingBefore int64
	Paying       int64 // at the end
}

// Average is the revenue of one paying organization, rounded; zero when nobody pays.
func (m RevenueMonth) Average() int64 {
	if m.Paying == 0 {
		return 0
	}
	return (m.End + m.Paying/2) / m.Paying
}

// PlanRevenue is what a plan brings in a month.
type PlanRevenue struct {
	Plan          string // the plan's name
	Currency      string
	MonthlyAmount int64
	Subscriptions int64
}

// TrialMonth is what became of the trials that began in a month.
type TrialMonth struct {
	Month   time.Time
	Started int64
	Won     int64 // paid since
	Lost    int64 // ended without a payment
}

// Open are the trials that go on.
func (t TrialMonth) Open() int64 { return t.Started - t.Won - t.Lost }

// RevenueCheck is a comparison of our revenue with Stripe's list of subscriptions.
type RevenueCheck struct {
	State      string // running, done or failed
	Pages      int32
	Problem    string
	StartedAt  time.Time
	FinishedAt *time.Time
	Lines      []CheckLine
}

// CheckLine is one currency of a comparison. Ours is what our rows said when it ended.
type CheckLine struct {
	Currency          string
	Ours              int64
	OursSubscriptions int64
	billing.StripeRevenue
}

// Same says whether both are alike.
func (c CheckLine) Same() bool { return c.Ours == c.Amount && c.OursSubscriptions == c.Subscriptions }

type revenueRow struct {
	Month                                            time.Time
	Currency                                         string
	New, Expansion, Reactivation, Contraction, Churn int64
	Came, Went                                       int64
}

// Revenue reads the revenue of so many months in one round trip.
func (a *Admin) Revenue(ctx context.Context, months int) (RevenuePage, error) {
	p := RevenuePage{At: a.Billing.Now().UTC()}
	var rows []revenueRow
	var plans []PlanRevenue
	var check *struct {
		ID         uuid.UUID
		State      string
		Pages      int32
		Totals     []byte
		Problem    string
		StartedAt  time.Time
		FinishedAt *time.Time
	}
	var ours []Revenue
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &rows, admindb.RevenueMonths, p.At)
		db.Rows(r, &plans, admindb.RevenueByPlan, p.At)
		db.Rows(r, &p.Trials, admindb.TrialMonths, p.At)
		db.Maybe(r, &check, admindb.LastRevenueCheck)
		db.Rows(r, &ours, admindb.OwnAtCheck)
	})
	if err != nil {
		return p, err
	}
	p.Currencies = byCurrency(rows, firstMonth(p.At, months), months)
	p.Trials = trialsFrom(p.Trials, firstMonth(p.At, months), months)
	a.addPlans(p.Currencies, plans)
	if check != nil {
		p.Check = &RevenueCheck{State: check.State, Pages: check.Pages, Problem: check.Problem, StartedAt: check.StartedAt, FinishedAt: check.FinishedAt}
		p.Check.Lines, err = checkLines(check.Totals, ours)
	}
	return p, err
}

// addPlans puts each plan's revenue to its currency. A currency that began between the two questions has no months yet,
// and is left out with its plans.
func (a *Admin) addPlans(to []CurrencyRevenue, plans []PlanRevenue) {
	for _, plan := range plans {
		plan.Plan = a.planName(plan.Plan)
		i := slices.IndexFunc(to, func(c CurrencyRevenue) bool { return c.Currency == plan.Currency })
		if i >= 0 {
			to[i].Plans = append(to[i].Plans, plan)
		}
	}
}

// firstMonth is where so many months begin that end with the one of now.
func firstMonth(now time.Time, months int) time.Time {
	return time.Date(now.Year(), now.Month()-time.Month(months)+1, 1, 0, 0, 0, 0, time.UTC)
}

// byCurrency lays the moves of each currency end to end from the first there ever was, and keeps the months asked for.
func byCurrency(rows []revenueRow, first time.Time, months int) []CurrencyRevenue {
	moves := map[string][]revenueRow{}
	for _, r := range rows {
		moves[r.Currency] = append(moves[r.Currency], r)
	}
	var all []CurrencyRevenue
	for currency, list := range moves {
		all = append(all, CurrencyRevenue{Currency: currency, Months: monthsOf(list, first, months)})
	}
	slices.SortFunc(all, func(a, b CurrencyRevenue) int {
		if a.Now().End != b.Now().End {
			return int(b.Now().End - a.Now().End)
		}
		return slices.Compare([]byte(a.Currency), []byte(b.Currency))
	})
	return all
}

// monthsOf are the months of one currency; its moves come in the order of time.
func monthsOf(moves []revenueRow, first time.Time, months int) []RevenueMonth {
	var end, paying int64
	add := func(m revenueRow) {
		end += m.New + m.Expansion + m.Reactivation - m.Contraction - m.Churn
		paying += m.Came - m.Went
	}
	for len(moves) > 0 && moves[0].Month.Before(first) {
		add(moves[0])
		moves = moves[1:]
	}
	out := make([]RevenueMonth, months)
	for i := range out {
		at := first.AddDate(0, i, 0)
		out[i] = RevenueMonth{Month: at, Start: end, PayingBefore: paying}
		if len(moves) > 0 && moves[0].Month.Equal(at) {
			m := moves[0]
			moves = moves[1:]
			add(m)
			out[i].New, out[i].Expansion, out[i].Reactivation = m.New, m.Expansion, m.Reactivation
			out[i].Contraction, out[i].Churn, out[i].Came, out[i].Went = m.Contraction, m.Churn, m.Came, m.Went
		}
		out[i].End, out[i].Paying = end, paying
	}
	return out
}

// trialsFrom fills in the months in which no trial began.
func trialsFrom(found []TrialMonth, first time.Time, months int) []TrialMonth {
	out := make([]TrialMonth, months)
	for i := range out {
		out[i].Month = first.AddDate(0, i, 0)
		for _, f := range found {
			if f.Month.Equal(out[i].Month) {
				f.Month = out[i].Month
				out[i] = f
			}
		}
	}
	return out
}

// checkLines puts both sides of a comparison beside each other, by currency.
func checkLines(totals []byte, ours []Revenue) ([]CheckLine, error) {
	theirs := map[string]billing.StripeRevenue{}
	if err := json.Unmarshal(totals, &theirs); err != nil {
		return nil, err
	}
	lines := map[string]CheckLine{}
	for currency, t := range theirs {
		lines[currency] = CheckLine{Currency: currency, StripeRevenue: t}
	}
	for _, o := range ours {
		line := lines[o.Currency]
		line.Currency, line.Ours, line.OursSubscriptions = o.Currency, o.MonthlyAmount, o.Subscriptions
		lines[o.Currency] = line
	}
	var all []CheckLine
	for _, line := range lines {
		all = append(all, line)
	}
	slices.SortFunc(all, func(a, b CheckLine) int { return slices.Compare([]byte(a.Currency), []byte(b.Currency)) })
	return all, nil
}

// CheckForm begins a comparison. ID is made when the form is shown.
type CheckForm struct {
	ID uuid.UUID `form:"id"`
}

// CheckRevenue compares our revenue with Stripe's, in the background. Sending the form twice compares once.
func (a *Admin) CheckRevenue(ctx context.Context, by Actor, f CheckForm) error {
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "The form is not whole. Load the page again.")
	}
	return a.unlessSo(a.act(ctx, by, "staff.revenue_checked", f.ID.String(), func(ctx context.Context, tx db.Tx) error {
		begun, err := a.Billing.StartRevenueCheckTx(ctx, tx, f.ID)
		if err == nil && !begun {
			return errUnchanged
		}
		return err
	}))
}

// ExportRevenue reads what Revenue does, for a file, and notes who took it.
func (a *Admin) ExportRevenue(ctx context.Context, by Actor, months int) (RevenuePage, error) {
	err := a.act(ctx, by, "staff.revenue_exported", "revenue", func(context.Context, db.Tx) error { return nil })
	if err != nil {
		return RevenuePage{}, err
	}
	return a.Revenue(ctx, months)
}
