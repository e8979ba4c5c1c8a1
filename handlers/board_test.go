package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

var cardOf = regexp.MustCompile(`id="card-WEB-(\d+)"`)

// cards are the numbers on a board in the order of the page.
func cards(p *webtest.Page) string {
	var out []string
	for _, m := range cardOf.FindAllStringSubmatch(p.Body, -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

// A card goes to a place in its lane; everybody sees the same order, and those who look at the board are told.
func TestBoardKeepsTheOrder(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	base := a.Serve(t)
	b, other := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	stream := other.Listen(base, "")
	stream.Marked()
	board := "/orgs/acme/projects/WEB/board"
	move := func(n, status, before, after, from string) *webtest.Page {
		return b.HX(http.MethodPost, "/orgs/acme/projects/WEB/tickets/"+n+"/status?as=card",
			url.Values{"status": {status}, "before": {before}, "after": {after}, "from": {from}}).Want(200)
	}
	if got := cards(other.Get(board).Want(200)); got != "3 2 1" {
		t.Errorf("the board begins as %s", got)
	}
	if p := move("1", "todo", "WEB-2", "WEB-3", "todo"); !strings.Contains(p.Body, `id="card-WEB-1"`) || strings.Contains(p.Body, "moved to") {
		t.Errorf("a move within a lane answers\n%s", p.Body)
	}
	stream.Tells("acme", "WEB", 1, "ticket.ranked")
	for _, who := range []*webtest.Browser{b, other} {
		if got := cards(who.Get(board).Want(200)); got != "3 1 2" {
			t.Errorf("the board is %s", got)
		}
	}
	move("3", "progress", "", "", "todo").Says("WEB-3 moved to In progress")
	stream.Tells("acme", "WEB", 3, "ticket.status_changed")
	move("2", "progress", "", "WEB-3", "todo")
	if got := cards(other.Get(board).Want(200)); got != "1 3 2" {
		t.Errorf("the board is %s", got)
	}
	// Without script the card's own form takes it to the top.
	b.Get(board).Submit("/orgs/acme/projects/WEB/tickets/1/status", "status", "progress").Want(200).At(board)
	if got := cards(other.Get(board).Want(200)); got != "1 3 2" {
		t.Errorf("the board is %s", got)
	}
}

// A lane that holds more than is wanted says so, and takes more all the same.
func TestBoardLaneAboveItsLimit(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), `update statuses set ticket_limit = 2`); err != nil {
		t.Fatal(err)
	}
	b := a.SignIn(t, dana)
	board := "/orgs/acme/projects/WEB/board"
	b.Get(board).Want(200).Says("To do 3 of 2 more than are wanted here", "In progress 0 of 2")
	b.Get(board + "?q=t").Want(200).Silent("more than are")
	answer := b.HX(http.MethodPost, "/orgs/acme/projects/WEB/tickets/1/status?as=card", url.Values{"status": {"progress"}}).Want(200)
	if !strings.Contains(answer.Body, `hx-swap="innerHTML">2 of 2<`) || !strings.Contains(answer.Body, `hx-swap="innerHTML">1 of 2<`) {
		t.Errorf("the answer does not have the new counts:\n%s", answer.Body)
	}
}
