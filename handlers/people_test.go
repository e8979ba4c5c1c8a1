package handlers_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/test/webtest"
)

// acme is an organization with one person of each role and a browser for each.
type acme struct {
	*webtest.Site
	owner, admin, member, guest scope.Scope
}

func newAcme(t *testing.T) acme {
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	return acme{
		Site: s, owner: owner,
		admin:  s.Join(t, owner, s.Account(t, "Mira Okafor", "mira@example.com"), scope.Admin),
		member: s.Join(t, owner, s.Account(t, "Jun Park", "jun@example.com"), scope.Member),
		guest:  s.Join(t, owner, s.Account(t, "Lukas Brandt", "lukas@example.com"), scope.Guest),
	}
}

func role(t *testing.T, a acme, who scope.Scope) string {
	t.Helper()
	var r string
	conn := a.App.DB
	err := conn.InTenant(context.Background(), a.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select case when left_at is null then role else 'left' end from memberships where tenant_id = $1 and user_id = $2`,
			who.TenantID, who.Person.ID).Scan(&r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestInviteAndAccept(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	b := s.SignIn(t, dana)
	b.Get("/orgs/acme/people").Want(200).Submit("/orgs/acme/people/invitations", "email", "Nina@Example.com", "role", "member").
		Want(200).Says("nina@example.com", "on its way")
	link := s.Link(t, "nina@example.com")

	stranger := s.Person(t, "Mallory", "mallory@example.com")
	page := stranger.Get(link).Want(200).Says("You are signed in as mallory@example.com", "nina@example.com")
	stranger.Post(link+"/accept", nil).Want(403)
	if !page.HasForm("/signout") {
		t.Error("no way to switch")
	}
	stranger.Post("/signout", url.Values{"next": {link}}).At(link).Says("Join Acme Robotics")

	nina := s.Browser(t)
	page = nina.Get(link).Want(200).Says("Dana Whitfield invites nina@example.com as Member")
	page.Submit(link+"/account", "name", "Nina", "password", "short", "terms", "on").Want(422).Says("at least 12")
	page = page.Submit(link+"/account", "name", "Nina", "password", webtest.Password, "terms", "on").Want(200).Says("Accept the invitation")
	page.Submit(link + "/accept").At("/orgs/acme")
	nina.Get("/orgs/acme/people").Want(200).Says("Nina", "nina@example.com")
	nina.Get(link).Want(422).Says("does not work")
}

func TestInvitationOfAKnownAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	s.Account(t, "Nina", "nina@example.com")
	s.SignIn(t, dana).Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest")
	link := s.Link(t, "nina@example.com")
	b := s.Browser(t)
	b.Get(link).Want(200).Says("Sign in to accept")
	b.Get("/signin?next="+url.QueryEscape(link)).Submit("/signin", "email", "nina@example.com", "password", webtest.Password).
		Want(200).Submit(link + "/accept").At("/orgs/acme")
	b.Get("/orgs/acme/people").Want(403) // guests do not see people
}

func TestInvitationsRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, "mira@example.com")
	page := b.Get("/orgs/acme/people")
	page.Submit("/orgs/acme/people/invitations", "email", "jun@example.com").Want(422).Says("belongs to the organization already")
	page.Submit("/orgs/acme/people/invitations", "email", "x").Want(422).Says("name@example.com")
	page.Submit("/orgs/acme/people/invitations", "email", "new@example.com", "role", "owner").Want(422).Says("up to your own")
	page.Submit("/orgs/acme/people/invitations", "email", "new@example.com", "role", "god").Want(422)
	a.SignIn(t, "jun@example.com").Post("/orgs/acme/people/invitations", url.Values{"email": {"new@example.com"}, "role": {"guest"}}).Want(403)
}

func TestReinvitingRevokesTheEarlierLink(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	invite := func() string {
		b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200)
		return a.Link(t, "nina@example.com")
	}
	first, second := invite(), invite()
	a.Browser(t).Get(first).Want(422)
	a.Browser(t).Get(second).Want(200)
	action := ""
	for _, id := range a.pending(t) {
		action = "/orgs/acme/people/invitations/" + id
	}
	b.Post(action+"/resend", nil).Want(200)
	third := a.Link(t, "nina@example.com")
	a.Browser(t).Get(second).Want(422)
	b.Post(action+"/revoke", nil).Want(200).Says("withdrawn")
	a.Browser(t).Get(third).Want(422)
}

func (a acme) pending(t *testing.T) []string {
	t.Helper()
	page, err := a.App.Tenants.People(context.Background(), a.owner, "", peopleStart)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range page.Pending {
		ids = append(ids, p.ID.String())
	}
	return ids
}

func TestChangeAndRemove(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	people := "/orgs/acme/people/"
	b := a.SignIn(t, "mira@example.com")
	b.Post(people+a.member.Person.ID.String()+"/role", url.Values{"role": {"guest"}}).Want(200).Says("The role is changed")
	if got := role(t, a, a.member); got != "guest" {
		t.Errorf("the member is %s", got)
	}
	b.Post(people+a.owner.Person.ID.String()+"/role", url.Values{"role": {"guest"}}).Want(403)
	b.Post(people+a.member.Person.ID.String()+"/role", url.Values{"role": {"owner"}}).Want(403)
	b.Post(people+a.member.Person.ID.String()+"/role", url.Values{"role": {"king"}}).Want(422)
	b.Post(people+a.owner.Person.ID.String()+"/remove", nil).Want(403)
	b.Post(people+"not-an-id/remove", nil).Want(404)
	b.Get(people + a.guest.Person.ID.String() + "/remove").Want(200).Says("Remove Lukas Brandt")
	b.Post(people+a.guest.Person.ID.String()+"/remove", nil).Want(200)
	if got := role(t, a, a.guest); got != "left" {
		t.Errorf("the removed guest is %s", got)
	}
	a.SignIn(t, "lukas@example.com").Get("/orgs/acme/people").Want(404) // who is not of it learns nothing
}

// A refusal shows the form again, and removes nobody.
func TestTicketsOfALeaverGoToAMemberOnly(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	stranger := a.Account(t, "Sam Stranger", "sam@example.com")
	leaver := "/orgs/acme/people/" + a.member.Person.ID.String() + "/remove"
	form := b.Get(leaver).Want(200).Says("Remove Jun Park", "Mira Okafor")
	for name, heir := range map[string]string{"the leaver": a.member.Person.ID.String(), "a stranger": stranger.ID.String()} {
		form.Submit(leaver, "reassign_to", heir).Want(422).Says("Choose a member of this organization.")
		if got := role(t, a, a.member); got != "member" {
			t.Errorf("given to %s, the member is %s", name, got)
		}
	}
	form.Submit(leaver, "reassign_to", a.admin.Person.ID.String()).Want(200).Says("Removed.")
	if got := role(t, a, a.member); got != "left" {
		t.Errorf("the removed member is %s", got)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Post("/orgs/acme/people/leave", nil).Want(409).Says("always has an owner")
	b.Post("/orgs/acme/people/"+a.owner.Person.ID.String()+"/role", url.Values{"role": {"admin"}}).Want(409)
	b.Post("/orgs/acme/people/"+a.admin.Person.ID.String()+"/role", url.Values{"role": {"owner"}}).Want(200)
	b.Post("/orgs/acme/people/leave", nil).Want(200).Says("You have left")
	b.Get("/orgs/acme/people").Want(404)
}

func TestParallelDemotionsLeaveAnOwner(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	first := s.Org(t, s.Account(t, "Owner 0", "owner0@example.com"), "acme", "Acme")
	owners := []scope.Scope{first}
	for i := 1; i < 8; i++ {
		p := s.Account(t, fmt.Sprintf("Owner %d", i), fmt.Sprintf("owner%d@example.com", i))
		owners = append(owners, s.Join(t, first, p, scope.Owner))
	}
	var all sync.WaitGroup
	for i, by := range owners {
		for step := 1; step < len(owners); step++ {
			victim := owners[(i+step)%len(owners)]
			all.Go(func() {
				_ = s.App.Tenants.SetRole(context.Background(), by, victim.Person.ID, scope.Guest) // refusals are the point
			})
		}
	}
	all.Wait()
	var left int
	err := s.App.DB.InTenant(context.Background(), first, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select count(*) from memberships where tenant_id = $1 and role = 'owner' and left_at is null`, first.TenantID).Scan(&left)
	})
	if err != nil || left < 1 {
		t.Errorf("%d owners are left, %v", left, err)
	}
}

