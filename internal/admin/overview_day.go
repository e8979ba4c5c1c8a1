package admin

import (
	"cmp"
	"slices"
	"time"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/pulse"
)

// Day is what happened on a day, UTC, in all organizations together, as far as it is counted.
type Day struct {
	Day           time.Time
	SignUps       int64
	Active        int64 // organizations in which somebody did something
	Subscriptions int64 // that began
	Tickets       int64
	FailedPaid    int64 // payments that failed
	Revenue       int64 // what subscriptions bring in a month, at its end, in the currency of Overview.Currency
}

const overviewDays = 30

// queueDays reads the last thirty days, today among them; call byDay with what was found.
func queueDays(r *db.Reads, now time.Time, into *[]events.DayCount) {
	events.QueueTotals(r, firstDay(now), []events.Metric{
		events.SignUps, events.ActiveOrganizations, events.SubscriptionsStarted, events.TicketsCreated, events.PaymentsFailed,
	}, into)
}

func firstDay(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-overviewDays)
}

func byDay(now time.Time, found []events.DayCount) []Day {
	all := make([]Day, overviewDays)
	for i := range all {
		all[i].Day = firstDay(now).AddDate(0, 0, i)
	}
	for _, f := range found {
		i := int(f.Day.Sub(all[0].Day) / (24 * time.Hour))
		if i < 0 || i >= len(all) {
			continue // of a clock that runs ahead
		}
		switch f.Metric {
		case events.SignUps:
			all[i].SignUps = f.Count
		case events.ActiveOrganizations:
			all[i].Active = f.Count
		case events.SubscriptionsStarted:
			all[i].Subscriptions = f.Count
		case events.TicketsCreated:
			all[i].Tickets = f.Count
		case events.PaymentsFailed:
			all[i].FailedPaid = f.Count
		default:
		}
	}
	return all
}

// revenueStep is by how much the monthly revenue in a currency went up or down on a day.
type revenueStep struct {
	Day      time.Time
	Currency string
	Step     int64
}

// addRevenue writes what subscriptions brought at the end of each day in one currency.
func addRevenue(days []Day, currency string, steps []revenueStep) {
	sum := int64(0)
	for i := range days {
		for _, s := range steps {
			if s.Currency == currency && s.Day.Equal(days[i].Day) {
				sum += s.Step
			}
		}
		days[i].Revenue = sum
	}
}

// Timing is how long something took in all processes, for pages, which know modules alone.
type Timing = pulse.Timing

// TimedJob marks the timing of a kind of job.
const TimedJob = pulse.Job

// seldom is how often something has to have happened in a day for its being slow to say anything.
const seldom = 5

// slowest are the routes of which one in twenty took longest.
func slowest(all []Timing) []Timing {
	routes := slices.DeleteFunc(slices.Clone(all), func(t Timing) bool { return t.What != pulse.Route || t.Count < seldom })
	slices.SortStableFunc(routes, func(a, b Timing) int { return cmp.Compare(b.Within(0.95), a.Within(0.95)) })
	return routes[:min(len(routes), overviewRows)]
}

// failing are the routes and kinds of jobs that failed most often.
func failing(all []Timing) []Timing {
	bad := slices.DeleteFunc(slices.Clone(all), func(t Timing) bool { return t.Errors == 0 })
	slices.SortStableFunc(bad, func(a, b Timing) int { return cmp.Compare(b.Errors, a.Errors) })
	return bad[:min(len(bad), overviewRows)]
}

// requests counts all requests and those that were answered with an error.
func requests(all []Timing) (n, errors int64) {
	for _, t := range all {
		if t.What == pulse.Route {
			n, errors = n+t.Count, errors+t.Errors
		}
	}
	return n, errors
}
