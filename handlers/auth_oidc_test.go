package handlers_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

func TestAProviderMakesAnAccount(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	signUp(s.Browser(t), "Mallory", dana) // waits for the mail that never gets an answer
	b := s.Browser(t)
	b.Get("/signup").Says("Go on with Acme")
	page := p.enter(b).Want(200).At("/signup/oidc").Says("Acme says that dana@example.com is yours", "terms")
	b.Get("/account").At("/signin")
	if n := count(t, s, `select (select count(*) from users) + (select count(*) from identities)`); n != 0 {
		t.Fatalf("%d rows were made by opening an address", n)
	}
	if name := page.Form("/signup/oidc").Get("name"); name != "Dana Whitfield" {
		t.Errorf("the name is %q", name)
	}
	page.Submit("/signup/oidc").Want(422).Says("Accept the terms")
	page.Submit("/signup/oidc", "name", " ", "terms", "on").Want(422).Says("Enter your name")
	twin := b.Clone()
	page.Submit("/signup/oidc", "name", "Dana W", "terms", "on").Want(200).At("/account")
	form := page.Form("/signup/oidc")
	form.Set("terms", "on")
	twin.Post("/signup/oidc", form).Want(200).At("/account") // the second press of the button
	if users, identities, signups := count(t, s, `select count(*) from users`), count(t, s, `select count(*) from identities`), count(t, s, `select count(*) from signups`); users != 1 || identities != 1 || signups != 0 {
		t.Errorf("%d accounts, %d identities, %d sign-ups", users, identities, signups)
	}
	b.Get("/account/security").Says("Acme", "by Acme", "1 linked")
	b.Get("/account").Says("Your account has no password")
	b.Post("/signup/oidc", form).At("/signin").Says("That took too long")
	p.enter(s.Browser(t)).Want(200).At("/account") // known by now
}

func TestAnAccountIsNeverLinkedSilently(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	s.Account(t, "Dana", dana)
	s.Account(t, "Nina", "nina@example.com")
	b := s.Browser(t)
	p.enter(b).Want(200).At("/signup/oidc").Says("You have an account")
	b.Get("/account").At("/signin")
	b.Post("/signup/oidc", url.Values{"name": {"Mallory"}, "terms": {"on"}}).At("/signup/oidc").Says("You have an account")
	if n := count(t, s, `select count(*) from identities`); n != 0 {
		t.Fatalf("%d identities before the account was proven", n)
	}
	other := b.Clone()
	other.Get("/signin?next=/account/security/identities").Submit("/signin", "email", "nina@example.com", "password", webtest.Password).Want(403).Says("This is another account")
	other.Post("/account/security/identities", nil).Want(403)
	page := b.Get("/signin?next=/account/security/identities").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).Says("Link Acme to your account?")
	if n := count(t, s, `select count(*) from identities`); n != 0 {
		t.Fatalf("%d identities before anybody agreed", n)
	}
	page.Submit("/account/security/identities").Want(200).At("/account").Says("Acme is linked")
	page.Submit("/account/security/identities").Want(200).At("/account/security") // the second press
	if n := count(t, s, `select count(*) from identities`); n != 1 {
		t.Errorf("%d identities", n)
	}
	if n := told(t, s, "A way to sign in was added"); n != 1 {
		t.Errorf("told %d times", n)
	}
	p.enter(s.Browser(t)).Want(200).At("/account")
	if n := count(t, s, `select count(*) from users`); n != 2 {
		t.Errorf("%d accounts", n)
	}
}

// Who has no password proves at the provider who they are, which must not answer for somebody it knows from this morning.
func TestProvingAtAProvider(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	p.enter(b).Submit("/signup/oidc", "terms", "on").Want(200)
	stale := func() { alter(t, s, `update sessions set proven_at = now() - interval '1 day'`) }
	stale()
	to := b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(403).Says("Confirm that it is you", "what you typed is kept").Submit("/signin/oidc/acme")
	if asked := awayTo(t, to).Query(); asked.Get("prompt") != "login" || asked.Get("max_age") != "0" {
		t.Errorf("asked with %v", asked)
	}
	p.claims = map[string]any{"auth_time": time.Now().Add(-time.Hour).Unix()}
	b.Get(p.meet("acme", to).String()).Want(422).Says("does not say for certain")
	b.Get("/account/data/exports/x").At("/confirm")

	p.claims = map[string]any{"auth_time": time.Now().Unix()}
	to = b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(403).Submit("/signin/oidc/acme")
	page := b.Get(p.meet("acme", to).String()).Want(200).At("/account/delete")
	if kept := page.Form("/account/delete").Get("email"); kept != dana {
		t.Errorf("kept %q", kept)
	}
	page.Submit("/account/delete").Want(200).At("/account/closing")
	b.Get("/account/closing").Submit("/account/closing/keep")

	// By mail it is as good, and the text waits too.
	stale()
	b.Get("/account/delete").Submit("/account/delete", "email", dana).Want(403).Submit("/signin/link").Want(200).At("/signin/link/sent")
	b.Get(signinLink(t, s)).Submit("/signin/link/use").Want(200).At("/account/delete").Submit("/account/delete").Want(200).At("/account/closing")
	if asked := awayTo(t, s.Browser(t).Get("/signin").Submit("/signin/oidc/acme")).Query(); asked.Has("prompt") {
		t.Error("whoever is not signed in is asked to prove it twice")
	}
}

