package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"
)

func TestLinkSignsIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	b := s.Browser(t)
	known := b.Post("/signin/link", url.Values{"email": {dana}}).Want(200).At("/signin/link/sent").Text()
	unknown := s.Browser(t).Post("/signin/link", url.Values{"email": {"nobody@example.com"}}).Want(200).At("/signin/link/sent").Text()
	if known != unknown {
		t.Errorf("known and unknown addresses are answered differently:\n%s\n%s", known, unknown)
	}
	if got := s.Mails(t, "nobody@example.com"); len(got) != 0 {
		t.Errorf("somebody without an account got %d mails", len(got))
	}
	b.Post("/signin/link", url.Values{"email": {"dana@"}}).Want(422).Says("name@example.com")
	link := s.Link(t, dana)
	page := b.Get(link).Want(200).Says("One press", dana)
	b.Get("/account").At("/signin")
	b.Clone().Post("/signin/link/use", page.Form("/signin/link/use")) // a double click: nobody sees this answer
	page.Submit("/signin/link/use").Want(200).At("/orgs/new")
	b.Get("/account/security").Says("by mail")
	s.Browser(t).Get(link).Want(422).Says("used or is too old")
	s.Browser(t).Get("/signin/link?token=none").Want(422)
	s.Browser(t).Post("/signin/link/use", url.Values{"token": {tokenOf(t, link)}}).Want(422)
	s.Browser(t).Post("/signin/link/use", url.Values{"token": {tokenOf(t, link)}, "id": {"01a1fe15-5754-7137-b399-21cf5c48c1db"}}).Want(422)
}

// Whoever came for a page gets there by mail too, and never to another site.
func TestLinkLeadsOn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	b := s.Browser(t)
	b.Post("/signin/link", url.Values{"email": {dana}, "next": {"/orgs/acme/people?search=a"}}).Want(200)
	link := signinLink(t, s)
	b.Get(link).Submit("/signin/link/use").Want(200).At("/orgs/acme/people")

	s.Browser(t).Post("/signin/link", url.Values{"email": {dana}, "next": {"//elsewhere.example/"}}).Want(200)
	s.Browser(t).Get(signinLink(t, s)).Submit("/signin/link/use").Want(200).At("/orgs/acme")
	s.Browser(t).Post("/signin/link", url.Values{"email": {dana}}).Want(200)
	page := s.Browser(t).Get(signinLink(t, s) + "&next=https%3A%2F%2Felsewhere.example")
	page.Submit("/signin/link/use", "next", "https://elsewhere.example/").Want(200).At("/orgs/acme")
}

// signinLink is the newest link that signs Dana in, whatever mails came at the same time.
func signinLink(t *testing.T, s *webtest.Site) string {
	t.Helper()
	for _, m := range s.Mails(t, dana) {
		for _, link := range m.Links() {
			if _, path, ok := strings.Cut(link, webtest.Host); ok && strings.HasPrefix(path, "/signin/link") {
				return path
			}
		}
	}
	t.Fatal("no mail with a link that signs in")
	return ""
}

func TestLinkStopsBeforeTheSecondFactor(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	now := clocked(s)
	p, _, _ := withApp(t, s, now)
	s.Mails(t, dana)
	b := s.Browser(t)
	b.Post("/signin/link", url.Values{"email": {dana}})
	page := b.Get(s.Link(t, dana)).Submit("/signin/link/use").Want(200).At("/signin/second")
	b.Get("/account").At("/signin")
	page.Submit("/signin/second", "code", code(t, s, now, p)).Want(200).At("/orgs/new")
}

func TestLinksAreLimited(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	status := 0
	for range 7 {
		status = s.Browser(t).Post("/signin/link", url.Values{"email": {dana}}).Status
	}
	if status != 429 {
		t.Errorf("the seventh mail to one address was answered %d", status)
	}
}

// twoLinks asks for a change of address and returns the links of the old and of the new one.
func twoLinks(t *testing.T, s *webtest.Site, b *webtest.Browser, email string) (old, fresh string) {
	t.Helper()
	b.Get("/account").Submit("/account/email", "email", email).Want(200).At("/account").Says(strings.ToLower(email), "waits for both mails")
	return s.Link(t, dana), s.Link(t, strings.ToLower(email))
}

