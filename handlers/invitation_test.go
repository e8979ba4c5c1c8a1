package handlers_test

import (
	"context"
	"net/url"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

func TestInvitationsDoNotFloodAMailbox(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	status := 0
	for range 8 {
		status = b.Post("/orgs/acme/people/invitations", url.Values{"email": {"nina@example.com"}, "role": {"guest"}}).Status
	}
	if status != 429 {
		t.Errorf("the eighth invitation of one address was answered %d", status)
	}
	for _, id := range a.pending(t) {
		b.Post("/orgs/acme/people/invitations/"+id+"/resend", nil).Want(429)
	}
	b.Post("/orgs/acme/people/invitations", url.Values{"email": {"jo@example.com"}, "role": {"guest"}}).Want(200)
}

func TestAnOldInvitationIsSentAgain(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Post("/orgs/acme/people/invitations", url.Values{"email": {"nina@example.com"}, "role": {"guest"}}).Want(200)
	old := a.Link(t, "nina@example.com")
	owner := dbtest.Connect(t, a.Database.Owner)
	if _, err := owner.Exec(t.Context(), `update invitations set expires_at = now() - interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	a.Browser(t).Get(old).Want(422)
	page := b.Get("/orgs/acme/people").Says("nina@example.com")
	for _, id := range a.pending(t) {
		page.Submit("/orgs/acme/people/invitations/" + id + "/resend").Want(200).Says("on its way again")
	}
	a.Browser(t).Get(a.Link(t, "nina@example.com")).Want(200)
}

func TestASuspendedOrganizationTakesNobodyIn(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.SignIn(t, dana).Post("/orgs/acme/people/invitations", url.Values{"email": {"nina@example.com"}, "role": {"guest"}}).Want(200)
	link := a.Link(t, "nina@example.com")
	nina := a.Person(t, "Nina", "nina@example.com")
	owner := dbtest.Connect(t, a.Database.Owner)
	if _, err := owner.Exec(t.Context(), `update tenants set suspended_at = now()`); err != nil {
		t.Fatal(err)
	}
	nina.Post(link+"/accept", nil).Want(403).Says("suspended")
	if _, err := owner.Exec(t.Context(), `update tenants set suspended_at = null`); err != nil {
		t.Fatal(err)
	}
	nina.Post(link+"/accept", nil).Want(200).At("/orgs/acme") // the link was not used up
}

// What the guard read may be old by the time the organization is locked.
func TestARoleIsGivenByWhatOneIsNow(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	for name, c := range map[string]struct{ was, is, target scope.Scope }{
		"a former owner makes an owner":         {a.owner, a.admin, a.member},
		"a former admin makes themselves admin": {a.admin, a.member, a.member},
	} {
		s := c.was
		s.Person = c.is.Person
		role := s.Role
		if err := a.App.Tenants.SetRole(context.Background(), s, c.target.Person.ID, role); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLesserOfOneself(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	mira := a.SignIn(t, "mira@example.com")
	mira.Post("/orgs/acme/people/"+a.admin.Person.ID.String()+"/role", url.Values{"role": {"guest"}}).Want(200).At("/orgs/acme")
}

func TestManyAcceptAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	s.Account(t, "Nina", "nina@example.com")
	s.SignIn(t, dana).Post("/orgs/acme/people/invitations", url.Values{"email": {"nina@example.com"}, "role": {"guest"}})
	link := s.Link(t, "nina@example.com")
	b := s.SignIn(t, "nina@example.com")
	answers := make(chan int)
	for range 8 {
		go func() { answers <- b.Clone().Request("POST", link+"/accept", url.Values{}, nil).Status }()
	}
	for range 8 {
		if status := <-answers; status != 303 {
			t.Errorf("one of eight presses was answered %d", status)
		}
	}
	if n := count(t, s, `select count(*) from memberships m join users u on u.id = m.user_id where u.email = 'nina@example.com'`); n != 1 {
		t.Errorf("%d memberships", n)
	}
	if n := count(t, s, `select count(*) from events where action = 'member.joined'`); n != 1 {
		t.Errorf("%d joined", n)
	}
}
