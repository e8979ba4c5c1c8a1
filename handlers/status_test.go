package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

// Whoever manages a project adds, renames, orders and removes its statuses; what is removed leaves its tickets to another.
func TestStatusesOfAProject(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	base := "/orgs/acme/projects/WEB"
	at := base + "/settings/statuses"
	jun := a.SignIn(t, "jun@example.com")
	jun.Get(at).Want(403)
	jun.Post(base+"/settings/statuses", url.Values{"name": {"Mine"}, "kind": {"todo"}}).Want(403)
	jun.Post(at+"/todo/remove", url.Values{"to": {"progress"}}).Want(403)
	b := a.SignIn(t, dana)
	b.Get(base+"/settings").Want(200).Says("General", "Statuses", "Labels")
	page := b.Get(at).Want(200).Says("To do 3 tickets", "In review 0 tickets")
	page.Submit(at, "name", " ", "kind", "odd", "limit", "0").Want(422).Says("Enter a name.", "Choose what the status means", "whole number from 1 to 9,999")
	page.Submit(at, "name", "in REVIEW").Want(422).Says("There is a status of this name already.")
	page.Submit(at, "name", "Ideas & wishes", "kind", "backlog", "limit", "5").Want(200).At(at).Says("Ideas & wishes is added.", "Backlog · 0 tickets · at most 5 wanted")
	b.Get(base + "/board").Want(200).Says("Ideas & wishes 0 of 5 ")

	// A change of the name keeps the address; one from open to finished needs an empty status.
	edit := b.Get(at + "?edit=review").Want(200)
	edit.Submit(at+"/review", "name", "Check", "limit", "x").Want(422).Says("whole number")
	edit.Submit(at+"/review", "name", "Check").Want(200).Says("Saved.", "Check")
	b.Get(at+"?edit=todo").Submit(at+"/todo", "kind", "done").Want(422).Says("Tickets have this status")
	b.Get(at+"?edit=done").Submit(at+"/done", "kind", "todo").Want(422).Says("the only status for finished tickets")
	b.Post(at+"/nothing", url.Values{"name": {"x"}, "kind": {"todo"}}).Want(404)

	order := func() string {
		var out []string
		for _, m := range strings.Split(b.Get(base+"/board").Want(200).Body, `data-status="`)[1:] {
			slug, _, _ := strings.Cut(m, `"`)
			out = append(out, slug)
		}
		return strings.Join(out, " ")
	}
	if got := order(); got != "ideas-wishes todo progress review done" {
		t.Errorf("the lanes are %s", got)
	}
	b.Post(at+"/review/move", url.Values{"steps": {"-1"}}).Want(200).At(at)
	b.HX(http.MethodPost, at+"/ideas-wishes/move", url.Values{"steps": {"1"}}).Want(200).Says("Ideas & wishes").Silent("<html")
	b.Post(at+"/done/move", url.Values{"steps": {"7"}}).Want(200)
	if got := order(); got != "todo ideas-wishes review progress done" {
		t.Errorf("the lanes are %s", got)
	}
	for before, want := range map[string]string{"": "todo review progress done ideas-wishes", "review": "todo ideas-wishes review progress done"} {
		for range 2 {
			b.HX(http.MethodPost, at+"/ideas-wishes/move", url.Values{"status": {""}, "before": {before}, "after": {"x"}}).Want(200)
		}
		if got := order(); got != want {
			t.Errorf("before %q the lanes are %s", before, got)
		}
	}

	// Removing asks where the tickets go, and they are there at once, with the counts.
	b.Get(at + "/done/remove").Submit(at + "/done/remove").Want(422).Says("the only status for finished tickets")
	remove := b.Get(at + "/todo/remove").Want(200).Says("3 tickets have this status")
	remove.Submit(at+"/todo/remove", "to", "todo").Want(422).Says("Choose where its tickets go.")
	remove.Submit(at+"/todo/remove", "to", "done").Want(200).At(at).Says("The status is removed.", "Done 3 tickets").Silent("status-todo")
	b.Get(at + "/todo/remove").Want(404)
	b.Get(base + "/board").Want(200).Says("0 of 3 open")
	b.Get(base+"/tickets").Want(200).Says("One", "Two", "Three")
	b.Post(base+"/tickets/1/status", url.Values{"status": {"todo"}}).Want(422)
	a.Settle(t)
	conn := dbtest.Connect(t, a.Database.Super)
	var open, closed, days int
	err := conn.QueryRow(t.Context(), `select count(*) filter (where closed_at is null), count(*) filter (where closed_at is not null), (select sum(closed) from ticket_days) from tickets`).Scan(&open, &closed, &days)
	if err != nil || open != 0 || closed != 3 || days != 3 {
		t.Errorf("%d tickets are open, %d closed, %d in the days: %v", open, closed, days, err)
	}
	// Back again: what was closed is open, and a name that was removed can be given anew.
	b.Get(at).Submit(at, "name", "To do", "kind", "todo").Want(200)
	b.Get(at).Submit(at, "name", "Dropped", "kind", "canceled").Want(200)
	b.Get(at+"/done/remove").Submit(at+"/done/remove", "to", "to-do").Want(200)
	b.Get(base + "/board").Want(200).Says("3 of 3 open").Silent("No ticket stands here yet.")
	b.Get(base+"/board?q=zeppelin").Want(200).Says("No ticket matches.", "Show all tickets")
	b.Get(base).Want(200).Says("removed the status Done of", "and gave its tickets To do", "renamed the status In review of")
	b.Get("/orgs/acme/audit").Want(200).Says("added the status Dropped to")
}

