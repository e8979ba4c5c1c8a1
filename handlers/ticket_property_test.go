package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

// label makes a label on a ticket's page and says its id.
func labelID(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="label" value="([^"]+)"[^>]*>\s*<span class="chip[^"]*"><bdi>` + name + `<`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("there is no label %s", name)
	}
	return m[1]
}

func TestLabelsOfATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "OPS", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	labels := ticket + "/labels"
	b.Get(ticket)
	b.Post(labels, url.Values{"new": {" bug "}}).Want(200).At(ticket).Says("Labels of WEB-1: bug", "added the labels bug")
	page := b.Post(labels, url.Values{"new": {"BUG"}}).Want(200) // the one of that name
	bug := labelID(t, page.Body, "bug")
	page = b.Post(labels, url.Values{"label": {bug}, "new": {"motion"}}).Want(200).Says("Labels of WEB-1: bug, motion")
	motion := labelID(t, page.Body, "motion")
	answer := b.HX(http.MethodPost, labels, url.Values{"label": {motion}}).Want(200).Says("Labels of WEB-1: motion", "removed the labels bug")
	if got, want := piece(t, answer.Body, "ticket-props"), piece(t, b.Get(ticket).Body, "ticket-props"); got != want {
		t.Errorf("the answer is\n%s\nthe page has\n%s", got, want)
	}
	b.Post(labels, url.Values{"new": {strings.Repeat("x", 41)}}).Want(422).Says("at most 40 characters")
	b.Post(labels, url.Values{"label": {a.owner.TenantID.String()}}).Want(422).Says("Choose labels from the list.")
	a.ticket(t, a.owner, "OPS", "Elsewhere")
	b.Post("/orgs/acme/projects/OPS/tickets/1/labels", url.Values{"label": {bug}}).Want(422)
	b.Get(ticket)
	b.Post(labels, nil).Want(200).Says("WEB-1 has no label")
	if n := count(t, a.Site, `select count(*) from ticket_labels`); n != 0 {
		t.Errorf("%d labels are left", n)
	}

	// Who does not manage the project chooses among its labels.
	jun := a.SignIn(t, "jun@example.com")
	jun.Get(ticket).Want(200).Silent("New label")
	jun.Post(labels, url.Values{"new": {"mine"}}).Want(403)
	jun.Get(ticket)
	jun.Post(labels, url.Values{"label": {bug}}).Want(200).Says("Labels of WEB-1: bug")
}

func TestDueDateAndEstimate(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	b.Get(ticket).Submit(ticket+"/due", "due", "2020-02-29").Want(200).At(ticket).Says("WEB-1 is due", "set the due date to 2020-02-29", "days late")
	b.Get(ticket).Submit(ticket+"/estimate", "estimate", "8").Want(200).At(ticket).Says("estimated it at 8 points")
	for name, values := range map[string][]string{"due": {"2021-02-29", "soon", "10000-01-01"}, "estimate": {"-1", "101", "1.5", "x"}} {
		for _, v := range values {
			b.Post(ticket+"/"+name, url.Values{name: {v}}).Want(422)
		}
	}
	page := b.Get(ticket)
	if !strings.Contains(page.Body, `value="2020-02-29"`) || !strings.Contains(page.Body, `value="8"`) {
		t.Error("the page does not hold what was set")
	}
	b.HX(http.MethodPost, ticket+"/status", url.Values{"status": {"done"}}).Want(200).Silent("days late")
	b.Get(ticket)
	b.Post(ticket+"/due", nil).Says("has no due date")
	b.Post(ticket+"/estimate", nil).Says("is not estimated")
}

func TestTies(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECRET", projects.ForMembers)
	for _, title := range []string{"Roof", "Walls", "Ground"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	a.ticket(t, a.owner, "SECRET", "Not for everybody")
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB/tickets/"
	tie := func(number, kind, other string, want int, says ...string) {
		t.Helper()
		b.Get(base + number)
		b.Post(base+number+"/links", url.Values{"kind": {kind}, "ticket": {other}}).Want(want).Says(says...)
	}
	tie("1", "blocked_by", "WEB-2", 200, "WEB-1 is tied to WEB-2", "Waits for", "Walls")
	tie("1", "blocked_by", "web-2", 200)
	tie("2", "blocked_by", "3", 200)
	tie("3", "blocked_by", "#1", 422, "They would wait for each other.")
	tie("1", "blocks", "3", 422, "They would wait for each other.")
	tie("1", "blocks", "1", 422, "cannot wait for itself")
	tie("1", "blocks", "WEB-99", 422, "There is no ticket of that name.")
	tie("1", "blocks", "words", 422, "Enter a ticket like WEB-42.")
	tie("1", "sideways", "2", 422)
	tie("1", "blocked_by", "SECRET-1", 200, "Not for everybody")
	b.Get(base+"2").Says("Blocks", "Roof")
	b.Get(base + "1")
	b.Post(base+"1/status", url.Values{"status": {"done"}}).Says("WEB-1 moved to Done. It still waits for SECRET-1, WEB-2")

	// What a person does not see is not there, and is not told apart from what does not exist.
	jun := a.SignIn(t, "jun@example.com")
	jun.Get(base+"1").Want(200).Says("Walls").Silent("SECRET", "Not for everybody")
	jun.Post(base+"3/links", url.Values{"kind": {"blocks"}, "ticket": {"SECRET-1"}}).Want(422).Says("There is no ticket of that name.")
	jun.Post(base+"1/links/remove", url.Values{"kind": {"blocked_by"}, "ticket": {"SECRET-1"}}).Want(422)
	jun.Get(base + "1?show=history").Silent("SECRET")

	b.Get(base+"1").Submit(base+"1/links/remove", "kind", "blocked_by", "ticket", "WEB-2").Want(200).Says("no longer tied")
	b.Get(base + "1").Silent("Walls")

	// Parents.
	tie("1", "parent", "3", 200, "Part of", "Ground")
	tie("3", "parent", "1", 422, "This ticket stands above that one.")
	tie("2", "parent", "WEB-3", 200)
	b.Get(base+"3").Says("Sub-tickets", "1 of 2")
	b.Post(base+"1/links/remove", url.Values{"kind": {"parent"}, "ticket": {"WEB-3"}}).Want(200)
	b.Get(base + "3").Says("0 of 1")
	b.Get("/orgs/acme/projects/WEB/tickets/new?parent=WEB-3").Submit("/orgs/acme/projects/WEB/tickets", "title", "Below").Want(200).Says("Part of", "Ground")
}

func TestWatching(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	b.Get(ticket).Says("Watching 1")
	jun.Get(ticket).Says("Watch 1").Submit(ticket+"/watch").Want(200).At(ticket).Says("You hear of WEB-1", "Watching 2")
	jun.HX(http.MethodPost, ticket+"/watch", url.Values{"watching": {"false"}}).Want(200).Says("You no longer hear of WEB-1")
	jun.Get(ticket).Submit(ticket+"/comments", "body", "I say something").Want(200).Says("Watch 1") // what they said holds
	b.Get(ticket)
	b.Post(ticket+"/assignee", url.Values{"assignee": {a.admin.Person.ID.String()}}).Says("Watching 2")
	if n := count(t, a.Site, `select count(*) from ticket_watchers where watching`); n != 2 {
		t.Errorf("%d people watch, want the author and who it was given to", n)
	}
}

// Everything a ticket can carry can be said when it is made, also of several one after the other.
func TestANewTicketWithEverything(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB/tickets"
	b.Get(base + "/1")
	bug := labelID(t, b.Post(base+"/1/labels", url.Values{"new": {"bug"}}).Body, "bug")
	form := b.Get(base + "/new").Want(200)
	form.Submit(base, "title", "x", "due", "never", "estimate", "many", "parent", "WEB-9", "blocked_by", "1 what").Want(422).
		Says("Enter a date.", "Enter a whole number", "There is no ticket of that name.", "Enter a ticket like")
	more := form.Submit(base, "title", "Carries all", "due", "2031-05-06", "estimate", "5", "parent", "1", "blocked_by", "WEB-1", "label", bug, "another", "on").
		Want(200).At(base + "/new").Says("WEB-2 is added")
	got := more.Form(base)
	for name, want := range map[string]string{"due": "2031-05-06", "estimate": "5", "parent": "1", "blocked_by": "WEB-1", "label": bug, "title": "", "another": "on"} {
		if got.Get(name) != want {
			t.Errorf("the next form has %s=%q, want %q", name, got.Get(name), want)
		}
	}
	page := b.Get(base+"/2").Want(200).Says("bug", "Part of", "Waits for", "Watching 1")
	if !strings.Contains(page.Body, `value="2031-05-06"`) {
		t.Error("the due date is lost")
	}
	dialog := b.HX(http.MethodGet, base+"/new?as=dialog", nil).Want(200).Says("New ticket in")
	if strings.Contains(dialog.Body, "<html") || !strings.Contains(dialog.Body, `<dialog class="dlg" id="ticket-dialog"`) || !strings.Contains(dialog.Body, `id="new-title"`) {
		t.Error("the form over the page is no dialog")
	}
	if !strings.Contains(b.Get("/orgs/acme").Body, `hx-get="/orgs/acme/projects/WEB/tickets/new?as=dialog"`) {
		t.Error("the button of the bar does not open the dialog")
	}
}

// Two who tie tickets at the same moment make no circle.
func TestTiesAtOnce(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for range 2 {
		a.ticket(t, a.owner, "WEB", "One of two")
	}
	done := make(chan error, 2)
	for i, other := range []string{"2", "1"} {
		go func() {
			done <- a.App.Projects.LinkTicket(t.Context(), a.owner, "WEB", i+1, projects.LinkForm{Kind: "blocks", Ticket: other})
		}()
	}
	failed := 0
	for range 2 {
		if err := <-done; err != nil {
			failed++
		}
	}
	var n int
	if err := dbtest.At(t, a.Database.Super).QueryRow(t.Context(), `select count(*) from ticket_links`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if failed != 1 || n != 1 {
		t.Errorf("%d were refused and %d ties stand, want one of each", failed, n)
	}
}
