package handlers_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"plinth/test/webtest"
)

func TestCorrectedAddressesDoNotFloodAMailbox(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	status := 0
	for i := range 8 {
		b := s.Browser(t)
		signUp(b, "Mallory", fmt.Sprintf("mallory%d@example.com", i)).Want(200)
		status = b.Post("/check-mail/address", url.Values{"email": {"victim@example.com"}}).Status
	}
	if status != 429 {
		t.Errorf("the eighth mail to one address was answered %d", status)
	}
}

func TestResetRefusesNameAndAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana Whitfield", dana)
	b := s.Browser(t)
	b.Post("/forgot", url.Values{"email": {dana}}).Want(200)
	page := b.Get(s.Link(t, dana)).Want(200)
	page.Submit("/reset", "password", dana).Want(422).Says("Choose something else")
	page.Submit("/reset", "password", "danawhitfield").Want(422).Says("Choose something else")
	page.Submit("/reset", "password", "a quite new password").Want(200)
}

func TestAChangedPasswordEndsResetLinks(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	s.Browser(t).Post("/forgot", url.Values{"email": {dana}}).Want(200)
	link := s.Link(t, dana)
	b.Get("/account").Submit("/account/password", "current", webtest.Password, "password", "a quite new password").Want(200)
	s.Browser(t).Get(link).Want(422)
}

func TestHostileForms(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	s.Org(t, s.Account(t, "Olga", "olga@example.com"), "acme", "Acme")
	o := s.SignIn(t, "olga@example.com")
	for _, form := range []url.Values{
		{}, {"name[": {"x"}, "email]": {"x"}, "id[99999999]": {"x"}}, {"id": {"x", "y"}, "role": {"", "owner"}, "name": {"a", "b"}, "terms": {"on", "on"}},
		{"name.x.y": {"1"}, "email[0]": {"x"}, "terms[a]": {"x"}, "reassign_to": {""}, "token": {"\x00\xff"}},
	} {
		for _, path := range []string{"/signup", "/signin", "/forgot", "/reset", "/verify", "/theme", "/check-mail/address", "/account", "/account/password", "/orgs"} {
			if page := b.Clone().Post(path, form); page.Status >= 500 || page.Status == 404 {
				t.Errorf("%s with %v: %d", path, form, page.Status)
			}
		}
		for _, path := range []string{"settings", "people/invitations"} {
			if page := o.Clone().Post("/orgs/acme/"+path, form); page.Status >= 500 || page.Status == 404 {
				t.Errorf("%s with %v: %d", path, form, page.Status)
			}
		}
	}
	for _, query := range []string{"after=0000-01-01T00:00:00Z_" + "00000000-0000-0000-0000-000000000000", "after=%00", "q=%25%5C_", "after=x&after=y"} {
		o.Get("/orgs/acme/people?" + query).Want(200)
	}
}

// A network of IPv6 has more addresses than any limit counts: it is one neighbour.
func TestANetworkIsOneNeighbour(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Shell.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	ask := func(from, email string) int {
		return s.Browser(t).Request(http.MethodPost, "/forgot", url.Values{"email": {email}}, http.Header{"X-Forwarded-For": {from}}).Status
	}
	status := 0
	for i := range 22 {
		status = ask(fmt.Sprintf("2001:db8:1:2::%x", i+1), fmt.Sprintf("p%d@example.com", i))
	}
	if status != 429 {
		t.Errorf("the 22nd question of one network was answered %d", status)
	}
	if got := ask("2001:db8:1:3::1", "other@example.com"); got != 303 {
		t.Errorf("another network was answered %d", got)
	}
}

func TestFoundingIsLimited(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p := s.Account(t, "Mallory", "mallory@example.com")
	for i := range 20 {
		s.Org(t, p, fmt.Sprintf("good-name-%d", i), "Good name")
	}
	b := s.SignIn(t, "mallory@example.com")
	page := b.Get("/orgs/new")
	page.Submit("/orgs", "name", "One more").Want(200)
	page = b.Get("/orgs/new").Submit("/orgs", "name", "And one").Want(429).Says("try again in 60 seconds")
	if got := page.Form("/orgs").Get("name"); got != "And one" {
		t.Errorf("the name typed is %q", got)
	}
}
