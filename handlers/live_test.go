package handlers_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// What somebody changes, those who see the project are told of, and nobody else, whatever the instance.
func TestLiveTellsWhoMaySee(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.owner = a.Give(t, a.owner, "business")
	base := a.Serve(t)
	twin := webtest.On(t, a.Database, nil) // another instance on the same database
	twinBase := twin.Serve(t)
	stranger := a.Org(t, a.Account(t, "Olga Else", "olga@example.com"), "other", "Other")
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECR", projects.ForMembers)

	owner := a.SignIn(t, dana).Listen(base, "")
	if owner.Status() != http.StatusOK || owner.Header().Get("Content-Type") != "text/event-stream" || owner.Header().Get("Content-Encoding") != "" {
		t.Fatalf("the stream is %d %v", owner.Status(), owner.Header())
	}
	member, guest := a.SignIn(t, "jun@example.com").Listen(twinBase, ""), a.SignIn(t, "lukas@example.com").Listen(base, "")
	outsider := a.SignIn(t, "olga@example.com").Listen(base, "")
	for _, s := range []*webtest.Stream{owner, member, guest, outsider} {
		s.Marked()
	}

	n := a.ticket(t, a.owner, "SECR", "canary")
	a.ticket(t, a.owner, "WEB", "For all")
	owner.Tells("acme", "SECR", n, "ticket.created")
	owner.Tells("acme", "WEB", 1, "ticket.created")
	member.Tells("acme", "WEB", 1, "ticket.created") // and not of the other before

	// A project that begins to be seen is told of from then on, and one that is no more is not.
	if err := a.App.Projects.AddMember(t.Context(), a.owner, "SECR", a.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	guest.Tells("acme", "SECR", 0, "project.member_added")
	if err := a.App.Projects.SetTicketStatus(t.Context(), a.owner, "SECR", n, "done"); err != nil {
		t.Fatal(err)
	}
	guest.Tells("acme", "SECR", n, "ticket.status_changed")
	if err := a.App.Projects.RemoveMember(t.Context(), a.owner, "SECR", a.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	a.ticket(t, a.owner, "SECR", "canary")
	a.made(t, stranger, "OWN")
	a.ticket(t, stranger, "OWN", "Mine")
	outsider.Tells("other", "OWN", 0, "project.created")
	outsider.Tells("other", "OWN", 1, "ticket.created")
	if err := a.App.Projects.AddMember(t.Context(), a.owner, "WEB", a.guest.Person.ID); err != nil {
		t.Fatal(err)
	}
	guest.Tells("acme", "WEB", 0, "project.member_added")
}

// A stream ends in the moment in which what it rests on does.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	base := a.Serve(t)
	open := func(email string) (*webtest.Browser, *webtest.Stream) {
		b := a.SignIn(t, email)
		s := b.Listen(base, "")
		s.Marked()
		return b, s
	}
	b, here := open(dana)
	_, there := open(dana)
	_, member := open("jun@example.com")
	_, admin := open("mira@example.com")

	page := b.Get("/account/security")
	page.Submit("/account/security/devices/end").Want(200) // signs out everywhere else
	there.Ends()
	if !there.Ended {
		t.Error("the browser that was signed out is not told to stay away")
	}
	if err := a.App.Tenants.SetRole(t.Context(), a.owner, a.admin.Person.ID, scope.Guest); err != nil {
		t.Fatal(err)
	}
	a.ticket(t, a.owner, "WEB", "canary")
	here.Tells("acme", "WEB", 1, "ticket.created")
	member.Tells("acme", "WEB", 1, "ticket.created")
	b.Post("/orgs/acme/people/"+a.member.Person.ID.String()+"/remove", nil).Want(200)
	member.Ends()
	if member.Ended || member.Retry == "" {
		t.Error("who was removed here may still hear of other organizations, and is not told to come back")
	}
	conn := dbtest.Connect(t, a.Database.Super)
	if _, err := conn.Exec(t.Context(), `update tenants set suspended_at = now(), suspended_reason = 'x' where id = $1`, a.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `select pg_notify('plinth_events', json_build_object('t', $1::uuid, 'a', 'organization.suspended')::text)`, a.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	here.Ends()
	admin.Ends() // as a guest it was told of nothing
	nobody := a.Browser(t).Listen(base, "")
	if nobody.Ends(); nobody.Status() != http.StatusOK || !nobody.Ended {
		t.Errorf("who is not signed in gets %d and is told to stay away %v", nobody.Status(), nobody.Ended)
	}
	stats := a.App.Live.Stats()
	for stats.Streams > 0 {
		stats = a.App.Live.Stats()
	}
	if stats.People != 0 {
		t.Errorf("of ended streams %+v is left", stats)
	}
}

// What happens while a browser is away, or while the instance hears nothing, is not lost.
func TestLiveCatchesUp(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	base := a.Serve(t)
	b := a.SignIn(t, "jun@example.com")
	first := b.Listen(base, "")
	first.Marked()
	a.ticket(t, a.owner, "WEB", "One")
	first.Tells("acme", "WEB", 1, "ticket.created")
	first.Close()
	a.ticket(t, a.owner, "WEB", "Two")
	second := b.Listen(base, first.ID())
	second.Tells("acme", "WEB", 2, "ticket.created")
	away := second.Marked()

	// Another instance was not there: the events tell it that something happened, or that nothing did.
	twin := webtest.On(t, a.Database, nil)
	twinBase := twin.Serve(t)
	third := b.Listen(twinBase, first.ID())
	third.Tells("", "", 0, "again")
	_ = away

	// Somebody ends the connection that listens.
	conn := dbtest.Connect(t, a.Database.Super)
	if _, err := conn.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'listens to plinth_events'`); err != nil {
		t.Fatal(err)
	}
	second.Tells("", "", 0, "again")
	third.Tells("", "", 0, "again")
	a.Hear(t)
	twin.Hear(t)
	a.ticket(t, a.owner, "WEB", "Three")
	for _, s := range []*webtest.Stream{second, third} {
		if got, ok := s.Next(); !ok || got.Kind != "ticket.created" || got.Ticket != 3 {
			t.Errorf("after the connection came back: %+v", got)
		}
	}

	// The instance ends: the browser is told when to come back, and another one that asks meanwhile to wait.
	a.App.Live.Close()
	second.Ends()
	if second.Retry == "" {
		t.Error("nothing is said of when to come back")
	}
	if s := b.Listen(base, ""); s.Status() != http.StatusServiceUnavailable || s.Header().Get("Retry-After") == "" {
		t.Errorf("a draining instance answers %d", s.Status())
	}
}

// made has the organization of somebody else make a project.
func (a acme) made(t *testing.T, by scope.Scope, key string) {
	t.Helper()
	if _, err := a.App.Projects.Create(t.Context(), by, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "Project " + key, Key: key, Visibility: "organization"}); err != nil {
		t.Fatal(err)
	}
}
