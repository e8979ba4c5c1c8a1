package handlers_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
)

// A list is saved under a name, used by others when it is shared, and renamed, replaced and deleted by who saved it.
func TestSavedViews(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "One")
	base := "/orgs/acme/projects/WEB"
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	query := "assignee=nobody&group=status&sort=-updated"
	if list := b.Get(base + "/tickets?" + query).Want(200); !strings.Contains(list.Body, base+"/views?assignee=nobody") {
		t.Errorf("the list does not offer to save itself:\n%s", list.Body)
	}
	form := b.Get(base + "/views?" + query + "&odd=1&after=number.0.7").Want(200).Says("1 filter, its order, groups and columns")
	form.Submit(base+"/views", "name", " ").Want(422).Says("Enter a name.").Submit(base+"/views", "name", "For nobody").Want(200).
		At(base+"/tickets").Says("The view is saved.", "For nobody")
	form.Submit(base+"/views", "name", "For nobody").Want(200) // a double click
	set, err := a.App.Projects.Views(t.Context(), a.owner, "WEB", projects.ListQuery{})
	if err != nil || len(set.Views) != 1 || set.Views[0].Query != query {
		t.Fatalf("the views are %+v: %v", set.Views, err)
	}
	// At the limit one's own are replaced still, and no other is added.
	_, err = dbtest.At(t, a.Database.Super).Exec(t.Context(), `insert into saved_views (tenant_id, id, project_id, user_id, name, query)
		select tenant_id, gen_random_uuid(), project_id, user_id, 'Filler ' || i, '' from saved_views, generate_series(1, 49) i`)
	if err != nil {
		t.Fatal(err)
	}
	b.Get(base+"/views?"+query).Submit(base+"/views", "name", "FOR nobody").Want(200).Says("The view is saved.")
	b.Get(base+"/views?"+query).Submit(base+"/views", "name", "One more").Want(422).Says("You have 50 views in this project.")
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), `delete from saved_views where name like 'Filler %'`); err != nil {
		t.Fatal(err)
	}
	id := set.Views[0].ID.String()
	jun.Get(base + "/tickets").Want(200).Silent("For nobody")
	jun.Post(base+"/views/"+id, url.Values{"name": {"Mine"}}).Want(404)
	jun.Post(base+"/views/"+id+"/delete", nil).Want(404)

	b.Get(base+"/views").Submit(base+"/views/"+id, "name", "").Want(422).Says("Enter a name.")
	b.Get(base+"/views").Submit(base+"/views/"+id, "name", "To give out", "shared", "on").Want(200).Says("Saved.")
	jun.Get(base + "/tickets?" + query).Want(200).Says("To give out")
	jun.Get(base + "/views").Want(200).Says("by Dana Whitfield")
	jun.Post(base+"/views/"+id, url.Values{"name": {"Mine"}}).Want(404)
	jun.Get(base+"/views?priority=high").Submit(base+"/views", "name", "To give out").Want(200)

	b.Get(base+"/views?priority=urgent").Submit(base+"/views", "name", "to GIVE out").Want(200)
	if set, err = a.App.Projects.Views(t.Context(), a.owner, "WEB", projects.ListQuery{}); err != nil || len(set.Views) != 1 || set.Views[0].Query != "priority=urgent" {
		t.Errorf("a view of the same name is not replaced: %+v: %v", set.Views, err)
	}
	b.Get(base+"/views").Submit(base+"/views", "name", "Second").Want(200)
	b.Get(base+"/views").Submit(base+"/views/"+id, "name", "second").Want(422).Says("You have a view of this name already.")
	b.Get(base + "/views").Submit(base + "/views/" + id + "/delete").Want(200).Says("The view is deleted.")
	b.Post(base+"/views/"+id+"/delete", nil).Want(404)
	b.Post(base+"/views/nonsense/delete", nil).Want(404)

	// Who does not see the project neither sees nor saves one.
	guest := a.SignIn(t, "lukas@example.com")
	guest.Get(base + "/views").Want(404)
	guest.Post(base+"/views", url.Values{"id": {uuid.NewString()}, "name": {"Mine"}}).Want(404)
}

// Whoever manages the project says what its list opens with; all tickets have an address of their own then.
func TestListOpensWithAView(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "One")
	base, query := "/orgs/acme/projects/WEB", "assignee=nobody&group=status&sort=-updated"
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	b.Get(base+"/views?"+query).Submit(base+"/views", "name", "To give out", "shared", "on").Want(200)
	set, err := a.App.Projects.Views(t.Context(), a.owner, "WEB", projects.ListQuery{})
	if err != nil || len(set.Views) != 1 {
		t.Fatalf("the views are %+v: %v", set.Views, err)
	}
	id := set.Views[0].ID.String()
	open := url.Values{"opens": {"on"}}
	jun.Post(base+"/views/"+id+"/open", open).Want(403)
	b.Get(base+"/views").Submit(base+"/views/"+id+"/open").Want(200).Says("The list opens with this view now", "The list opens with it", "No longer the default")
	b.Post(base+"/views/"+id+"/open", open).Want(200) // a double click
	if opened := jun.Get(base + "/tickets").Want(200); opened.Path != base+"/tickets?"+query {
		t.Errorf("the list opens with %s", opened.Path)
	}
	all := jun.Get(base+"/tickets?view=all").Want(200).Silent("group=status\" hx-get", "No ticket of")
	if !slices.Contains(all.Links(), base+"/tickets?view=all") || !strings.Contains(all.Body, `hx-get="`+base+`/tickets?view=all"`) {
		t.Errorf("all tickets are not at an address of their own:\n%s", all.Body)
	}
	jun.Get(base + "/tickets?q=One").Want(200).Says("One") // whatever is asked for is shown
	if past := jun.Get(base + "/tickets?after=number.0.1").Want(200); past.Path != base+"/tickets?view=all" {
		t.Errorf("behind the end the list is at %s", past.Path)
	}
	b.Get(base+"/views?priority=low").Submit(base+"/views", "name", "Not shared").Want(200)
	set, err = a.App.Projects.Views(t.Context(), a.owner, "WEB", projects.ListQuery{})
	if err != nil || len(set.Views) != 2 {
		t.Fatalf("the views are %+v: %v", set.Views, err)
	}
	b.Post(base+"/views/"+set.Views[0].ID.String()+"/open", open).Want(404)
	b.Post(base+"/views/"+set.Views[0].ID.String()+"/delete", nil).Want(200)
	b.Post(base+"/views/nonsense/open", open).Want(404)
	b.Get(base + "/audit").Want(404)
	b.Get("/orgs/acme/audit").Want(200).Says("default view: To give out")
	b.Get(base+"/views").Submit(base+"/views/"+id+"/open").Want(200).Says("The list opens with all tickets again.", "Make default")
	if opened := jun.Get(base + "/tickets").Want(200); opened.Path != base+"/tickets" {
		t.Errorf("the list opens with %s", opened.Path)
	}
	b.Post(base+"/views/"+id+"/open", open).Want(200)
	b.Post(base+"/views/"+id, url.Values{"name": {"To give out"}}).Want(200).Silent("The list opens with it") // not shared any more
	b.Post(base+"/views/"+id, url.Values{"name": {"To give out"}, "shared": {"on"}}).Want(200).Silent("The list opens with it")
}