func TestLinkingTwiceAtOnceIsOneLink(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Person(t, "Dana", dana)
	link(p, b)
	twin := b.Clone()
	b.Get(p.meet("acme", b.Get("/account/security").Submit("/account/security/identities/acme")).String()).Want(200)
	for name, value := range b.Cookies() {
		twin.SetCookie(name, value)
	}
	b.Post("/account/security/identities", nil).Want(200).Says("Acme is linked")
	twin.Post("/account/security/identities", nil).Want(200).Says("Acme is linked")
	if n, mails := count(t, s, `select count(*) from identities`), told(t, s, "A way to sign in was added"); n != 1 || mails != 1 {
		t.Errorf("%d identities, %d mails", n, mails)
	}
}

// link links Acme to whoever is signed in.
func link(p *idp, b *webtest.Browser) {
	p.t.Helper()
	page := b.Get(p.meet("acme", b.Get("/account/security").Submit("/account/security/identities/acme")).String())
	page.Want(200).At("/account/security/identities").Submit("/account/security/identities").Want(200).At("/account/security").Says("Acme is linked")
}

func TestTheSecondFactorIsAskedForAllTheSame(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	now := clocked(s)
	person, b, _ := withApp(t, s, now)
	link(p, b)
	in := s.Browser(t)
	page := p.enter(in).Want(200).At("/signin/second")
	in.Get("/account").At("/signin")
	page.Submit("/signin/second", "code", code(t, s, now, person)).Want(200).At("/account")
	in.Get("/account/security").Says("Acme + app")
}

func TestLinkingFromSecurity(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Person(t, "Dana", dana)
	p.claims = map[string]any{"email": "dana@private.example", "email_verified": false} // the account is proven: its address need not be the same
	link(p, b)
	b.Get("/account/security").Says("dana@private.example")
	nina := s.Person(t, "Nina", "nina@example.com")
	page := nina.Get(p.meet("acme", nina.Get("/account/security").Submit("/account/security/identities/acme")).String())
	page.Submit("/account/security/identities").Want(409).Says("signs in to another account here")
	if n := count(t, s, `select count(*) from identities`); n != 1 {
		t.Errorf("%d identities", n)
	}
	// What Nina began is not Dana's to finish.
	p.subject = "s-2"
	nina.Get(p.meet("acme", nina.Get("/account/security").Submit("/account/security/identities/acme")).String()).Want(200)
	nina.Post("/signout", nil)
	nina.Get("/signin?next=/account/security/identities").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At("/account/security")
	nina.Post("/account/security/identities", nil).Want(200).At("/account/security")
	if n := count(t, s, `select count(*) from identities`); n != 1 {
		t.Errorf("%d identities, one of them by another person's hand", n)
	}
}

func TestLinkingNeedsARecentProof(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Person(t, "Dana", dana)
	link(p, b)
	if _, err := s.App.DB.Direct().Exec(t.Context(), `update sessions set proven_at = now() - interval '16 minutes'`); err != nil {
		t.Fatal(err)
	}
	page := b.Get("/account/security")
	remove := unlinkAction(t, page)
	for _, action := range []string{"/account/security/identities/acme", remove} {
		page.Submit(action).Want(403).Says("Confirm that it is you")
	}
	b.Post("/account/security/identities", nil).Want(403).Says("Confirm that it is you")
	page.Submit(remove).Submit("/confirm", "password", webtest.Password).Want(200)
	b.Get("/account/security").Submit(remove).Want(200).Says("It is unlinked")
}

func unlinkAction(t *testing.T, page *webtest.Page) string {
	t.Helper()
	for _, action := range page.Actions() {
		if strings.HasPrefix(action, "/account/security/identities/") && strings.HasSuffix(action, "/remove") {
			return action
		}
	}
	t.Fatal("nothing can be unlinked")
	return ""
}