func TestMemberLimitOfThePlan(t *testing.T) {
	t.Parallel()
	a := newAcme(t) // owner, admin, member: all three seats of Free
	b := a.SignIn(t, dana)
	page := b.Get("/orgs/acme/people")
	page.Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "member").Want(402).Says("The Free plan includes 3 members", "See the plans")
	page.Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200) // guests take no seat
	b.Post("/orgs/acme/people/"+a.guest.Person.ID.String()+"/role", url.Values{"role": {"member"}}).Want(402)
}

func TestOrganizationForms(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	page := b.Get("/orgs/new")
	page.Submit("/orgs", "name", "").Want(422).Says("Enter a name")
	page.Submit("/orgs", "name", "Admin").Want(422).Says("reserved")
	page.Submit("/orgs", "name", "Acme", "slug", "No Spaces").Want(422).Says("small letters").Form("/orgs")
	first := page.Submit("/orgs", "name", "Acme Robotics")
	second := page.Submit("/orgs", "name", "Acme Robotics") // a double click
	if first.Path != second.Path || first.Path != "/orgs/acme-robotics" {
		t.Errorf("the form sent twice led to %s and %s", first.Path, second.Path)
	}
	b.Get("/orgs/new").Submit("/orgs", "name", "Other", "slug", "acme-robotics").Want(422).Says("taken")
	b.Get("/orgs/acme-robotics/settings").Want(200).Submit("/orgs/acme-robotics/settings", "name", "Acme", "time_zone", "Europe/Berlin").
		Want(200).Says("Saved")
	b.Get("/orgs/acme-robotics/settings").Submit("/orgs/acme-robotics/settings", "time_zone", "Mars/Base").Want(422).Says("Choose a time zone")
	s.Person(t, "Mallory", "mallory@example.com").Get("/orgs/acme-robotics/settings").Want(404)
}

