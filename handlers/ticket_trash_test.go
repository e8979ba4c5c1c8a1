package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

func TestDeleteATicketAndBringItBack(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"Gripper stalls", "Another one"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	jun, dana := a.SignIn(t, "jun@example.com"), a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB"
	ticket := base + "/tickets/1"
	say(t, jun, ticket, "Said about it")
	dana.Get(base + "/trash").Want(200).Says("Nothing was thrown away")
	counts := func(want string) {
		t.Helper()
		var got string
		if err := dbtest.At(t, a.Database.Super).QueryRow(t.Context(), `
			select (select sum(tickets) from ticket_counts)::text || ' ' || (select sum(opened) from ticket_days) || ' ' || (select sum(closed) from ticket_days)`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("the counts are %s, want %s", got, want)
		}
	}
	jun.Post(ticket+"/status", url.Values{"status": {"done"}}).Want(200)
	counts("2 2 1")

	stale := dana.Clone().Get(ticket)
	list := jun.Get(ticket).Submit(ticket+"/delete").Want(200).At(base+"/tickets").Says("WEB-1 is in the trash.", "Undo", "1 ticket").Silent("Gripper")
	counts("1 1 0")
	jun.Post(ticket+"/delete", nil).Want(200).At(base + "/tickets") // a double click
	for _, path := range []string{base + "/board", "/orgs/acme/search?q=gripper", "/orgs/acme/search?q=WEB-1", "/orgs/acme/tickets"} {
		dana.Get(path).Want(200).Silent("Gripper stalls")
	}
	dana.Get(ticket).Want(200).Says("This ticket is in the trash", "Gripper stalls", "Deleted by Jun Park", "Restore", "Type WEB-1 to go on").Silent("Said about it")
	line := dana.HX(http.MethodGet, ticket, nil).Want(404).Says("was moved to the trash")
	if line.Header.Get("HX-Retarget") != "#toasts" {
		t.Error("who looks at it would lose the page")
	}
	stale.Submit(ticket+"/comments", "body", "Too late").Want(200).At(ticket).Says("This ticket is in the trash", "What you wrote is kept")
	dana.Get(base+"/trash").Want(200).Says("WEB-1", "Gripper stalls", "deleted by Jun Park").Silent("Another one")

	list.Submit(ticket+"/restore").Want(200).At(ticket).Says("WEB-1 is back.", "Said about it", "brought it back from the trash", "moved it to the trash")
	jun.Post(ticket+"/restore", nil).Want(200).At(ticket)
	counts("2 2 1")
	keeps(t, dana.Get(ticket), ticket+"/comments", "Too late")

	// Who sees the project and who does not, who wrote it and who did not.
	guest := a.SignIn(t, "lukas@example.com")
	guest.Get(base + "/trash").Want(404)
	guest.Post(ticket+"/delete", nil).Want(404)
	if err := a.App.Projects.AddMember(t.Context(), a.owner, "WEB", a.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	guest.Post(ticket+"/delete", nil).Want(403).Says("Guests delete only tickets that they wrote.")
	guest.Get(ticket).Silent("Move to the trash")

	// A status that was taken away in the meantime.
	jun.Post(ticket+"/delete", nil).Want(200)
	alter(t, a.Site, `update statuses set deleted_at = now() where slug = 'done'`)
	jun.Post(ticket+"/restore", nil).Want(200).Says("WEB-1 is back.", "To do")
	counts("2 2 0")
}

func TestATicketIsDeletedForGood(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.acme.ticket(t, d.owner, "WEB", "The second")
	second := strings.TrimSuffix(d.ticket, "1") + "2"
	d.dana.Get(d.ticket).Submit(d.ticket+"/links", "kind", "blocks", "ticket", "WEB-2").Want(200)
	d.dana.Get(second).Submit(second+"/links", "kind", "parent", "ticket", "WEB-1").Want(200)
	said := say(t, d.jun, d.ticket, "@Dana Whitfield look")
	d.dana.Post(said+"/reactions", url.Values{"add": {"thanks"}}).Want(200)
	d.attach(t, d.jun, textFile("notes.txt", "what I saw")).Want(200)
	d.Settle(t)
	d.dana.Post(d.ticket+"/delete", nil).Want(200)
	d.jun.Get(d.ticket).Want(200).Silent("Delete it for good")
	d.jun.Post(d.ticket+"/erase", url.Values{"confirm": {"WEB-1"}}).Want(403)
	d.dana.Get(d.ticket).Submit(d.ticket+"/erase", "confirm", "WEB-2").Want(422).Says("Type WEB-1 to go on.").
		Submit(d.ticket+"/erase", "confirm", "WEB-1").Want(200).At("/orgs/acme/projects/WEB/trash").Says("WEB-1 is deleted for good.", "Nothing was thrown away")
	d.dana.Get(d.ticket).Want(404)
	d.dana.Post(d.ticket+"/restore", nil).Want(404)
	d.Settle(t)
	for table, want := range map[string]int{
		"tickets": 1, "comments": 0, "reactions": 0, "mentions": 0, "ticket_links": 0, "notifications": 0, "attachments": 0, "search_docs": 1,
		"tickets where parent_id is not null": 0, "events where action = 'tickets.purged'": 1, "file_totals where files <> 0": 0,
	} {
		if got := count(t, d.Site, `select count(*) from `+table); got != want {
			t.Errorf("%d rows of %s, want %d", got, table, want)
		}
	}
	if left := d.keptFiles(t); len(left) != 0 {
		t.Errorf("files are kept: %q", left)
	}
	d.dana.Get(second).Want(200)

	// What nobody brings back is gone after 30 days, and not before.
	d.dana.Post(second+"/delete", nil).Want(200)
	for _, c := range []struct {
		age  string
		want int
	}{{"29 days", 1}, {"2 days", 0}} {
		alter(t, d.Site, `update tickets set purge_at = purge_at - $1::interval, deleted_at = deleted_at - $1::interval`, c.age)
		if more, err := d.Worker.Privacy.PurgeTrash(t.Context(), d.owner.TenantID); err != nil || more {
			t.Fatal(more, err)
		}
		if got := count(t, d.Site, `select count(*) from tickets`); got != c.want {
			t.Errorf("after %s there are %d tickets", c.age, got)
		}
	}
	if err := d.Worker.Projects.PurgeAllTrash(t.Context(), d.owner.TenantID); err != nil {
		t.Fatal(err)
	}
}

func TestTheTrashIsPaged(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 120)
	alter(t, a.Site, `update tickets set deleted_at = now() - number * interval '1 minute', purge_at = now() + interval '1 day', deleted_by = author_id`)
	b := a.SignIn(t, dana)
	page := b.Get("/orgs/acme/projects/WEB/trash").Want(200)
	seen := strings.Count(page.Body, "/restore")
	for page = b.Get("/orgs/acme/projects/WEB/trash"); ; {
		_, link, more := strings.Cut(page.Body, `rel="next" href="`)
		if !more {
			break
		}
		link, _, _ = strings.Cut(link, `"`)
		page = b.Get(link).Want(200).Says("Previous")
		seen += strings.Count(page.Body, "/restore")
	}
	if seen != 120 {
		t.Errorf("%d tickets on all pages", seen)
	}
	b.Get("/orgs/acme/projects/WEB/trash?after=%00x").Want(200)
}
