package admin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/pulse"
	"plinth/jobs"
)

// Overview is the first page: how many, how much money, and what is stuck.
type Overview struct {
	At            time.Time
	Totals        Totals
	Subscriptions SubscriptionTotals
	Revenue       []Revenue // by currency, the largest first
	Currency      string    // the largest; "" while nobody pays
	Opened        []Opened  // twelve months, the current one last
	Hours         []WebhookHour
	Health        WebhookHealth
	Failures      Failures
	Queues        []Depth
	Webhooks      []WebhookRow
	Tasks         []Task
	Days          []Day // thirty, today last
	Mail          MailHealth
	Undispatched  events.Waiting // events that nobody has passed on yet
	Requests      int64          // in 24 hours
	Errors        int64          // of these, those answered with an error
	Slow          []Timing
	Failing       []Timing
}

// Totals count people and organizations, New those of the last 30 days.
type Totals struct {
	Users            int64
	UsersNew         int64
	Organizations    int64
	OrganizationsNew int64
	Tasks            int64 // open
}

// SubscriptionTotals count current subscriptions by Stripe's status.
type SubscriptionTotals struct {
	Active       int64
	PastDue      int64
	Trials       int64
	TrialsEnding int64 // within seven days
}

// Revenue is what a month brings in one currency, in its smallest unit, from active and past due subscriptions.
type Revenue struct {
	Currency      string
	MonthlyAmount int64
	Subscriptions int64
}

// Opened is how many organizations were opened in a month; those deleted since are among them.
type Opened struct {
	Month time.Time // its first moment, UTC
	Count int64
}

// WebhookHour is what became of the Stripe events that arrived within an hour.
type WebhookHour struct {
	Hour    time.Time
	Done    int64 // applied or rightly ignored
	Waiting int64 // queued or parked
}

// WebhookHealth is how quickly Stripe events of the last day were applied, and what waits.
type WebhookHealth struct {
	Applied       int64
	MedianSeconds float64
	SlowSeconds   float64 // 95 of 100 were quicker
	Parked        int64
	OldestQueued  *time.Time
}

const (
	overviewRows   = 8
	overviewMonths = 12
	overviewHours  = 24
)

// Overview reads the first page in one round trip.
func (a *Admin) Overview(ctx context.Context, now time.Time) (Overview, error) {
	o := Overview{At: now}
	now = now.UTC()
	month := time.Date(now.Year(), now.Month()-overviewMonths+1, 1, 0, 0, 0, 0, time.UTC)
	hour := now.Truncate(time.Hour).Add(-(overviewHours - 1) * time.Hour)
	var days []events.DayCount
	var took []Timing
	var steps []revenueStep
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Row(r, &o.Totals, admindb.Totals)
		db.Row(r, &o.Subscriptions, admindb.SubscriptionTotals)
		db.Rows(r, &o.Revenue, admindb.Revenue)
		db.Rows(r, &steps, admindb.RevenueDays, firstDay(now), now)
		db.Rows(r, &o.Opened, admindb.OpenedOrganizations, month)
		db.Rows(r, &o.Hours, admindb.WebhookHours, hour)
		db.Row(r, &o.Health, admindb.WebhookHealth, now.Add(-overviewHours*time.Hour))
		jobs.ReadFailures(r, &o.Failures)
		jobs.ReadQueues(r, &o.Queues)
		db.Rows(r, &o.Webhooks, admindb.ListWebhooks, future(), "", "", "", "", overviewRows)
		db.Rows(r, &o.Tasks, admindb.ListTasks, future(), uuid.Max, false, "", uuid.Nil, overviewRows)
		queueDays(r, now, &days)
		db.Row(r, &o.Mail, admindb.MailHealth)
		events.QueueWaiting(r, &o.Undispatched)
		pulse.QueueTimings(r, hour, &took)
	})
	o.Days = byDay(now, days)
	if len(o.Revenue) > 0 {
		o.Currency = o.Revenue[0].Currency
	}
	addRevenue(o.Days, o.Currency, steps)
	o.Requests, o.Errors = requests(took)
	o.Slow, o.Failing = slowest(took), failing(took)
	o.Opened = everyMonth(month, o.Opened)
	o.Hours = everyHour(hour, o.Hours)
	return o, err
}

// everyMonth fills in the months in which nothing was opened.
func everyMonth(first time.Time, found []Opened) []Opened {
	counts := map[int64]int64{}
	for _, f := range found {
		counts[f.Month.Unix()] = f.Count
	}
	all := make([]Opened, overviewMonths)
	for i := range all {
		month := first.AddDate(0, i, 0)
		all[i] = Opened{Month: month, Count: counts[month.Unix()]}
	}
	return all
}

// everyHour fills in the hours in which nothing arrived.
func everyHour(first time.Time, found []WebhookHour) []WebhookHour {
	hours := map[int64]WebhookHour{}
	for _, f := range found {
		hours[f.Hour.Unix()] = f
	}
	all := make([]WebhookHour, overviewHours)
	for i := range all {
		at := first.Add(time.Duration(i) * time.Hour)
		all[i] = hours[at.Unix()]
		all[i].Hour = at
	}
	return all
}
