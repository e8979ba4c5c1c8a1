package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/internal/scope"
	"plinth/test/webtest"
)

// Anybody can sign up with somebody else's address: whoever has the mailbox must not end up with a stranger's password.
func TestASignUpBySomebodyElseIsWorthNothing(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	mallory := s.Browser(t)
	mallory.Get("/signup").Submit("/signup", "name", "Mallory", "email", dana, "password", "the password of mallory", "terms", "on").Want(200)
	link := s.Link(t, dana)
	victim := s.Browser(t)
	page := victim.Get(link).Want(200).Says("began in another browser", "Password")
	page.Submit("/verify").Want(422).Says("Enter a password")
	page.Submit("/verify", "password", "short").Want(422).Says("at least 12")
	page.Submit("/verify", "password", dana).Want(422).Says("Choose something else")
	again := page.Submit("/verify", "name", " ", "password", webtest.Password).Want(422).Says("Enter your name")
	again.Submit("/verify", "name", "Dana Whitfield", "password", webtest.Password).Want(200).At("/orgs/new")
	s.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", "the password of mallory").Want(422)
	if got := s.SignIn(t, dana).Get("/account").Form("/account").Get("name"); got != "Dana Whitfield" {
		t.Errorf("the name is %q", got)
	}
	mallory.Get(link).Want(422)
	mallory.Post("/verify", url.Values{"token": {tokenOf(t, link)}, "password": {"the password of mallory"}}).Want(422)
}

// The sign-up of a browser stands in its sealed cookie and in no field.
func TestTheOwnSignUpIsNoField(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	signUp(s.Browser(t), "Mallory", dana)
	var id string
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select id::text from signups`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"token": {tokenOf(t, s.Link(t, dana))}, "SignupID": {id}, "-": {id}, "signup_id": {id}}
	s.Browser(t).Post("/verify", form).Want(422).Says("Enter a password")
}

func lastPart(link string) string { return link[strings.LastIndex(link, "/")+1:] }

func tokenOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("token")
}

// A double click without JavaScript sends a form twice, and the browser shows the second answer and keeps its cookie.
func TestConfirmingTwiceSignsIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	own := s.Browser(t)
	signUp(own, "Dana", dana)
	link := s.Link(t, dana)
	page := own.Get(link)
	lost, twin := own.Clone(), own.Clone() // it sends the same form, and nobody sees the answer
	lost.Post("/verify", page.Form("/verify"))
	own.Get("/orgs/new").At("/signin")
	page.Submit("/verify").Want(200).At("/orgs/new")
	if n := count(t, s, `select count(*) from sessions`); n != 1 {
		t.Errorf("%d sessions, one of them nobody's", n)
	}
	// The mail is opened again, here and elsewhere.
	own.Get(link).Want(200).At("/orgs/new").Says("You are signed in already")
	s.Browser(t).Get(link).Want(422).Says("has been used", "Sign in")

	// A factor set up in between is asked for.
	now := clocked(s)
	own.Get("/account/security").Submit("/account/security/totp").
		Submit("/account/security/totp/confirm", "code", code(t, s, now, personOf(t, s, dana))).Want(200)
	twin.Post("/verify", page.Form("/verify")).Want(200).At("/signin/second")
	twin.Get("/account").At("/signin")

	signUp(s.Browser(t), "Nina", "nina@example.com")
	elsewhere := s.Browser(t)
	page = elsewhere.Get(s.Link(t, "nina@example.com"))
	form := page.Form("/verify")
	form.Set("password", webtest.Password)
	elsewhere.Clone().Post("/verify", form)
	page.Submit("/verify", "password", webtest.Password).Want(200).At("/orgs/new")
}

func TestResettingTwiceSignsIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	b := s.Browser(t)
	b.Post("/forgot", url.Values{"email": {dana}}).Want(200)
	link := s.Link(t, dana)
	page := b.Get(link).Want(200)
	form := page.Form("/reset")
	form.Set("password", "a quite new password")
	b.Clone().Post("/reset", form)
	page.Submit("/reset", "password", "a quite new password").Want(200).At("/orgs/new")
	if n := count(t, s, `select count(*) from account_events where action = 'account.password_reset'`); n != 1 {
		t.Errorf("changed %d times", n)
	}
	s.Browser(t).Post("/reset", url.Values{"token": {tokenOf(t, link)}, "password": {"a third password here"}}).Want(422).Says("used or is too old")
}

func TestChangingThePasswordTwiceIsOneChange(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	page := b.Get("/account")
	for range 2 {
		page.Submit("/account/password", "current", webtest.Password, "password", "a quite new password").Want(200).At("/account").Says("Your password is changed")
	}
	page.Submit("/account/password", "current", "not the present one", "password", "a third password here").Want(422).Says("not your present password")
	if n := count(t, s, `select count(*) from account_events where action = 'account.password_changed'`); n != 1 {
		t.Errorf("changed %d times", n)
	}
	if mails := s.Mails(t, dana); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestAcceptingTwiceLeadsIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Olga", "olga@example.com"), "acme", "Acme")
	owner := s.SignIn(t, "olga@example.com")
	owner.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", dana, "role", "member").Want(200)
	link := s.Link(t, dana)
	b := s.Browser(t)
	page := b.Get(link).Want(200)
	action := "/invitations/" + lastPart(link) + "/account"
	form := page.Form(action)
	form.Set("name", "Dana")
	form.Set("password", webtest.Password)
	form.Set("terms", "on")
	b.Clone().Post(action, form)
	page = b.Post(action, form).Want(200)
	for range 2 {
		page.Submit("/invitations/" + lastPart(link) + "/accept").Want(200).At("/orgs/acme")
	}
	if n := count(t, s, `select count(*) from users where email = 'dana@example.com'`); n != 1 {
		t.Errorf("%d accounts", n)
	}
	stranger := s.Person(t, "Nina", "nina@example.com")
	stranger.Post("/invitations/"+lastPart(link)+"/accept", nil).Want(422)
}

func TestPasswordsLikeTheOrganizationAreRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p := s.Account(t, "Dana", dana)
	s.Join(t, s.Org(t, s.Account(t, "Olga", "olga@example.com"), "harbour-laboratories", "Harbour Laboratories"), p, scope.Member)
	b := s.SignIn(t, dana)
	for _, password := range []string{"harbour laboratories", "HarbourLaboratories", "harbour-laboratories"} {
		b.Get("/account").Submit("/account/password", "current", webtest.Password, "password", password).Want(422).Says("organization")
	}
	b.Post("/forgot", url.Values{"email": {dana}}).Want(200)
	s.Browser(t).Get(s.Link(t, dana)).Submit("/reset", "password", "Harbour Laboratories").Want(422).Says("organization")
}
