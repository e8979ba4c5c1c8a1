package handlers_test

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

// What is picked in a list goes into the trash at once, and all of it comes back with one press, but for what others did
// with it since.
func TestBulkTrash(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three", "Four", "Five"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	base := "/orgs/acme/projects/WEB"
	jun, dana := a.SignIn(t, "jun@example.com"), a.SignIn(t, dana)
	conn := dbtest.Connect(t, a.Database.Super)
	state := func(want string) {
		t.Helper()
		var got string
		if err := conn.QueryRow(t.Context(), `
			select coalesce((select string_agg(concat_ws(' ', t.number, t.status, t.rank = r.rank), ', ' order by t.number) from tickets t join ranks r on r.id = t.id where t.deleted_at is null), 'none')
				|| ' | ' || coalesce((select string_agg(status || ' ' || tickets, ', ' order by status) from ticket_counts where tickets <> 0), 'none')
				|| ' | ' || (select sum(opened) || ' ' || sum(closed) from ticket_days)`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("it is\n%s, want\n%s", got, want)
		}
	}
	dana.Post(base+"/bulk", url.Values{"ticket": {"1", "2"}, "status": {"done"}}).Want(200)
	dana.Post(base+"/bulk", url.Values{"ticket": {"4"}, "status": {"review"}}).Want(200)
	if _, err := conn.Exec(t.Context(), `create table ranks as select id, rank from tickets`); err != nil {
		t.Fatal(err)
	}
	jun.Get(base+"/tickets").Want(200).Says("Move to the trash").Submit(base+"/bulk", "trash", "on").Want(200).Says("Choose the tickets first.")
	list := jun.Post(base+"/bulk", url.Values{"ticket": {"1", "2", "3", "4", "4", "77"}, "trash": {"on"}, "status": {"done"}}).Want(200).
		At(base+"/tickets").Says("4 tickets are in the trash. 1 was not there any more.", "Undo", "Five").Silent("Three")
	state("5 todo t | todo 1 | 1 0")
	dana.Get(base+"/trash").Want(200).Says("WEB-1", "WEB-4", "deleted by Jun Park")
	var told int
	if err := conn.QueryRow(t.Context(), `select count(*) from events where action = 'ticket.deleted' and actor_id = $1`, a.member.Person.ID).Scan(&told); err != nil || told != 4 {
		t.Errorf("%d entries of the history, %v", told, err)
	}

	// One is brought back and thrown away again, one is gone for good, and the status of one is taken away.
	dana.Post(base+"/tickets/2/restore", nil).Want(200)
	dana.Post(base+"/tickets/2/delete", nil).Want(200)
	dana.Post(base+"/tickets/3/erase", url.Values{"confirm": {"WEB-3"}}).Want(200)
	if err := a.App.Projects.RemoveStatus(t.Context(), a.owner, "WEB", "review", "done"); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	undo := undoOf.FindStringSubmatch(list.Body)
	if undo == nil {
		t.Fatal("nothing takes it back")
	}
	where, query, _ := strings.Cut(html.UnescapeString(undo[1]), "?")
	dana.Post(where+"?"+query, nil).Want(200).Says("There is nothing to bring back.") // it was Jun who did it
	state("5 todo t | todo 1 | 1 0")
	jun.Post(where+"?"+query, nil).Want(200).Says("2 tickets are back. 2 were brought back or deleted for good by somebody since.")
	state("1 done t, 4 done t, 5 todo t | done 2, todo 1 | 3 2")
	jun.Get(base + "/tickets/1").Want(200).Says("brought it back from the trash")
	jun.Post(where+"?"+query, nil).Want(200).Says("There is nothing to bring back.")
	for _, bad := range []string{"x", "1.x", "-1.2", "1.201", "99999999999999999999.1"} {
		jun.Post(where+"?trash="+bad, nil).Want(200).Says("It cannot be taken back any more.")
	}

	// Guests take away what they wrote, and people who do not see the project nothing.
	guest := a.SignIn(t, "lukas@example.com")
	guest.Post(base+"/bulk", url.Values{"ticket": {"5"}, "trash": {"on"}}).Want(404)
	guest.Post(where+"?"+query, nil).Want(404)
	if err := a.App.Projects.AddMember(t.Context(), a.owner, "WEB", a.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	a.ticket(t, a.guest, "WEB", "By Lukas")
	guest.Post(base+"/bulk", url.Values{"ticket": {"5"}, "trash": {"on"}}).Want(200).Says("Nothing was moved to the trash. 1 was written by somebody else and stays.").Silent("Undo")
	guest.Post(base+"/bulk", url.Values{"ticket": {"5", "6"}, "trash": {"on"}}).Want(200).Says("1 ticket is in the trash. 1 was written by somebody else and stays.")
	guest.Get(base + "/tickets").Says("Five").Silent("By Lukas")
	if err := a.App.Projects.SetArchived(t.Context(), a.owner, "WEB", true); err != nil {
		t.Fatal(err)
	}
	jun.Post(base+"/bulk", url.Values{"ticket": {"5"}, "trash": {"on"}}).Want(409)
	jun.Post(where+"?"+query, nil).Want(409)
}