func TestAddressChangesWhenBothConfirm(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	elsewhere := s.SignIn(t, dana)
	s.Mails(t, dana)
	for value, want := range map[string]string{"": "Enter an e-mail address", "dana@": "name@example.com", dana: "your address already"} {
		b.Get("/account").Submit("/account/email", "email", value).Want(422).Says(want)
	}
	old, fresh := twoLinks(t, s, b, "Dana@New.example")
	phone := s.Browser(t) // the mail is read on another device
	phone.Get(fresh).Want(200).Says("dana@new.example").Submit("/email").Want(200)
	b.Get("/account").Says("waits for the mail at the old address")
	s.SignIn(t, dana) // nothing has changed yet
	page := b.Get(old).Want(200)
	page.Submit("/email").Want(200).At("/account").Says("Your address is changed", "dana@new.example")
	page.Submit("/email").Want(200).Says("Your address is changed") // pressed twice
	elsewhere.Get("/account").At("/signin")
	s.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(422)
	s.SignIn(t, "dana@new.example")
	s.Browser(t).Get(fresh).Want(422)

	// Whoever has the old address takes the change back.
	victim := s.Browser(t)
	link := ""
	for _, m := range s.Mails(t, dana) {
		if m.Subject == "Your address was changed" {
			link = m.Links()[0]
		}
	}
	page = victim.Get(strings.TrimPrefix(link, "http://"+webtest.Host)).Want(200).Says("Secure your account").Submit("/secure").Want(200).At("/reset")
	b.Get("/account").At("/signin")
	page.Submit("/reset", "password", "a quite new password").Want(200)
	s.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", "a quite new password").Want(200).At("/orgs/new")
}

func TestAddressChangeIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	old, fresh := twoLinks(t, s, b, "dana@new.example")
	b.Get("/account").Submit("/account/email/withdraw").Want(200).Says("withdrawn")
	b.Get(old).Want(422)
	b.Get(fresh).Want(422)
	old, _ = twoLinks(t, s, b, "dana@newer.example")
	b.Get(old).Submit("/email").Says("Confirmed here")
	_, fresh = twoLinks(t, s, b, "dana@newest.example") // begun anew: the first confirmation does not count
	b.Get(fresh).Submit("/email").Says("Confirmed here")
	b.Get("/account").Says(dana)
	s.Browser(t).Post("/email", url.Values{"token": {"none"}}).Want(422)
	s.Browser(t).Get("/email?token=none").Want(422)
}

func TestAddressOfSomebodyElseIsNotTaken(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Nina", "nina@example.com")
	b := s.Person(t, "Dana", dana)
	b.Get("/account").Submit("/account/email", "email", "nina@example.com").Want(200).Says("waits for both mails")
	mails := s.Mails(t, "nina@example.com")
	if len(mails) != 1 || mails[0].Subject != "You have an account already" || strings.Contains(mails[0].Text, "token=") {
		t.Errorf("mails: %+v", mails)
	}
	b.Get(s.Link(t, dana)).Submit("/email").Want(200).Says("Confirmed here")
	b.Get("/account").Says(dana)
}

func TestTwoConfirmAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	old, fresh := twoLinks(t, s, b, "dana@new.example")
	done := make(chan struct{})
	for _, link := range []string{old, fresh} {
		other := s.Browser(t)
		go func() {
			defer func() { done <- struct{}{} }()
			other.Request("POST", "/email", url.Values{"token": {tokenOf(t, link)}}, nil)
		}()
	}
	<-done
	<-done
	if n := count(t, s, `select count(*) from users where email = 'dana@new.example'`); n != 1 {
		t.Error("both have confirmed, and the address is not changed")
	}
}

func TestNewDeviceIsTold(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	told := func() int { return told(t, s, "A sign-in from a new device") }
	if n := told(); n != 0 {
		t.Errorf("the first browser is told of %d times", n)
	}
	b.Post("/signout", nil)
	b.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password)
	if n := told(); n != 0 {
		t.Errorf("the same browser is told of %d times", n)
	}
	thief := s.SignIn(t, dana)
	if n := told(); n != 1 {
		t.Errorf("a new browser is told of %d times", n)
	}
	s.Browser(t).Get(s.Link(t, dana)).Submit("/secure").Want(200).At("/reset")
	thief.Get("/account").At("/signin")
}