// Whatever changes how many seats are taken has them counted, by nobody's doing but the event's.
func TestWhoComesAndGoesHasTheSeatsCounted(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.owner = a.Give(t, a.owner, "team")
	ts, next := a.App.Tenants, a.owner
	for _, change := range []struct {
		what string
		do   func() error
	}{
		{"a guest becomes a member", func() error { return ts.SetRole(t.Context(), a.owner, a.guest.Person.ID, scope.Member) }},
		{"somebody is removed", func() error { return ts.Remove(t.Context(), a.owner, a.guest.Person.ID, uuid.Nil) }},
		{"somebody leaves", func() error { return ts.Leave(t.Context(), a.member) }},
		{"the organization is handed over", func() error {
			id := uuid.Must(uuid.NewV7())
			if err := ts.OfferOwnership(t.Context(), a.owner, tenants.OfferForm{ID: id, Email: "mira@example.com"}); err != nil {
				return err
			}
			next = a.admin
			return ts.ConfirmOwnership(t.Context(), a.admin, id)
		}},
		{"somebody comes back", func() error {
			return a.App.DB.InTenant(t.Context(), next, func(ctx txContext, tx txn) error {
				return events.AppendTx(ctx, tx, next, events.Event{Action: "member.joined", ObjectKind: "member", ObjectID: a.member.Person.ID})
			})
		}},
	} {
		if _, err := a.Worker.Events.All(t.Context()); err != nil {
			t.Fatal(err)
		}
		alter(t, a.Site, `delete from river.river_job where kind = 'sync_seats'`)
		if err := change.do(); err != nil {
			t.Fatalf("%s: %v", change.what, err)
		}
		if _, err := a.Worker.Events.All(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := rowsOf(t, a.Site, `select count(*) from river.river_job where kind = 'sync_seats'`); n != 1 {
			t.Errorf("%s: the seats are counted by %d jobs", change.what, n)
		}
	}
}
