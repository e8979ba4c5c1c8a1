package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"

	"plinth/internal/projects"
)

func TestMoveATicketToAnotherProject(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.acme.owner = d.Give(t, d.owner, "team")
	d.project(t, "OPS", projects.ForOrganization)
	d.project(t, "SEC", projects.ForMembers)
	d.acme.ticket(t, d.owner, "OPS", "Already there")
	d.acme.ticket(t, d.owner, "WEB", "The second")
	for key, names := range map[string][]string{"WEB": {"Bug", "ours"}, "OPS": {"bug"}} {
		for _, name := range names {
			ticket := "/orgs/acme/projects/" + key + "/tickets/1"
			page := d.dana.Get(ticket)
			d.dana.Post(ticket+"/labels", url.Values{"label": page.Form(ticket + "/labels")["label"], "new": {name}}).Want(200)
		}
	}
	second := strings.TrimSuffix(d.ticket, "1") + "2"
	d.dana.Get(second).Submit(second+"/links", "kind", "parent", "ticket", "WEB-1").Want(200)
	d.dana.Post(d.ticket+"/status", url.Values{"status": {"review"}}).Want(200)
	d.dana.Post(d.ticket+"/assignee", url.Values{"assignee": {d.member.Person.ID.String()}}).Want(200)
	d.attach(t, d.jun, textFile("notes.txt", "what I saw")).Want(200)
	file := attachedOn(d.jun.Get(d.ticket))[0]
	said := say(t, d.jun, d.ticket, "See [notes]("+file+"), WEB-1 and WEB-2")

	stale, edit := d.dana.Get(d.ticket), d.dana.Get(d.ticket+"/edit")
	form := d.jun.Get(d.ticket+"/move").Want(200).Says("Project OPS", "WEB-1 leads to it").Silent("SEC")
	for _, bad := range []string{"", "WEB", "SEC", "NONE"} {
		form.Submit(d.ticket+"/move", "project", bad).Want(422)
	}
	there := "/orgs/acme/projects/OPS/tickets/2"
	page := form.Submit(d.ticket+"/move", "project", "OPS").Want(200).At(there).Says("WEB-1 is OPS-2 now.", "Left behind: ours.", "In review", "Jun Park", "notes.txt", "See", "it was WEB-1", "WEB-2", "The second")
	form.Submit(d.ticket+"/move", "project", "OPS").Want(200).At(there) // a double click
	if !strings.Contains(page.Body, `href="/orgs/acme/projects/WEB/tickets/1" title="Gripper stalls"`) {
		t.Error("the key it had is no link any more")
	}

	late := stale.Submit(d.ticket+"/comments", "body", "A late word").Want(200).At(there).Says("The ticket is OPS-2 now. What you wrote is in the form")
	keeps(t, late, there+"/comments", "A late word")
	late = edit.Submit(d.ticket, "title", "Gripper stalls", "body", "A late text").Want(200).At(there + "/edit").Says("What you wrote is in the form")
	keeps(t, late, there, "A late text")

	// What led to it leads to it, for who may see it.
	d.dana.Get(d.ticket).Want(200).At(there)
	d.dana.Get(said).Want(200).At(there)
	if got := d.dana.Get(file).Want(200); got.Body != "what I saw" {
		t.Errorf("the file is %q", got.Body)
	}
	d.dana.HX(http.MethodGet, d.ticket, nil).Want(404).Says("was moved to OPS-2")
	d.dana.Get("/orgs/acme/projects/WEB/tickets").Want(200).Silent("Gripper stalls")
	d.dana.Get("/orgs/acme/projects/OPS/board").Want(200).Says("Gripper stalls")
	d.dana.Get("/orgs/acme/search?q=gripper").Want(200).Says("OPS-2")
	d.dana.Get("/orgs/acme/projects/OPS").Want(200).Says("OPS-2")
	if list := d.dana.Get("/orgs/acme/projects/OPS/tickets?label=bug").Want(200); !strings.Contains(list.Body, "Gripper stalls") {
		d.dana.Get(there).Says("bug")
	}
	if err := d.App.Projects.Recount(t.Context(), d.owner, [16]byte{}, [16]byte{}); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.dana.Get("/orgs/acme/projects/WEB/board").Says("1 of 1 open")

	// Into a project that its assignee does not see: from there its address leads nobody to it who does not see it either.
	d.dana.Get(there+"/move").Submit(there+"/move", "project", "SEC").Want(200).At("/orgs/acme/projects/SEC/tickets/1").Says("assigned to nobody")
	d.jun.Get(there).Want(404)
	d.jun.Get(d.ticket).Want(404)
	d.jun.Get(file).Want(404)
	d.jun.Get(said).Want(404)
	d.jun.Get(second).Want(200).Silent("Gripper stalls")
	d.dana.Get(d.ticket).At("/orgs/acme/projects/SEC/tickets/1")
	d.dana.Post("/orgs/acme/projects/SEC/tickets/1/move", url.Values{"project": {"WEB"}}).Want(200).At("/orgs/acme/projects/WEB/tickets/3")
	d.jun.Get(d.ticket).Want(200).At("/orgs/acme/projects/WEB/tickets/3")

	d.lukas.Get(d.ticket + "/move").Want(404)
	if err := d.App.Projects.AddMember(t.Context(), d.owner, "WEB", d.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	d.lukas.Post(second+"/move", url.Values{"project": {"OPS"}}).Want(403)
}

func TestDuplicateATicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "Gripper stalls")
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB/tickets"
	b.Post(base+"/1/labels", url.Values{"new": {"bug"}}).Want(200)
	b.Post(base+"/1/priority", url.Values{"priority": {"high"}}).Want(200)
	b.Post(base+"/1/estimate", url.Values{"estimate": {"5"}}).Want(200)
	b.Get(base+"/1/edit").Submit(base+"/1", "body", "All of it").Want(200).Says("Duplicate")
	form := b.Get(base + "/new?copy=1").Want(200)
	if got := form.Form(base); got.Get("title") != "Gripper stalls" || got.Get("body") != "All of it" || got.Get("priority") != "high" || got.Get("estimate") != "5" || len(got["label"]) != 1 {
		t.Errorf("the copy begins with %v", got)
	}
	again := form.Submit(base, "title", " ").Want(422)
	if got := again.Form(base); got.Get("title") != " " || got.Get("copy") != "1" {
		t.Errorf("the form kept %v", got)
	}
	again.Submit(base, "title", "Gripper stalls too").Want(200).At(base+"/2").Says("Gripper stalls too", "All of it", "bug", "made it as a copy of WEB-1")
	b.Get(base + "/new?copy=99").Want(404)
	b.Get(base + "/new?copy=x").Want(200)
}

// keeps fails the test unless the form on a page holds the text.
func keeps(t *testing.T, page *webtest.Page, form, text string) {
	t.Helper()
	if got := page.Form(form).Get("body"); got != text {
		t.Errorf("what was typed is lost: %q", got)
	}
}