// Labels are added, changed, merged and removed; tickets lose them or get another.
func TestLabelsOfAProject(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	base := "/orgs/acme/projects/WEB"
	at := base + "/settings/labels"
	jun := a.SignIn(t, "jun@example.com")
	jun.Get(at).Want(403)
	jun.Post(base+"/settings/labels", url.Values{"name": {"Mine"}}).Want(403)
	b := a.SignIn(t, dana)
	page := b.Get(at).Want(200).Says("A label is a coloured word")
	page.Submit(at, "name", "").Want(422).Says("Enter a name.")
	page.Submit(at, "name", "bug", "hue", "brick").Want(200).Says("bug is added.", "0 tickets")
	page.Submit(at, "name", "bug", "hue", "brick").Want(200) // a double click
	b.Get(at).Submit(at, "name", "BUG").Want(422).Says("There is a label of this name already.")
	b.Get(at).Submit(at, "name", "defect").Want(200)
	set, err := a.App.Projects.LabelSettings(t.Context(), a.owner, "WEB")
	if err != nil || len(set.Labels) != 2 {
		t.Fatalf("%v: %v", set.Labels, err)
	}
	bug, defect := set.Labels[0].ID.String(), set.Labels[1].ID.String()
	for title, labels := range map[string][]uuid.UUID{"One": {set.Labels[0].ID}, "Two": {set.Labels[0].ID, set.Labels[1].ID}, "Three": {set.Labels[1].ID}} {
		if _, err := a.App.Projects.CreateTicket(t.Context(), a.owner, "WEB", projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: title, Labels: labels}); err != nil {
			t.Fatal(err)
		}
	}
	b.Get(at+"?edit="+bug).Want(200).Submit(at+"/"+bug, "name", "fault", "hue", "plum").Want(200).Says("Saved.", "fault")
	b.Get(at+"?edit="+bug).Submit(at+"/"+bug, "name", "Defect").Want(422).Says("There is a label of this name already.")
	b.Post(at+"/"+uuid.NewString(), url.Values{"name": {"x"}, "hue": {"plum"}}).Want(404)
	b.Post(at+"/nonsense", url.Values{"name": {"x"}}).Want(404)

	remove := b.Get(at + "/" + bug + "/remove").Want(200).Says("It is on 2 tickets.")
	remove.Submit(at+"/"+bug+"/remove", "to", bug).Want(422).Says("Choose a label from the list.")
	remove.Submit(at+"/"+bug+"/remove", "to", defect).Want(200).Says("The label is removed.", "3 tickets")
	if got := b.Get(base + "/tickets?label=" + defect).Want(200).Text(); !strings.Contains(got, "3 tickets") {
		t.Errorf("the label that was given instead is on: %s", got)
	}
	b.Get(at + "/" + defect + "/remove").Submit(at + "/" + defect + "/remove").Want(200)
	b.Get(base+"/tickets?label=none").Want(200).Says("One", "Two", "Three")
	b.Get(base).Want(200).Says("removed the label fault of", "and gave its tickets defect")
}

// Two people save the settings: the second sees what the first has saved beside what they typed.
func TestTwoSaveTheSettings(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	at := "/orgs/acme/projects/WEB/settings"
	first, second := a.SignIn(t, dana).Get(at).Want(200), a.SignIn(t, "mira@example.com").Get(at).Want(200)
	first.Submit(at, "name", "Web shop", "description", "We sell", "icon", "chart", "lead", a.member.Person.ID.String()).Want(200).Says("Saved.")
	again := second.Submit(at, "name", "Website", "hue", "plum", "icon", "odd").Want(422).Says("Choose a picture from the list.").
		Submit(at, "icon", "home").Want(409).Says("Somebody else changed these settings", "What it says now", "Web shop", "We sell", "Jun Park", "Chart")
	if form := again.Form(at); form.Get("name") != "Website" || form.Get("hue") != "plum" || form.Get("description") != "" {
		t.Errorf("what was typed came back as %v", form)
	}
	again.Submit(at, "lead", a.guest.Person.ID.String()).Want(422).Says("Choose somebody who sees this project.")
	again.Submit(at).Want(200).Says("Saved.", "Website")
	a.SignIn(t, dana).Get("/orgs/acme/projects/WEB").Want(200).Says("Website").Silent("Led by")
}
