package projects_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/projects"
)

func TestTicketForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "SEC", projects.ForMembers)
	for name, c := range map[string]struct {
		form  projects.NewTicket
		field string
	}{
		"no title":          {projects.NewTicket{}, "title"},
		"blank title":       {projects.NewTicket{Title: " \n "}, "title"},
		"unseen title":      {projects.NewTicket{Title: "\u200b\u2060\u3164 \u202e"}, "title"},
		"broken title":      {projects.NewTicket{Title: "a\u2028b"}, "title"},
		"long title":        {projects.NewTicket{Title: strings.Repeat("ü", 201)}, "title"},
		"two lines":         {projects.NewTicket{Title: "a\nb"}, "title"},
		"long body":         {projects.NewTicket{Title: "x", Body: strings.Repeat("x", projects.MaxBody+1)}, "body"},
		"status":            {projects.NewTicket{Title: "x", Status: "canceled"}, "status"},
		"hostile status":    {projects.NewTicket{Title: "x", Status: "todo'; drop table tickets; --"}, "status"},
		"priority":          {projects.NewTicket{Title: "x", Priority: "5"}, "priority"},
		"foreign assignee":  {projects.NewTicket{Title: "x", Assignee: h.foreigner.Person.ID}, "assignee"},
		"blind assignee":    {projects.NewTicket{Title: "x", Assignee: h.member.Person.ID}, "assignee"},
		"assignee made up":  {projects.NewTicket{Title: "x", Assignee: uuid.New()}, "assignee"},
		"guest not invited": {projects.NewTicket{Title: "x", Assignee: h.guest.Person.ID}, "assignee"},
	} {
		c.form.ID = newID()
		_, err := h.CreateTicket(h.ctx(), h.owner, "SEC", c.form)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[c.field] == "" || len(f.Fields) != 1 {
			t.Errorf("%s: %v, want something about %s", name, err, c.field)
		}
	}
	n, err := h.CreateTicket(h.ctx(), h.owner, "SEC", projects.NewTicket{
		ID: newID(), Title: "  " + strings.Repeat("ü", 200), Body: strings.Repeat("x", projects.MaxBody), Status: "done", Priority: "high",
		Assignee: h.admin.Person.ID,
	})
	h.no(err)
	page, err := h.TicketPage(h.ctx(), h.owner, "SEC", n, "")
	h.no(err)
	got := page.Ticket
	if n != 1 || got.Key() != "SEC-1" || got.ClosedAt == nil || got.Assignee != "Mira Okafor" || got.Author != "Dana Whitfield" ||
		got.Priority != int16(projects.High) || len(got.Body) != projects.MaxBody {
		t.Errorf("the ticket is %s, closed %v, %s, priority %d", got.Key(), got.ClosedAt, got.Assignee, got.Priority)
	}
}

func TestHostileTextIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for _, text := range []string{
		`'; drop table tickets; --`, `<script>alert(1)</script>`, `%!s(MISSING) %d`, "\u202etxet", "🙂 \u0000x", `\x00 \' $1 {{.}}`, "%", "_",
	} {
		text = strings.ReplaceAll(text, "\x00", "") // what the decoder of forms does
		n := h.ticket(h.owner, "WEB", text)
		h.no(h.AddComment(h.ctx(), h.owner, "WEB", n, projects.CommentForm{ID: newID(), Body: text}))
		page, err := h.TicketPage(h.ctx(), h.member, "WEB", n, "")
		h.no(err)
		if page.Ticket.Title != text || page.Comments[0].Body != text {
			t.Errorf("%q came back as %q and %q", text, page.Ticket.Title, page.Comments[0].Body)
		}
		list, err := h.Tickets(h.ctx(), h.member, "WEB", projects.ListQuery{Filter: projects.Filter{Text: text}})
		h.no(err)
		if len(list.Tickets) != 1 && text != "%" && text != "_" {
			t.Errorf("%q finds %d tickets", text, len(list.Tickets))
		}
	}
}

func TestUnknownTickets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.ticket(h.owner, "WEB", "The first")
	for _, at := range []struct {
		key    string
		number int
	}{{"WEB", 2}, {"WEB", 0}, {"WEB", -1}, {"WEB", 1 << 40}, {"web", 1}, {"", 1}, {"NOPE", 1}, {"W'B", 1}} {
		_, err := h.TicketPage(h.ctx(), h.owner, at.key, at.number, "")
		h.is(err, fault.NotFound)
		_, err = h.EditPage(h.ctx(), h.owner, at.key, at.number)
		h.is(err, fault.NotFound)
		_, err = h.CommentPage(h.ctx(), h.owner, at.key, at.number, newID())
		h.is(err, fault.NotFound)
		h.is(h.SetTicketStatus(h.ctx(), h.owner, at.key, at.number, projects.Done), fault.NotFound)
		h.is(h.AddComment(h.ctx(), h.owner, at.key, at.number, projects.CommentForm{ID: newID(), Body: "x"}), fault.NotFound)
	}
}

func TestTicketChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "The first")
	twice := func(change func() error) {
		t.Helper()
		h.no(change())
		h.no(change()) // what is so already says nothing
	}
	twice(func() error { return h.SetTicketStatus(h.ctx(), h.member, "WEB", n, projects.Done) })
	closed := h.one(`select closed_at from tickets`)
	twice(func() error { return h.SetTicketAssignee(h.ctx(), h.member, "WEB", n, h.admin.Person.ID) })
	twice(func() error { return h.SetTicketAssignee(h.ctx(), h.member, "WEB", n, uuid.Nil) })
	twice(func() error { return h.SetTicketPriority(h.ctx(), h.member, "WEB", n, "urgent") })
	twice(func() error {
		return h.EditTicket(h.ctx(), h.member, "WEB", n, projects.EditForm{Title: "Renamed", Body: "More", Revision: 1})
	})
	if got := h.one(`select closed_at from tickets`); got != closed {
		t.Errorf("closed_at moved from %s to %s", closed, got)
	}
	h.no(h.SetTicketStatus(h.ctx(), h.member, "WEB", n, projects.InReview))
	if got := h.one(`select closed_at is null from tickets`); got != "true" {
		t.Error("an open ticket says when it was closed")
	}
	want := "project.created ticket.created ticket.status_changed ticket.assigned ticket.assigned ticket.priority_changed ticket.edited ticket.status_changed"
	if got := h.events(); got != want {
		t.Errorf("events %s", got)
	}
	h.wrong(h.SetTicketStatus(h.ctx(), h.owner, "WEB", n, "canceled"), "status")
	h.wrong(h.SetTicketAssignee(h.ctx(), h.owner, "WEB", n, h.guest.Person.ID), "assignee")
	h.wrong(h.SetTicketPriority(h.ctx(), h.owner, "WEB", n, ""), "priority")
	h.wrong(h.EditTicket(h.ctx(), h.owner, "WEB", n, projects.EditForm{Revision: 2}), "title")

	page, err := h.TicketPage(h.ctx(), h.owner, "WEB", n, "")
	h.no(err)
	var history []string
	for _, e := range page.History {
		history = append(history, fmt.Sprint(e.Action, e.Changes()))
	}
	mira := h.admin.Person.ID.String()
	if diff := cmp.Diff([]string{
		"ticket.createdmap[]", "ticket.status_changedmap[status:[todo done] status_kind:[todo done] status_name:[To do Done]]", "ticket.assignedmap[assignee:[ " + mira + "]]",
		"ticket.assignedmap[assignee:[" + mira + " ]]", "ticket.priority_changedmap[priority:[none urgent]]",
		"ticket.editedmap[title:[The first Renamed]]", "ticket.status_changedmap[status:[done review] status_kind:[done review] status_name:[Done In review]]",
	}, history); diff != "" {
		t.Error(diff)
	}
	if got := page.Names[h.admin.Person.ID]; got != "Mira Okafor" {
		t.Errorf("the history calls the assignee %q", got)
	}
}

func TestHistoryNamesWhoHasLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "The first")
	h.no(h.SetTicketAssignee(h.ctx(), h.owner, "WEB", n, h.member.Person.ID))
	h.no(h.tenants.Leave(h.ctx(), h.member))
	page, err := h.TicketPage(h.ctx(), h.owner, "WEB", n, "")
	h.no(err)
	if got := page.Names[h.member.Person.ID]; got != "Jun Park" {
		t.Errorf("the history calls who has left %q", got)
	}
	if page.Ticket.Assignee != "Jun Park" {
		t.Errorf("the assignee is %q", page.Ticket.Assignee)
	}
	for _, p := range page.People {
		if p.ID == h.member.Person.ID {
			t.Error("who has left can be assigned")
		}
	}
}

func TestTwoEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "The first")
	h.no(h.EditTicket(h.ctx(), h.member, "WEB", n, projects.EditForm{Title: "By Jun", Revision: 1}))
	h.is(h.EditTicket(h.ctx(), h.admin, "WEB", n, projects.EditForm{Title: "By Mira", Revision: 1}), fault.Conflict)
	h.no(h.EditTicket(h.ctx(), h.admin, "WEB", n, projects.EditForm{Title: "By Jun", Revision: 1})) // the same in the end
	if got := h.one(`select title from tickets`); got != "By Jun" {
		t.Errorf("the title is %s", got)
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "The first")
	other := h.ticket(h.owner, "WEB", "The second")
	h.wrong(h.AddComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: newID(), Body: "  "}), "body")
	h.wrong(h.AddComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: newID(), Body: strings.Repeat("x", projects.MaxBody+1)}), "body")
	id := newID()
	h.no(h.AddComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: id, Body: "Said"}))
	h.is(h.EditComment(h.ctx(), h.owner, "WEB", n, projects.CommentForm{ID: id, Body: "Not mine"}), fault.Denied)
	h.is(h.DeleteComment(h.ctx(), h.owner, "WEB", n, id), fault.Denied)
	h.is(h.DeleteComment(h.ctx(), h.member, "WEB", other, id), fault.NotFound) // by another ticket's address
	h.is(h.DeleteComment(h.ctx(), h.member, "WEB", n, newID()), fault.NotFound)
	h.wrong(h.EditComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: id}), "body")
	h.no(h.EditComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: id, Body: "Said better"}))
	page, err := h.CommentPage(h.ctx(), h.member, "WEB", n, id)
	h.no(err)
	if c := page.Comment; c.Body != "Said better" || c.EditedAt == nil {
		t.Errorf("the comment is %+v", c)
	}
	h.no(h.DeleteComment(h.ctx(), h.member, "WEB", n, id))
	h.is(h.DeleteComment(h.ctx(), h.member, "WEB", n, id), fault.NotFound)
	h.is(h.EditComment(h.ctx(), h.member, "WEB", n, projects.CommentForm{ID: id, Body: "Back"}), fault.NotFound)
	after, err := h.TicketPage(h.ctx(), h.owner, "WEB", n, "")
	h.no(err)
	if len(after.Comments) != 1 || after.Comments[0].DeletedAt == nil || after.Comments[0].Body != "" || after.Answered(after.Comments[0]) {
		t.Errorf("of a deleted comment more is left than its place: %+v", after.Comments)
	}
	h.countsAreRight()
}

func TestManyCommentsArePaged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "Much discussed")
	h.exec(`insert into comments (tenant_id, id, ticket_id, author_id, body, created_at)
		select $1, gen_random_uuid(), t.id, $2, 'comment ' || i, now() + (i / 3) * interval '1 s' from tickets t, generate_series(1, 250) i`,
		h.owner.TenantID, h.owner.Person.ID)
	seen := map[string]bool{}
	var sizes []int
	for before := ""; ; {
		page, err := h.TicketPage(h.ctx(), h.member, "WEB", n, before)
		h.no(err)
		sizes = append(sizes, len(page.Comments))
		for i, c := range page.Comments {
			seen[c.Body] = true
			if i > 0 && c.CreatedAt.Before(page.Comments[i-1].CreatedAt) {
				t.Error("comments are out of order")
			}
		}
		if page.Partial != (before != "") {
			t.Errorf("the page before %q says partial %v", before, page.Partial)
		}
		if before = page.Earlier; before == "" {
			break
		}
	}
	if diff := cmp.Diff([]int{100, 100, 50}, sizes); diff != "" || len(seen) != 250 {
		t.Errorf("%d comments seen, pages %s", len(seen), diff)
	}
	for _, bad := range []string{"x", ".", "12.not-an-id", "99999999999999999999." + uuid.NewString(), "-5." + uuid.NewString()} {
		page, err := h.TicketPage(h.ctx(), h.member, "WEB", n, bad)
		h.no(err)
		if page.Partial || len(page.Comments) != 100 {
			t.Errorf("the cursor %q is followed", bad)
		}
	}
}

// Two people who tie the same tickets at the same moment wait for each other in one order: neither has to try again.
func TestTiesAreMadeInOneOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	one, two := h.ticket(h.owner, "WEB", "The first"), h.ticket(h.owner, "WEB", "The second")
	ties := func(key string, value uuid.UUID) {
		t.Helper()
		_, err := h.super.Exec(h.ctx(), "select "+key+"(hashtextextended('ticket ties ' || $1::text, 0))", value)
		h.no(err)
	}
	ties("pg_advisory_lock", h.owner.TenantID)
	done := make(chan error, 2)
	go func() {
		done <- h.LinkTicket(h.ctx(), h.owner, "WEB", one, projects.LinkForm{Kind: "blocks", Ticket: fmt.Sprint(two)})
	}()
	go func() {
		done <- h.LinkTicket(h.ctx(), h.member, "WEB", two, projects.LinkForm{Kind: "blocked_by", Ticket: fmt.Sprint(one)})
	}()
	looking := dbtest.Connect(t, h.database.Super)
	for waiting := 0; waiting < 2; {
		h.no(looking.QueryRow(h.ctx(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting))
	}
	ties("pg_advisory_unlock", h.owner.TenantID)
	for range 2 {
		h.no(<-done)
	}
	if got := h.one(`select count(*) from ticket_links`); got != "1" {
		t.Errorf("%s links", got)
	}
}
