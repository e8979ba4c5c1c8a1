package handlers_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

var undoOf = regexp.MustCompile(`action="([^"]*/bulk/undo[^"]*)"`)

// What is picked in a list is changed at once: each ticket has its entry in the history, the counts are kept, it can be
// taken back, and whoever is assigned is told once.
func TestBulk(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	for _, title := range []string{"One", "Two", "Three", "Four"} {
		a.ticket(t, a.owner, "WEB", title)
	}
	if err := a.App.Projects.AddLabel(t.Context(), a.owner, "WEB", projects.LabelForm{ID: uuid.Must(uuid.NewV7()), Name: "bug"}); err != nil {
		t.Fatal(err)
	}
	set, err := a.App.Projects.LabelSettings(t.Context(), a.owner, "WEB")
	if err != nil {
		t.Fatal(err)
	}
	bug := set.Labels[0].ID.String()
	base := "/orgs/acme/projects/WEB"
	conn := dbtest.Connect(t, a.Database.Super)
	one := func(sql string) (text string) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return text
	}
	const state = `select string_agg(concat_ws(' ', t.number, t.status, t.priority, t.assignee_id is not null, t.due_on, t.closed_at is not null, (select count(*) from ticket_labels h where h.ticket_id = t.id)), ', ' order by t.number) from tickets t`
	const kept = `select string_agg(status || ' ' || tickets, ', ' order by status) || ' ' || (select sum(closed) from ticket_days) from ticket_counts where tickets <> 0`

	b := a.SignIn(t, dana)
	list := b.Get(base + "/tickets").Want(200)
	list.Submit(base + "/bulk").Want(200).At(base + "/tickets").Says("Choose the tickets first.")
	list.Submit(base+"/bulk", "ticket", "1").Want(200).Says("Choose what is to be changed.")
	list.Submit(base+"/bulk", "ticket", "1", "status", "nothing").Want(200).Says("Choose a status from the list.")
	list.Submit(base+"/bulk", "ticket", "1", "assignee", a.guest.Person.ID.String()).Want(200).Says("Choose somebody who sees this project.")
	before := one(state)
	jun := a.member.Person.ID.String()
	a.Settle(t)
	changed := b.Post(base+"/bulk", url.Values{
		"ticket": {"1", "2", "3", "3", "77", "x"}, "status": {"done"}, "assignee": {jun}, "priority": {"high"}, "add": {bug}, "due": {"2026-12-24"},
	}).Want(200).At(base+"/tickets").Says("3 tickets are changed.", "1 was not there any more.", "Undo")
	if got, want := one(state), "1 done 3 t 2026-12-24 t 1, 2 done 3 t 2026-12-24 t 1, 3 done 3 t 2026-12-24 t 1, 4 todo 0 f f 0"; got != want {
		t.Errorf("after the change\n%s, want\n%s", got, want)
	}
	if got := one(kept); got != "done 3, todo 1 3" {
		t.Errorf("the counts are %s", got)
	}
	if got := one(`select count(*)::text from events where action like 'ticket.%' and action <> 'ticket.created'`); got != "15" {
		t.Errorf("%s events", got)
	}
	a.Settle(t)
	if got := one(`select count(*)::text from notifications where user_id = '` + jun + `'`); got != "1" {
		t.Errorf("Jun is told %s times", got)
	}
	b.Get(base+"/tickets/2").Want(200).Says("set priority to High", "added the labels bug")
	undo := undoOf.FindStringSubmatch(changed.Body)
	if undo == nil {
		t.Fatal("nothing takes it back")
	}
	_, query, _ := strings.Cut(html.UnescapeString(undo[1]), "?")
	a.SignIn(t, "jun@example.com").Post(base+"/tickets/2/status", url.Values{"status": {"review"}}).Want(200)
	b.Post(base+"/bulk/undo?"+query, nil).Want(200).Says("Taken back. 1 was changed by somebody since, and stays as it is.")
	if got, want := one(state), strings.Replace(before, "2 todo", "2 review", 1); got != want {
		t.Errorf("taken back\n%s, want\n%s", got, want)
	}
	if got := one(kept); got != "review 1, todo 3 0" {
		t.Errorf("the counts are %s", got)
	}
	b.Post(base+"/bulk/undo?do=tickets%3D1%26status%3Dnothing", nil).Want(200).Says("It cannot be taken back any more.")

	// A guest of the project changes as others do; nobody else, and nothing of an archived one.
	guest := a.SignIn(t, "lukas@example.com")
	guest.Post(base+"/bulk", url.Values{"ticket": {"1"}, "priority": {"low"}}).Want(404)
	guest.Post(base+"/bulk/undo", nil).Want(404)
	b.Post(base+"/bulk/undo", nil).Want(200).Says("It cannot be taken back any more.")
	if err := a.App.Projects.SetArchived(t.Context(), a.owner, "WEB", true); err != nil {
		t.Fatal(err)
	}
	b.Post(base+"/bulk", url.Values{"ticket": {"1"}, "priority": {"low"}}).Want(409)
	b.Get(base + "/tickets").Want(200).Silent(`class="bulk`)
}
