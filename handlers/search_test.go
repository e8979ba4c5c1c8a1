package handlers_test

import (
	"net/http"
	"slices"
	"testing"

	"plinth/internal/projects"
)

func TestSearchPage(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	b := a.SignIn(t, "jun@example.com")
	base := "/orgs/acme/projects/WEB"
	b.Get(base+"/tickets/new").Submit(base+"/tickets", "title", "Lighthouse & <lamp>", "body", "A <b>bulb</b> in the lantern room, changed every year.").Want(http.StatusOK)
	b.Get(base+"/tickets/1").Submit(base+"/tickets/1/comments", "body", "The keeper has spares.").Want(http.StatusOK)

	b.Get("/orgs/acme/search").Want(200).Says("What are you looking for?")
	b.Get("/orgs/acme/search?q=bulb").Want(200).Says("WEB-1", "Lighthouse & <lamp>", "bulb in the lantern room", "1 ticket").Silent("<b>bulb</b>")
	b.Get("/orgs/acme/search?q=keeper").Want(200).Says("In a comment:")
	b.Get("/orgs/acme/search?q=ligthouse").Want(200).Says("nearly the same", "WEB-1")
	b.Get("/orgs/acme/search?q=zeppelin").Want(200).Says("Nothing found", "zeppelin")
	b.Get("/orgs/acme/search?q=" + "%00%ff%27%22%3Cscript%3E").Want(200).Says("Search")
	b.Get("/orgs/acme/search?q=jun").Want(200).Says("People", "jun@example.com")
	lines := b.HX(http.MethodGet, "/orgs/acme/search?as=lines&q=lighthouse", nil).Want(200).Says("WEB-1", "Lighthouse & <lamp>")
	lines.Silent("Search all you see", "New ticket")
	if !slices.Contains(lines.Links(), "/orgs/acme/projects/WEB/tickets/1") {
		t.Errorf("the lines lead to %v", lines.Links())
	}
	a.Org(t, a.Account(t, "Olga", "olga@example.com"), "other", "Other")
	a.SignIn(t, "olga@example.com").Get("/orgs/acme/search?q=lighthouse").Want(404)
}