func TestUnlinkingKeepsAWayIn(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	p.enter(b).Submit("/signup/oidc", "terms", "on").Want(200)
	page := b.Get("/account/security")
	first := unlinkAction(t, page)
	page.Submit(first).Want(409).Says("This is your only way in")
	p.enter(s.Browser(t)).At("/account")

	p.subject = "s-2" // another account at the same provider is a way in
	link(p, b)
	elsewhere := s.Browser(t)
	p.enter(elsewhere).At("/account")
	s.Person(t, "Nina", "nina@example.com").Post(first, nil).Want(200).At("/account/security") // not hers: nothing happens
	b.Get("/account/security").Says("2 linked").Submit(first).Want(200).Says("It is unlinked", "1 linked")
	b.Post(first, nil).Want(200).At("/account/security") // the second press
	elsewhere.Get("/account").At("/signin")
	if added, removed := told(t, s, "A way to sign in was added"), told(t, s, "A way to sign in was removed"); added != 1 || removed != 1 {
		t.Errorf("told %d and %d times", added, removed)
	}
	p.subject = "s-1"
	p.enter(s.Browser(t)).At("/signup/oidc").Says("You have an account") // it is a stranger again
	b.Post("/account/security/identities/no-id/remove", nil).Want(404)
}

// Of two that are taken away at the same time, one stays.
func TestUnlinkingBothAtOnceKeepsOne(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	p.enter(b).Submit("/signup/oidc", "terms", "on").Want(200)
	p.subject = "s-2"
	link(p, b)
	var wg sync.WaitGroup
	for _, action := range b.Get("/account/security").Actions() {
		if strings.HasSuffix(action, "/remove") && strings.Contains(action, "/identities/") {
			one := b.Clone()
			wg.Go(func() { one.Post(action, nil) })
		}
	}
	wg.Wait()
	if n := count(t, s, `select count(*) from identities`); n != 1 {
		t.Errorf("%d identities are left", n)
	}
}

// What its provider no longer vouches for is no way in.
func TestAProviderThatIsGoneIsNoWayIn(t *testing.T) {
	t.Parallel()
	p, gone := newIDP(t), newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	p.enter(b).Submit("/signup/oidc", "terms", "on").Want(200)
	_, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `
		insert into identities (id, user_id, provider, issuer, subject, email)
		select gen_random_uuid(), user_id, 'acme', $1, subject, email from identities`, gone.URL)
	if err != nil {
		t.Fatal(err)
	}
	page := b.Get("/account/security").Says("No longer offered", "2 linked")
	page.Submit(unlinkAction(t, page)).Want(409).Says("This is your only way in")
}

func TestThisLinkWasNotMe(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Person(t, "Dana", dana)
	link(p, b)
	victim := s.Browser(t)
	victim.Get(s.Link(t, dana)).Submit("/secure").Want(200).At("/reset")
	b.Get("/account").At("/signin")
	p.enter(s.Browser(t)).At("/signup/oidc").Says("You have an account")
	if n := count(t, s, `select count(*) from identities`); n != 0 {
		t.Errorf("%d identities are left", n)
	}
}

func TestTypedTextSurvivesTheWayToAProvider(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	p.enter(b).Submit("/signup/oidc", "terms", "on").Want(200)
	page := b.Get("/orgs/new")
	if _, err := s.App.DB.Direct().Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	page = page.Submit("/orgs", "name", "Harbour Labs", "slug", "harbour").Want(401).Says("What you typed is kept")
	page = b.Get(p.meet("acme", page.Submit("/signin/oidc/acme")).String()).Want(200).At("/orgs/new")
	if form := page.Form("/orgs"); form.Get("name") != "Harbour Labs" || form.Get("slug") != "harbour" {
		t.Errorf("the form has %v", form)
	}
}

func TestArrivalsDoNotWaitForEver(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	now := clocked(s)
	b := s.Browser(t)
	page := p.enter(b).At("/signup/oidc")
	*now = now.Add(11 * time.Minute)
	page.Submit("/signup/oidc", "terms", "on").At("/signin").Says("That took too long")
	b.Get("/signup/oidc").At("/signin")
	*now = time.Now()
	s.Account(t, "Dana", dana)
	p.enter(b).At("/signup/oidc").Says("You have an account")
	b.Get("/signin?next=/account/security/identities").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).Says("Link Acme")
	*now = now.Add(11 * time.Minute)
	b.Post("/account/security/identities", nil).At("/account/security")
	if n := count(t, s, `select count(*) from identities`); n != 0 {
		t.Errorf("%d identities", n)
	}
}
