package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

// Each part of one's work has its tickets in its order, page by page, there and back, and nothing of what one may not see.
func TestMyWork(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Give(t, a.owner, "team")
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SEC", projects.ForMembers)
	a.Fill(t, a.owner, "OPS", 60)
	jun := a.member.Person.ID
	write := func(key, title, body, due string) {
		t.Helper()
		if _, err := a.App.Projects.CreateTicket(t.Context(), a.owner, key, projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: title, Body: body, Assignee: jun, Due: due}); err != nil {
			t.Fatal(err)
		}
	}
	write("WEB", "Later", "Ask @jun please", "2026-12-24")
	write("WEB", "Sooner", "", "2026-12-01")
	b := a.SignIn(t, "jun@example.com")
	b.Get("/orgs/acme/tickets").Want(200).Says("Assigned 2", "Later", "Sooner")
	due := b.Get("/orgs/acme/tickets?show=due").Want(200).Says("Due 2").Text()
	if strings.Index(due, "Sooner") > strings.Index(due, "Later") {
		t.Error("what is due later stands first")
	}
	b.Get("/orgs/acme/tickets?show=created").Want(200).Says("Nothing is on your plinth")
	b.Get("/orgs/acme/tickets?show=odd&after=9.x").Want(200).Says("Assigned 2")

	// Dana wrote and has sixty: each part is walked to its end and back.
	conn := dbtest.Connect(t, a.Database.Super)
	for _, sql := range []string{
		`update tickets set due_on = current_date + number % 7, closed_at = null where number <= 60 and title like 'Ticket number%'`,
		`insert into ticket_watchers (tenant_id, ticket_id, user_id, watching, since) select t.tenant_id, t.id, t.author_id, true, now() - make_interval(mins => t.number % 9)
			from tickets t where t.title like 'Ticket number%'`,
		`insert into mentions (tenant_id, id, ticket_id, user_id, author_id) select t.tenant_id, gen_random_uuid(), t.id, t.author_id, t.author_id from tickets t where t.title like 'Ticket number%'`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, show := range projects.Shows() {
		first, err := a.App.Projects.Mine(t.Context(), a.owner, projects.MineQuery{Show: show})
		if err != nil || len(first.Tickets) != 50 || first.Next == "" || first.Previous != "" {
			t.Fatalf("%s: %d tickets, next %q, previous %q: %v", show, len(first.Tickets), first.Next, first.Previous, err)
		}
		second, err := a.App.Projects.Mine(t.Context(), a.owner, projects.MineQuery{Show: show, After: first.Next})
		if err != nil || int64(len(first.Tickets)+len(second.Tickets)) != first.Count || second.Next != "" {
			t.Errorf("%s: then %d tickets of %d: %v", show, len(second.Tickets), first.Count, err)
		}
		back, err := a.App.Projects.Mine(t.Context(), a.owner, projects.MineQuery{Show: show, Before: second.Previous})
		if got, want := fmt.Sprint(rowKeys(back.Tickets)), fmt.Sprint(rowKeys(first.Tickets)); err != nil || got != want {
			t.Errorf("%s: back again\n%s, want\n%s: %v", show, got, want, err)
		}
		seen := map[string]bool{}
		for _, key := range append(rowKeys(first.Tickets), rowKeys(second.Tickets)...) {
			if seen[key] {
				t.Errorf("%s: %s stands there twice", show, key)
			}
			seen[key] = true
		}
	}
}

func rowKeys(rows []projects.Row) []string {
	var out []string
	for _, row := range rows {
		out = append(out, row.Key())
	}
	return out
}

// The first steps are ticked as they are done, and put away by whoever has seen enough; dashboards say what is due, how a
// week went and how long work takes.
func TestDashboardsLeadOn(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme").Want(200).Says("Set up Acme Robotics", "Make the first project", "2 of 4")
	a.project(t, "WEB", projects.ForOrganization)
	b.Get("/orgs/acme").Want(200).Says("3 of 4", "Write the first ticket").Silent("Due within a week")
	a.SignIn(t, "mira@example.com").Get("/orgs/acme").Want(200).Submit("/orgs/acme/steps/hide").Want(200).At("/orgs/acme").Silent("Set up Acme")
	b.Get("/orgs/acme").Want(200).Says("Set up Acme Robotics")
	n := a.ticket(t, a.owner, "WEB", "One")
	b.Get("/orgs/acme").Want(200).Silent("Set up Acme Robotics").Says("1 opened, 0 closed this week")
	if err := a.App.Projects.SetTicketAssignee(t.Context(), a.owner, "WEB", n, a.owner.Person.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.App.Projects.SetTicketDue(t.Context(), a.owner, "WEB", n, "2020-01-01"); err != nil {
		t.Fatal(err)
	}
	b.Get("/orgs/acme").Want(200).Says("Due within a week")
	b.Get("/orgs/acme/projects/WEB").Want(200).Says("once a ticket has gone from in progress to done")
	for _, status := range []projects.Status{projects.InProgress, projects.Done} {
		if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "WEB", n, status); err != nil {
			t.Fatal(err)
		}
	}
	b.Get("/orgs/acme/projects/WEB").Want(200).Says("30 days 1 ticket", "1 minute")
	b.Get("/orgs/acme").Want(200).Silent("Due within a week")
}
