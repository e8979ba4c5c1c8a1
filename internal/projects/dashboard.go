package projects

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Day is one day of a chart. It is noon in the zone of the person who looks, so that it is the same day for them.
type Day struct {
	Day            time.Time
	Opened, Closed int
}

// Dashboard is what the first page of an organization shows.
type Dashboard struct {
	Mine      []Row // open tickets of the person, the most pressing first
	Due       []Row // of them, what is late or due within a week, the soonest first
	MineCount int64 // CountCap+1 when there are more
	Projects  []Progress
	Counts    ListCounts
	Days      []Day // flowDays of them, the last is today
	Activity  []events.Entry
	Seats     int64               // members that count for the plan
	Used      int64               // projects that count for the plan
	Trends    map[uuid.UUID]Trend // of the last seven days, by project
	Steps     Steps
}

// Trend is what was opened and closed in a project of late.
type Trend struct{ Opened, Closed int }

// Steps says how far an organization is set up, for those who have not put that away.
type Steps struct{ Project, Ticket, People, Hidden bool }

// Done says whether all of it is done.
func (s Steps) Done() bool { return s.Project && s.Ticket && s.People }

const (
	flowDays      = 30
	burnDays      = 56
	activitySize  = 10
	dashProjects  = 8
	oldestSize    = 5
	projectEvents = 12
	trendDays     = 7
	dueFirst      = 5
)

// Dashboard reads the first page of an organization. Days are those of the organization's time zone.
func (p *Projects) Dashboard(ctx context.Context, s scope.Scope) (Dashboard, error) {
	var out Dashboard
	var zoneName string
	var days []projectsdb.DaysRow
	var trends []projectsdb.TrendsRow
	now := p.now()
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueMine(r, s, MineAssigned, mineFirst, &out.Mine)
		queueMineCount(r, s, MineAssigned, &out.MineCount)
		queueMine(r, s, MineDue, dueFirst, &out.Due)
		db.Rows(r, &trends, projectsdb.Trends, s.TenantID, s.Person.ID, dayOf(now, time.UTC).AddDate(0, 0, -trendDays))
		db.Value(r, &out.Steps.Hidden, projectsdb.StepsHidden, s.TenantID, s.Person.ID)
		db.Rows(r, &out.Projects, projectsdb.ListProjects, s.TenantID, s.Person.ID, false, "", uuid.Nil, dashProjects)
		db.Row(r, &out.Counts, projectsdb.CountVisible, s.TenantID, s.Person.ID)
		db.Value(r, &zoneName, projectsdb.Zone, s.TenantID)
		db.Rows(r, &days, projectsdb.Days, s.TenantID, s.Person.ID, dayOf(now, time.UTC).AddDate(0, 0, -flowDays-1))
		events.QueueActivity(r, s, activitySize, &out.Activity)
		db.Value(r, &out.Seats, projectsdb.UsedSeats, s.TenantID)
		db.Value(r, &out.Used, projectsdb.UsedProjects, s.TenantID)
	})
	byDay := map[time.Time]projectsdb.DaysRow{}
	for _, d := range days {
		byDay[d.Day] = d
	}
	out.Trends = map[uuid.UUID]Trend{}
	for _, row := range trends {
		out.Trends[row.ProjectID] = Trend{int(row.Opened), int(row.Closed)}
	}
	soon := dayOf(now, s.Person.Location()).AddDate(0, 0, trendDays)
	out.Due = slices.DeleteFunc(out.Due, func(t Row) bool { return t.DueOn == nil || !t.DueOn.Before(soon) })
	out.Steps.Project = out.Counts.Open+out.Counts.Archived > 0
	out.Steps.Ticket = slices.ContainsFunc(out.Projects, func(o Progress) bool { return o.Total() > 0 })
	out.Steps.People = out.Seats > 1
	today := dayOf(now, zone(zoneName))
	for i := range flowDays {
		day := today.AddDate(0, 0, i+1-flowDays)
		out.Days = append(out.Days, Day{shown(day, s), int(byDay[day].Opened), int(byDay[day].Closed)})
	}
	return out, err
}

// shown is noon of the day where the person is.
func shown(day time.Time, s scope.Scope) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, s.Person.Location())
}

// BurnDay is one day of a burn-up: all tickets there were at its end, and the finished ones.
type BurnDay struct {
	Day         time.Time
	Scope, Done int
}

// ProjectDashboard is what the first page of a project shows.
type ProjectDashboard struct {
	Project  Project
	Statuses []StatusInfo
	Counts   Counts
	Burn     []BurnDay // from the first ticket on, burnDays at most, the last is today
	Oldest   []Row     // open ones, the oldest first
	Activity []events.Entry
	Cycle    [2]Cycle // of the last 30 and the last 90 days
}

// ProjectDashboard reads the first page of a project.
func (p *Projects) ProjectDashboard(ctx context.Context, s scope.Scope, key string) (ProjectDashboard, error) {
	var out ProjectDashboard
	var zoneName string
	var counts []projectsdb.CountsByKeyRow
	var before projectsdb.ProjectBeforeRow
	var days []projectsdb.ProjectDaysRow
	var cycle []projectsdb.CycleTimesRow
	now := p.now()
	// A day more than is shown: in the organization's zone it may be yesterday still.
	first := dayOf(now, time.UTC).AddDate(0, 0, -burnDays-1)
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueStatuses(r, s, key, &out.Statuses)
		queueCounts(r, s, key, &counts)
		db.Value(r, &zoneName, projectsdb.Zone, s.TenantID)
		db.Row(r, &before, projectsdb.ProjectBefore, s.TenantID, s.Person.ID, key, first)
		db.Rows(r, &days, projectsdb.ProjectDays, s.TenantID, s.Person.ID, key, first)
		queueOldest(r, s, key, &out.Oldest)
		db.Rows(r, &cycle, projectsdb.CycleTimes, s.TenantID, s.Person.ID, key, now.AddDate(0, 0, -cycleLong))
		events.QueueProjectActivity(r, s, key, projectEvents, &out.Activity)
	})
	out.Counts = countsOf(counts)
	out.Cycle = [2]Cycle{cycleOf(cycle, now, cycleShort), cycleOf(cycle, now, cycleLong)}
	out.Burn = burnUp(s, before, days, dayOf(now, zone(zoneName)))
	return out, err
}

// burnUp sums the days up, and leaves out what was before the first ticket.
func burnUp(s scope.Scope, before projectsdb.ProjectBeforeRow, days []projectsdb.ProjectDaysRow, today time.Time) []BurnDay {
	all, done := int(before.Opened), int(before.Closed)
	first := today.AddDate(0, 0, 1-burnDays)
	var out []BurnDay
	i := 0
	for day := first; !day.After(today); day = day.AddDate(0, 0, 1) {
		for ; i < len(days) && !days[i].Day.After(day); i++ {
			all, done = all+int(days[i].Opened), done+int(days[i].Closed)
		}
		if all > 0 {
			out = append(out, BurnDay{shown(day, s), all, done})
		}
	}
	return out
}

// queueOldest reads the tickets of a project that are open the longest.
func queueOldest(r *db.Reads, s scope.Scope, key string, into *[]Row) {
	b := ofProject(s, key)
	b.and("t.closed_at is null")
	sql := b.rows(rowColumns, "t.number", oldestSize)
	db.Rows(r, into, sql, b.args...)
}
