package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"
)

const dana = "dana@example.com"

func signUp(b *webtest.Browser, name, email string) *webtest.Page {
	return b.Get("/signup").Submit("/signup", "name", name, "email", email, "password", webtest.Password, "terms", "on")
}

func TestSignUpVerifySignOutSignIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	signUp(b, "Dana Whitfield", "Dana@Example.com").Want(200).At("/check-mail").Says("Check your mail", dana)
	b.Get("/orgs").At("/signin") // no session before the address is proven

	link := s.Link(t, dana)
	b.Get(link).Want(200).Says("Confirm your address", dana)
	b.Get(link).Want(200) // opening it uses nothing up
	page := b.Get(link).Submit("/verify").Want(200).At("/orgs/new")
	page.Says("Name your organization")
	b.Post("/signout", nil).At("/signin")
	b.Get("/orgs/new").At("/signin")
	b.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At("/orgs/new")
}

func TestVerificationLinkWorksOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	signUp(s.Browser(t), "Dana", dana)
	link := s.Link(t, dana)
	first := s.Browser(t).Get(link)
	second := s.Browser(t).Get(link)
	first.Submit("/verify", "name", "Dana", "password", webtest.Password).At("/orgs/new")
	second.Submit("/verify", "name", "Dana", "password", "another password of mine").Want(422).Says("used or is too old")
	s.Browser(t).Get(link).Want(422).Says("used or is too old")
}

func TestSignUpOfKnownAddressAnswersAlike(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	known, unknown := s.Browser(t), s.Browser(t)
	a := signUp(known, "Mallory", dana).Want(200).At("/check-mail")
	c := signUp(unknown, "Mallory", "nina@example.com").Want(200).At("/check-mail")
	if got, want := strings.ReplaceAll(a.Text(), dana, "X"), strings.ReplaceAll(c.Text(), "nina@example.com", "X"); got != want {
		t.Errorf("known and unknown addresses are answered differently:\n%s\n%s", got, want)
	}
	mails := s.Mails(t, dana)
	if len(mails) != 1 || mails[0].Subject != "You have an account already" {
		t.Errorf("the owner got %+v", mails)
	}
	if mails[0].Links()[0] != "http://"+webtest.Host+"/signin" {
		t.Errorf("the mail leads to %s", mails[0].Links()[0])
	}
}

func TestResendAndCorrectAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	page := signUp(b, "Dana", "dnaa@example.com")
	first := s.Link(t, "dnaa@example.com")
	b.Get("/check-mail").Submit("/check-mail/resend").Want(200).Says("on its way again")
	second := s.Link(t, "dnaa@example.com")
	if first == second {
		t.Fatal("the second mail has the first one's link")
	}
	s.Browser(t).Get(first).Want(422)
	page.Submit("/check-mail/address", "email", "not an address").Want(422).Says("name@example.com")
	b.Get("/check-mail").Submit("/check-mail/address", "email", dana).Want(200).Says(dana)
	s.Browser(t).Get(second).Want(422) // what went to the mistyped address is worth nothing
	b.Get(s.Link(t, dana)).Submit("/verify").At("/orgs/new")
}

func TestSignUpRefusesBadInput(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for _, c := range []struct{ name, field, value, want string }{
		{"no name", "name", "", "Enter your name"},
		{"long name", "name", strings.Repeat("n", 81), "at most 80"},
		{"link in the name", "name", "win at https://evil.example", "no links"},
		{"no address", "email", "", "Enter an e-mail address"},
		{"bad address", "email", "dana@", "name@example.com"},
		{"two addresses", "email", "a@example.com, b@example.com", "name@example.com"},
		{"header in the address", "email", "a@example.com\r\nBcc: b@example.com", "name@example.com"},
		{"short password", "password", "short", "at least 12"},
		{"long password", "password", strings.Repeat("ab1", 60), "at most 128"},
		{"common password", "password", "password1234", "first anybody would try"},
		{"repeated password", "password", "abcabcabcabc", "first anybody would try"},
		{"password is the address", "password", dana, "Choose something else"},
		{"no terms", "terms", "", "Accept the terms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := s.Browser(t)
			form := url.Values{"name": {"Dana <b>"}, "email": {dana}, "password": {webtest.Password}, "terms": {"on"}}
			form.Set(c.field, c.value)
			page := b.Post("/signup", form).Want(422).Says(c.want)
			if c.field != "password" {
				page.Silent(webtest.Password)
			}
			if c.field != "email" && page.Form("/signup").Get("email") != dana {
				t.Error("the address typed is gone")
			}
			page.Silent("<b>")
		})
	}
	t.Run("nothing is sent", func(t *testing.T) {
		if got := len(s.Mails(t, "")); got != 0 {
			t.Errorf("%d mails", got)
		}
	})
}

