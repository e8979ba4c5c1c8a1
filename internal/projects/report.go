package projects

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Report is what happened in a project in a week, and how it stands now. Counts are CountCap+1 when there are more; of
// what was closed in a week the latest CountCap are looked at.
type Report struct {
	Project Project
	Week    Week // days are those of the organization's time zone
	Running bool // the week is not over
	Now     time.Time

	Done     int64
	Opened   int64
	Open     int64 // now
	Overdue  int64 // now
	Cycle    Cycle // of what was done and had been begun
	People   []ReportPerson
	DoneRows []Row // the first of each, reportSize at most
	OpenRows []Row // what was opened
	LateRows []Row
}

// Empty says that nothing happened, and that nothing is open.
func (r Report) Empty() bool { return r.Quiet() && r.Open == 0 }

// Quiet says that nothing happened.
func (r Report) Quiet() bool { return r.Done == 0 && r.Opened == 0 }

// ReportPerson is how many tickets of a person were done.
type ReportPerson struct {
	ID            *uuid.UUID // nil is nobody
	Name, Picture string
	Done          int
}

const reportSize = 50

// closedRow is a ticket that was closed in a week.
type closedRow struct {
	AssigneeID    *uuid.UUID
	Name, Picture string
	Took          *float64 // seconds
}

// QueueReport reads, in the round trip of a page, the report of a week, or of the last whole one. What it returns is
// called when the round trip was made.
func (p *Projects) QueueReport(r *db.Reads, s scope.Scope, key string, week *Week) func() Report {
	out := Report{Now: p.now()}
	var at projectsdb.ReportWeekRow
	var closed []closedRow
	var counts []projectsdb.CountsByKeyRow
	var statuses []StatusInfo
	monday := "" // is the last whole one
	if week != nil {
		monday = week.Monday.Format(time.DateOnly)
	}
	queueProject(r, s, key, &out.Project)
	db.Row(r, &at, projectsdb.ReportWeek, s.TenantID, out.Now, monday)
	queueStatuses(r, s, key, &statuses)
	queueCounts(r, s, key, &counts)
	b := ofProject(s, key)
	b.within("t.closed_at", out.Now, monday)
	db.Rows(r, &closed, b.done("t.assignee_id, coalesce(a.name, ''), coalesce(a.picture, ''), extract(epoch from t.closed_at - t.started_at)::float8", CountCap+1), b.args...)
	b = ofProject(s, key)
	b.within("t.closed_at", out.Now, monday)
	db.Rows(r, &out.DoneRows, b.done(rowColumns, reportSize), b.args...)
	b = ofProject(s, key)
	b.within("t.created_at", out.Now, monday)
	b.count(r, &out.Opened)
	b = ofProject(s, key)
	b.within("t.created_at", out.Now, monday)
	db.Rows(r, &out.OpenRows, b.rows(rowColumns, "t.created_at desc, t.number desc", reportSize), b.args...)
	b = ofProject(s, key)
	b.late(out.Now)
	b.count(r, &out.Overdue)
	b = ofProject(s, key)
	b.late(out.Now)
	db.Rows(r, &out.LateRows, b.rows(rowColumns, "t.due_on, t.number", reportSize), b.args...)
	return func() Report {
		out.Week, out.Running = Week{at.Monday}, !at.Monday.Before(at.Running)
		out.count(closed)
		byStatus := countsOf(counts)
		for _, status := range statuses {
			if !status.Kind.Closed() {
				out.Open += int64(byStatus[status.Slug])
			}
		}
		return out
	}
}

// count sums up what was done.
func (r *Report) count(closed []closedRow) {
	r.Done = int64(len(closed))
	at := map[uuid.UUID]int{}
	var took []float64
	for _, row := range closed {
		var id uuid.UUID
		if row.AssigneeID != nil {
			id = *row.AssigneeID
		}
		i, ok := at[id]
		if !ok {
			i = len(r.People)
			at[id] = i
			r.People = append(r.People, ReportPerson{ID: row.AssigneeID, Name: row.Name, Picture: row.Picture})
		}
		r.People[i].Done++
		if row.Took != nil {
			took = append(took, *row.Took)
		}
	}
	slices.SortFunc(r.People, func(a, b ReportPerson) int {
		return cmp.Or(cmp.Compare(b.Done, a.Done), cmp.Compare(a.Name, b.Name))
	})
	slices.Sort(took)
	r.Cycle = Cycle{Days: 7, Tickets: len(took), Median: quantile(took, 50), Most: quantile(took, 85)}
}

// within asks for what a time says happened in the week, as it is where the organization is.
func (b *builder) within(column string, now time.Time, monday string) {
	at, week := b.arg(now), b.arg(monday)
	begins := "coalesce(nullif(" + week + "::text, '')::date::timestamp, date_trunc('week', timezone(n.time_zone, " + at + "::timestamptz)) - interval '7 days')"
	b.and(column + " >= (select timezone(n.time_zone, " + begins + ") from tenants n where n.id = $1)")
	b.and(column + " < (select timezone(n.time_zone, " + begins + " + interval '7 days') from tenants n where n.id = $1)")
}

// late asks for open tickets whose day is over, where the organization is.
func (b *builder) late(now time.Time) {
	b.and("t.closed_at is null")
	b.and("t.due_on < (select timezone(n.time_zone, " + b.arg(now) + "::timestamptz)::date from tenants n where n.id = $1)")
}

// done is the query for what ended as done, the latest first, among the latest CountCap that were closed.
func (b *builder) done(columns string, n int) string {
	const order = "t.closed_at desc, t.number desc"
	return "select " + columns + "\nfrom (\nselect t.*\nfrom tickets t" + b.where() + "\norder by " + order + "\nlimit " + b.arg(CountCap+1) + "\n) t\n" +
		rowNames + "where st.kind = 'done'\norder by " + order + "\nlimit " + b.arg(n)
}
