package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"
)

func endSessions(t *testing.T, s *webtest.Site) {
	t.Helper()
	if _, err := s.App.DB.Direct().Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
}

func TestKeptTextIsForWhoTypedIt(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Nina", "nina@example.com")
	t.Run("somebody else signs in with the form", func(t *testing.T) {
		b := s.Person(t, "Dana", dana)
		page := b.Get("/orgs/new")
		endSessions(t, s)
		page = page.Submit("/orgs", "name", "Secret Labs").Want(401)
		page = page.Submit("/signin", "email", "nina@example.com", "password", webtest.Password).Want(200).At("/orgs/new")
		if got := page.Form("/orgs").Get("name"); got != "" {
			t.Errorf("Nina reads what Dana typed: %q", got)
		}
	})
	t.Run("somebody else signs in later", func(t *testing.T) {
		b := s.SignIn(t, dana)
		page := b.Get("/orgs/new")
		endSessions(t, s)
		held := page.Submit("/orgs", "name", "Secret Labs").Want(401).Form("/signin").Get("held")
		form := url.Values{"email": {dana}, "password": {webtest.Password}, "held": {held}}
		b.Request(http.MethodPost, "/signin", form, nil).Want(303) // she does not open the form's page
		form = url.Values{"email": {"nina@example.com"}, "password": {webtest.Password}}
		b.Request(http.MethodPost, "/signin", form, nil).Want(303)
		if got := b.Get("/orgs/new").Form("/orgs").Get("name"); got != "" {
			t.Errorf("Nina reads what Dana typed: %q", got)
		}
	})
}

// A refused form is shown at the address it was posted to, which has no page of its own.
func TestKeptTextAfterARefusedForm(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	page := a.SignIn(t, dana).Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "x").Want(422)
	endSessions(t, a.Site)
	page = page.Submit("/orgs/acme/people/invitations", "email", "nina@example.com").Want(401)
	page = page.Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At("/orgs/acme/people")
	if got := page.Form("/orgs/acme/people/invitations").Get("email"); got != "nina@example.com" {
		t.Errorf("the address typed is %q", got)
	}
}

func TestKeptTextOfProfileAndSettings(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	for _, path := range []string{"/account", "/orgs/acme/settings"} {
		page := a.SignIn(t, dana).Get(path)
		endSessions(t, a.Site)
		page = page.Submit(path, "name", "Another Name").Want(401)
		page = page.Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At(path)
		if got := page.Form(path).Get("name"); got != "Another Name" {
			t.Errorf("%s: the name typed is %q", path, got)
		}
	}
}

// A page that sends no Referer, as an invitation's, is found again by the form's own address.
func TestSigningInLeadsBackWithoutReferer(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	s.Account(t, "Nina", "nina@example.com")
	s.SignIn(t, dana).Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest")
	link := s.Link(t, "nina@example.com")
	b := s.Browser(t)
	page := b.Request(http.MethodPost, link+"/accept", url.Values{}, http.Header{"Referer": nil}).Want(401)
	page.Submit("/signin", "email", "nina@example.com", "password", webtest.Password).Want(200).At(link)
}

func TestAnAddressForFormsOnlyLeadsToItsPage(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	for path, want := range map[string]string{
		"/orgs/acme/people/invitations": "/orgs/acme/people", "/account/password": "/account", "/theme": "/",
		"/orgs/acme/people/" + a.member.Person.ID.String() + "/role": "/orgs/acme/people",
	} {
		b.Get(path).Want(200).At(want)
	}
	b.Get("/orgs/elsewhere/people/invitations").Want(404)
	b.Get("//evil.example/password").Want(404)
}

func TestNextIsNotEndless(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	form := url.Values{"email": {dana}, "password": {webtest.Password}, "next": {"/" + strings.Repeat("x", 100_000)}}
	if got := s.Browser(t).Request(http.MethodPost, "/signin", form, nil).Header.Get("Location"); got != "/orgs" {
		t.Errorf("Location has %d characters", len(got))
	}
}