func TestWrongPasswordsMeetAGrowingDelay(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	b := s.Browser(t)
	var unknown, wrong string
	for range 6 {
		wrong = b.Post("/signin", url.Values{"email": {dana}, "password": {"not this one at all"}}).Text()
		unknown = b.Post("/signin", url.Values{"email": {"nobody@example.com"}, "password": {"not this one at all"}}).Text()
	}
	if wrong != strings.ReplaceAll(unknown, "nobody@example.com", dana) {
		t.Errorf("unknown address and wrong password are told apart:\n%s\n%s", wrong, unknown)
	}
	page := b.Request(http.MethodPost, "/signin", url.Values{"email": {dana}, "password": {webtest.Password}}, nil)
	page.Want(429).Says("Too many attempts")
	if page.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	elsewhere := s.Person(t, "Dana", dana)
	b := s.Browser(t)
	b.Get("/forgot").Submit("/forgot", "email", "nobody@example.com").Want(200).At("/forgot/sent")
	b.Get("/forgot").Submit("/forgot", "email", dana).Want(200).At("/forgot/sent").Says("If there is an account")
	if got := s.Mails(t, "nobody@example.com"); len(got) != 0 {
		t.Errorf("somebody without an account got %d mails", len(got))
	}
	link := s.Link(t, dana)
	page := b.Get(link).Want(200)
	page.Submit("/reset", "password", "short").Want(422).Says("at least 12")
	b.Get(link).Submit("/reset", "password", "a quite new password").Want(200).At("/orgs/new")
	elsewhere.Get("/orgs/new").At("/signin") // every other session has ended
	s.Browser(t).Get(link).Want(422)
	page.Submit("/reset", "password", "another new password").Want(422)
	s.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).Want(422)
	s.Browser(t).Get("/signin").Submit("/signin", "email", dana, "password", "a quite new password").At("/orgs/new")
	if n := told(t, s, "Your password was changed"); n != 1 {
		t.Errorf("told of the change %d times", n)
	}
}

func TestPlantedSessionDoesNotBecomeSignedIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	victim, attacker := s.Browser(t), s.Browser(t)
	for _, b := range []*webtest.Browser{victim, attacker} {
		b.SetCookie("__Host-plinth", "planted")
	}
	victim.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).At("/orgs/new")
	attacker.Get("/orgs/new").At("/signin")
	before := victim.Clone()
	victim.Get("/signin").Submit("/signin", "email", dana, "password", webtest.Password).At("/orgs/new")
	victim.Post("/signout", nil)
	victim.Get("/orgs/new").At("/signin")
	before.Get("/orgs/new").At("/signin") // its token was renewed away
}

func TestTypedTextSurvivesAnEndedSession(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	page := b.Get("/orgs/new")
	if _, err := s.App.DB.Direct().Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	page = page.Submit("/orgs", "name", "Harbour <Labs>", "slug", "harbour").Want(401)
	page.Says("What you typed is kept")
	page = page.Submit("/signin", "email", dana, "password", "wrong at first, I think").Want(422)
	page = page.Submit("/signin", "email", dana, "password", webtest.Password).Want(200).At("/orgs/new")
	if form := page.Form("/orgs"); form.Get("name") != "Harbour <Labs>" || form.Get("slug") != "harbour" {
		t.Errorf("the form has %v", form)
	}
	page.Submit("/orgs").Want(200).At("/orgs/harbour")
}

func TestChangesFromAnotherSiteAreRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	for _, h := range []http.Header{
		{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}},
		{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": nil},
		{"Origin": {"null"}, "Sec-Fetch-Site": nil},
	} {
		b.Request(http.MethodPost, "/orgs", url.Values{"name": {"Evil"}}, h).Want(403)
	}
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", dana)
	for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"} {
		page := s.Browser(t).Request(http.MethodPost, "/signin", url.Values{"email": {dana}, "password": {webtest.Password}, "next": {next}}, nil)
		if got := page.Header.Get("Location"); got != "/orgs" {
			t.Errorf("next=%q leads to %q", next, got)
		}
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	signUp(b, "Dana", dana)
	link := s.Link(t, dana)
	b.Get(link).Submit("/verify")
	_, token, _ := strings.Cut(link, "token=")
	for name, secret := range map[string]string{"token": token, "password": webtest.Password, "cookie": b.Cookies()["__Host-plinth"]} {
		if secret == "" || strings.Contains(s.Log.String(), secret) {
			t.Errorf("the log holds the %s %q", name, secret)
		}
	}
	if !strings.Contains(s.Log.String(), `"route":"GET /verify"`) {
		t.Error("the log does not name the route")
	}
}
