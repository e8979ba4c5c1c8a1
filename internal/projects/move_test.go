package projects_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"plinth/internal/fault"
	"plinth/internal/projects"
)

// lanes are the board's tickets as people see them: "todo: 3 1 2".
func (h *house) lane(key string, status projects.Status) string {
	h.t.Helper()
	board, err := h.Board(h.ctx(), h.owner, key, projects.Filter{})
	h.no(err)
	for _, lane := range board.Lanes {
		if lane.Slug != status {
			continue
		}
		var out []string
		for _, t := range lane.Tickets {
			out = append(out, fmt.Sprint(t.Number))
		}
		return strings.Join(out, " ")
	}
	h.t.Fatalf("no lane %s", status)
	return ""
}

func TestMoveTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for i := range 5 {
		h.ticket(h.owner, "WEB", fmt.Sprint("Ticket ", i+1))
	}
	for _, c := range []struct {
		number         int
		status         projects.Status
		before, after  string
		todo, progress string
	}{
		{5, projects.Todo, "", "", "5 4 3 2 1", ""}, // where it is, and nothing said: stays
		{1, projects.Todo, "WEB-5", "", "1 5 4 3 2", ""},
		{1, projects.Todo, "WEB-3", "WEB-4", "5 4 1 3 2", ""},
		{5, projects.Todo, "", "WEB-2", "4 1 3 2 5", ""},
		{3, projects.InProgress, "", "", "4 1 2 5", "3"},
		{4, projects.InProgress, "", "WEB-3", "1 2 5", "3 4"},
		{5, projects.InProgress, "WEB-4", "", "1 2", "3 5 4"},
		{1, projects.InProgress, "WEB-2", "WEB-5", "2", "3 5 1 4"}, // the one below is elsewhere: the one above counts
		{2, projects.InProgress, "WEB-99", "WEB-77", "", "2 3 5 1 4"},
		{2, projects.InProgress, "OTHER-3", "WEB-2", "", "2 3 5 1 4"},
		{3, projects.Todo, "", "", "3", "2 5 1 4"},
	} {
		h.no(h.MoveTicket(h.ctx(), h.member, "WEB", c.number, projects.Move{Status: c.status, Before: c.before, After: c.after}))
		if todo, progress := h.lane("WEB", projects.Todo), h.lane("WEB", projects.InProgress); todo != c.todo || progress != c.progress {
			t.Fatalf("%d to %s before %q after %q: %q and %q, want %q and %q", c.number, c.status, c.before, c.after, todo, progress, c.todo, c.progress)
		}
	}
	if got := h.one(`select string_agg(status || tickets, ' ' order by status) from ticket_counts where tenant_id = $1 and tickets > 0`, h.owner.TenantID); got != "progress4 todo1" {
		t.Errorf("the kept counts are %q", got)
	}
	if got := strings.Count(h.events(), "ticket.status_changed"); got != 6 {
		t.Errorf("%d moves between lanes are in the history, want 6: %s", got, h.events())
	}
	h.wrong(h.MoveTicket(h.ctx(), h.member, "WEB", 1, projects.Move{Status: "nowhere", Before: "WEB-2"}), "status")
	h.wrong(h.MoveTicket(h.ctx(), h.member, "WEB", 1, projects.Move{Before: "WEB-2"}), "status")
	h.is(h.MoveTicket(h.ctx(), h.guest, "WEB", 1, projects.Move{Status: projects.Done}), fault.NotFound)
	h.is(h.MoveTicket(h.ctx(), h.foreigner, "WEB", 1, projects.Move{Status: projects.Done}), fault.NotFound)
	h.is(h.MoveTicket(h.ctx(), h.member, "WEB", 77, projects.Move{Status: projects.Done}), fault.NotFound)
}

// However often tickets are set between the same two, there is room for another, and ranks stay short.
func TestMovesIntoANarrowPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for i := range 6 {
		h.ticket(h.owner, "WEB", fmt.Sprint("Ticket ", i+1))
	}
	for i := range 400 { // each goes right below the uppermost, so that the room there halves every time
		h.no(h.MoveTicket(h.ctx(), h.owner, "WEB", i%5+1, projects.Move{Status: projects.Todo, After: "WEB-6"}))
	}
	if got := h.lane("WEB", projects.Todo); got != "6 5 4 3 2 1" {
		t.Errorf("the lane is %s", got)
	}
	if longest := h.one(`select max(length(rank)) from tickets where tenant_id = $1`, h.owner.TenantID); len(longest) > 2 || longest > "60" {
		t.Errorf("a rank has %s letters", longest)
	}
	// All of them equal, as nobody makes them: the first move makes room.
	h.exec(`update tickets set rank = 'j0000000000' where tenant_id = $1`, h.owner.TenantID)
	h.no(h.MoveTicket(h.ctx(), h.owner, "WEB", 2, projects.Move{Status: projects.Todo, Before: "WEB-5"}))
	if got := h.lane("WEB", projects.Todo); got != "6 2 5 4 3 1" {
		t.Errorf("from equal ranks the lane is %s", got)
	}
	h.exec(`update tickets set rank = 'j0000000000' where tenant_id = $1`, h.owner.TenantID)
	h.no(h.MoveTicket(h.ctx(), h.owner, "WEB", 1, projects.Move{Status: projects.Todo, Before: "WEB-6"}))
	if got := h.lane("WEB", projects.Todo); got != "1 6 5 4 3 2" {
		t.Errorf("on top of equal ranks the lane is %s", got)
	}
}

// Two people drag into the same place at once: both tickets stand there, no rank is had twice, counts are right.
func TestMovesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for i := range 12 {
		h.ticket(h.owner, "WEB", fmt.Sprint("Ticket ", i+1))
	}
	var wait sync.WaitGroup
	failed := make([]error, 10)
	for i := range failed {
		wait.Go(func() {
			status := []projects.Status{projects.Todo, projects.InProgress}[i%2]
			failed[i] = h.MoveTicket(h.ctx(), h.member, "WEB", i+1, projects.Move{Status: status, Before: "WEB-11", After: "WEB-12"})
		})
	}
	wait.Wait()
	for i, err := range failed {
		if err != nil {
			t.Errorf("move %d: %v", i+1, err)
		}
	}
	if got := h.one(`select count(*) - count(distinct (status, rank)) from tickets where tenant_id = $1`, h.owner.TenantID); got != "0" {
		t.Errorf("%s ranks are had twice", got)
	}
	todo := strings.Fields(h.lane("WEB", projects.Todo))
	if len(todo) != 7 || todo[0] != "12" || todo[6] != "11" {
		t.Errorf("the lane is %q", todo)
	}
	if got := h.one(`select count(*) from (select status, count(*)::integer as n from tickets where tenant_id = $1 group by status) x
		join ticket_counts c on c.tenant_id = $1 and c.status = x.status and c.tickets = x.n`, h.owner.TenantID); got != "2" {
		t.Errorf("%s of 2 kept counts are right", got)
	}
}
