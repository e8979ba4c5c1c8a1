package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// project makes a project as its owner.
func (a acme) project(t *testing.T, key string, v projects.Visibility) {
	t.Helper()
	owner := a.owner
	owner.Limits.Without = nil // it may be left from a plan before
	_, err := a.App.Projects.Create(t.Context(), owner, projects.NewProject{
		ID: uuid.Must(uuid.NewV7()), Name: "Project " + key, Key: key, Visibility: string(v),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (a acme) ticket(t *testing.T, by scope.Scope, key, title string) int {
	t.Helper()
	n, err := a.App.Projects.CreateTicket(t.Context(), by, key, projects.NewTicket{ID: uuid.Must(uuid.NewV7()), Title: title})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMakeAProject(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme").Want(200).Says("Set up Acme Robotics", "Make the first project", "Free plan", "3 of 3", "0 of 2")
	form := b.Get("/orgs/acme/projects/new").Want(200)
	form.Submit("/orgs/acme/projects", "name", "").Want(422).Says("Enter a name.")
	again := form.Submit("/orgs/acme/projects", "name", "Website", "key", "w e b", "description", "What people see").Want(422).
		Says("2 to 6 capital letters")
	if kept := again.Form("/orgs/acme/projects"); kept.Get("name") != "Website" || kept.Get("description") != "What people see" || kept.Get("key") != "w e b" {
		t.Errorf("the form kept %v", kept)
	}
	first := again.Submit("/orgs/acme/projects", "key", "web").Want(200).At("/orgs/acme/projects/WEB")
	first.Says("Website", "What people see", "The chart begins with the first ticket")
	again.Submit("/orgs/acme/projects", "key", "web").At("/orgs/acme/projects/WEB") // a double click

	b.Get("/orgs/acme/projects/new").Submit("/orgs/acme/projects", "name", "Webshop").Want(422).Says("This key is taken")
	b.Get("/orgs/acme/projects/new").Submit("/orgs/acme/projects", "name", "Operations").Want(200)
	full := b.Get("/orgs/acme/projects/new").Want(200).Says("room for 2 projects", "See the plans")
	full.Submit("/orgs/acme/projects", "name", "Third").Want(402).Says("The Free plan includes 2 projects", "See the plans")
	b.Get("/orgs/acme/projects").Want(200).Says("Website", "Operations", "In work 2")

	member := a.SignIn(t, "jun@example.com")
	member.Get("/orgs/acme/projects/WEB").Want(200)
	member.Get("/orgs/acme").Want(200).Silent("/orgs/acme/billing")
	guest := a.SignIn(t, "lukas@example.com")
	guest.Get("/orgs/acme/projects/new").Want(403)
	guest.Post("/orgs/acme/projects", url.Values{"id": {uuid.NewString()}, "name": {"Mine"}}).Want(403)
	guest.Get("/orgs/acme").Want(200).Says("No project is open to you yet").Silent("Website", "Free plan")
}

func TestProjectSettings(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Give(t, a.owner, "team")
	a.project(t, "WEB", projects.ForOrganization)
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB"
	page := b.Get(base+"/settings").Want(200).Says("Project WEB", "Archive this project", "goes on counting for the plan")
	page.Submit(base+"/settings", "name", " ", "hue", "red").Want(422).Says("Enter a name.", "Choose a colour")
	page.Submit(base+"/settings", "name", "Web shop", "description", "<b>bold</b>", "visibility", "members", "hue", "plum").Want(200).
		At(base+"/settings").Says("Saved.", "Web shop", "Members only")

	guest := a.guest.Person.ID.String()
	lukas := a.SignIn(t, "lukas@example.com")
	lukas.Get(base).Want(404)
	b.Get(base+"/settings").Submit(base+"/members", "user", "").Want(422).Says("Choose a person from the list.")
	b.Get(base+"/settings").Submit(base+"/members", "user", guest).Want(200).Says("Added.", "Lukas Brandt")
	lukas.Get(base).Want(200).Says("Web shop")
	lukas.Get(base + "/settings").Want(403)
	lukas.Post(base+"/settings", url.Values{"name": {"Mine"}, "visibility": {"organization"}, "hue": {"plum"}}).Want(403)
	b.Post(base+"/members/"+guest+"/remove", nil).Want(200).Says("Removed.")
	b.Post(base+"/members/"+guest+"/remove", nil).Want(404)
	b.Post(base+"/members/not-an-id/remove", nil).Want(404)
	lukas.Get(base).Want(404)

	b.Get(base+"/settings").Submit(base+"/archive").Want(200).Says("The project is archived", "Bring it back")
	b.Get(base + "/tickets/new").Want(200).Says("This project is archived")
	b.Post(base+"/tickets", url.Values{"id": {uuid.NewString()}, "title": {"x"}}).Want(409).Says("This project is archived")
	b.Get("/orgs/acme/projects?archived=1").Want(200).Says("Web shop", "Archived 1")
	b.Get("/orgs/acme").Want(200).Silent(`href="` + base + `/board"`)
	b.Get(base + "/settings").Submit(base + "/archive").Want(200).Says("The project is back.")

	// A member who made it and takes themself out leads on to the list of projects.
	jun := a.SignIn(t, "jun@example.com")
	jun.Get("/orgs/acme/projects/new").Submit("/orgs/acme/projects", "name", "Mine", "key", "MINE", "visibility", "members").Want(200)
	jun.Post("/orgs/acme/projects/MINE/members/"+a.member.Person.ID.String()+"/remove", nil).Want(200).At("/orgs/acme/projects").Says("Removed.")
}

// Projects for members alone are part of a plan: without it none is made, and those there are stay.
func TestMembersOnlyProjectsArePartOfAPlan(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	form := b.Get("/orgs/acme/projects/new").Want(200).Says("Not part of your plan").Form("/orgs/acme/projects")
	form.Set("name", "Secret plans")
	form.Set("key", "SEC")
	form.Set("visibility", "members")
	again := b.Post("/orgs/acme/projects", form).Want(402).Says("The Team plan includes this")
	if kept := again.Form("/orgs/acme/projects").Get("name"); kept != "Secret plans" {
		t.Errorf("what was typed came back as %q", kept)
	}
	b.Get("/orgs/acme/projects/SEC").Want(404)

	a.Give(t, a.owner, "team")
	b.Get("/orgs/acme/projects/new").Want(200).Silent("Not part of your plan")
	b.Post("/orgs/acme/projects", form).Want(200).At("/orgs/acme/projects/SEC")
	a.Give(t, a.owner, "")
	settings := b.Get("/orgs/acme/projects/SEC/settings").Want(200).Silent("Not part of your plan")
	settings.Submit("/orgs/acme/projects/SEC/settings", "name", "Still secret").Want(200).Says("Saved.", "Still secret", "Members only")
	b.Get("/orgs/acme/projects/SEC/settings").Submit("/orgs/acme/projects/SEC/settings", "visibility", "organization").Want(200).Says("Saved.")
	b.Post("/orgs/acme/projects/SEC/settings", url.Values{"name": {"Still secret"}, "visibility": {"members"}, "hue": {"plum"}}).
		Want(402).Says("The Team plan includes this")
}

// From eight tenths on people read how much is left, and above a limit that nothing is taken away.
func TestPeopleAreToldBeforeALimit(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Give(t, a.owner, "team")
	b := a.SignIn(t, dana)
	for i := range 16 {
		a.project(t, "P"+strconv.Itoa(10+i), projects.ForOrganization)
	}
	b.Get("/orgs/acme/projects/new").Want(200).Says("16 of the plan's 20 projects are in use", "See the plans")
	b.Get("/orgs/acme/billing").Want(200).Says("16 of 20 projects are in use")
	a.Give(t, a.owner, "")
	b.Get("/orgs/acme/projects/new").Want(200).Says("There are 16 projects and the plan includes 2. All of them stay")
	b.Get("/orgs/acme/billing").Want(200).Says("There are 16 projects and the plan includes 2.")
	b.Get("/orgs/acme/projects/P10").Want(200)
	a.SignIn(t, "jun@example.com").Get("/orgs/acme/people").Want(200).Silent("members are in use", "members of the plan")
}

// Every page and change of a project that is not there for the person is the same 404, and nothing changes.
func TestWhatIsNotThereIsNotThere(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "SEC", projects.ForMembers)
	a.ticket(t, a.owner, "SEC", "Unspeakable")
	comment := uuid.Must(uuid.NewV7())
	if err := a.App.Projects.AddComment(t.Context(), a.owner, "SEC", 1, projects.CommentForm{ID: comment, Body: "Said"}); err != nil {
		t.Fatal(err)
	}
	other := a.Org(t, a.Account(t, "Olga Else", "olga@example.com"), "other", "Other")
	before := a.rows(t)
	stranger, jun, lukas := a.SignIn(t, "olga@example.com"), a.SignIn(t, "jun@example.com"), a.SignIn(t, "lukas@example.com")
	for _, at := range []string{
		"SEC/1", "SEC/2", "SEC/01", "SEC/-1", "SEC/x", "SEC/99999999999999999999", "NOPE/1", "sec/1", "S'C/1", "%00/1", "S%FFC/1",
	} {
		project, ticket, _ := strings.Cut(at, "/")
		for _, b := range []*webtest.Browser{stranger, jun, lukas} {
			asksAll(b, "/orgs/acme/projects/"+project, ticket, comment.String(), a.member.Person.ID.String())
		}
	}
	if after := a.rows(t); after != before {
		t.Errorf("something has changed: %s, before %s", after, before)
	}
	if _, err := a.App.Projects.Project(t.Context(), other, "SEC"); !fault.Is(err, fault.NotFound) {
		t.Errorf("another organization's owner: %v", err)
	}
}

// asksAll asks for every page and every change of a project; all must be the same 404.
func asksAll(b *webtest.Browser, base, ticket, comment, person string) {
	for _, path := range []string{
		"", "/board", "/settings", "/tickets", "/tickets/new", "/tickets/" + ticket, "/tickets/" + ticket + "/edit",
		"/tickets/" + ticket + "/comments/" + comment + "/edit",
	} {
		b.Get(base+path).Want(404).Silent("Unspeakable", "Project SEC")
	}
	for path, form := range map[string]url.Values{
		"/settings": {"name": {"Mine"}, "visibility": {"organization"}, "hue": {"plum"}}, "/archive": {"archived": {"true"}},
		"/members": {"user": {person}}, "/members/" + person + "/remove": {},
		"/tickets": {"id": {uuid.NewString()}, "title": {"Mine"}}, "/tickets/" + ticket: {"title": {"Mine"}, "revision": {"1"}},
		"/tickets/" + ticket + "/status": {"status": {"done"}}, "/tickets/" + ticket + "/assignee": {"assignee": {""}},
		"/tickets/" + ticket + "/priority": {"priority": {"urgent"}},
		"/tickets/" + ticket + "/comments": {"id": {uuid.NewString()}, "body": {"Mine"}}, "/tickets/" + ticket + "/comments/" + comment: {"body": {"Mine"}},
		"/tickets/" + ticket + "/comments/" + comment + "/delete": {},
	} {
		b.Post(base+path, form).Want(404).Silent("Unspeakable")
		b.HX(http.MethodPost, base+path, form).Want(404).Silent("Unspeakable")
	}
}

// rows sums up what was written of projects and events.
func (a acme) rows(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
		for _, table := range []string{"projects", "project_members", "tickets", "comments", "ticket_counts", "ticket_days", "events"} {
			var sum string
			if err := tx.QueryRow(ctx, "select md5(coalesce(string_agg(x::text, '|' order by x::text), '')) from "+table+" x").Scan(&sum); err != nil {
				return err
			}
			out.WriteString(table + " " + sum + " ")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
