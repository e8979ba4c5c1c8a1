package projects_test

import (
	"testing"
	"time"

	"plinth/internal/projects"
)

func TestProjectDashboard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	clock := &steps{at: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)}
	h.Now = clock.still
	h.project(h.owner, "WEB", projects.ForOrganization)
	empty, err := h.ProjectDashboard(h.ctx(), h.member, "WEB")
	h.no(err)
	if len(empty.Burn) != 0 || empty.Counts.Total() != 0 || len(empty.Oldest) != 0 {
		t.Errorf("a new project shows %+v", empty)
	}
	for day := range 10 {
		clock.at = time.Date(2026, 3, 1+day, 12, 0, 0, 0, time.UTC)
		h.ticket(h.owner, "WEB", "Opened")
		if day >= 5 {
			h.no(h.SetTicketStatus(h.ctx(), h.owner, "WEB", day-4, projects.Done))
		}
	}
	clock.at = time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)
	got, err := h.ProjectDashboard(h.ctx(), h.member, "WEB")
	h.no(err)
	first, last := got.Burn[0], got.Burn[len(got.Burn)-1]
	if len(got.Burn) != 12 || first.Scope != 1 || first.Done != 0 || last.Scope != 10 || last.Done != 5 || last.Day.Format(time.DateOnly) != "2026-03-12" {
		t.Errorf("%d days from %+v to %+v", len(got.Burn), first, last)
	}
	if got.Counts[projects.Done] != 5 || got.Counts[projects.Todo] != 5 {
		t.Errorf("counts %v", got.Counts)
	}
	if len(got.Oldest) != 5 || got.Oldest[0].Number != 6 {
		t.Errorf("the oldest are %+v", got.Oldest)
	}
	clock.at = clock.at.AddDate(0, 6, 0) // what is older than the chart stays in its sums
	got, err = h.ProjectDashboard(h.ctx(), h.member, "WEB")
	h.no(err)
	first, last = got.Burn[0], got.Burn[len(got.Burn)-1]
	if len(got.Burn) != 56 || first.Scope != 10 || last.Done != 5 {
		t.Errorf("half a year later %d days from %+v to %+v", len(got.Burn), first, last)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	h.no(h.SetArchived(h.ctx(), h.owner, "SEC", true))
	got, err := h.Dashboard(h.ctx(), h.member)
	h.no(err)
	if got.Seats != 3 || got.Used != 2 || got.Counts.Open != 1 || got.Counts.Archived != 0 {
		t.Errorf("%d seats, %d projects, sees %+v", got.Seats, got.Used, got.Counts)
	}
	if len(got.Days) != 30 || len(got.Projects) != 1 || got.Projects[0].Total() != 0 {
		t.Errorf("%d days, projects %+v", len(got.Days), got.Projects)
	}
}
