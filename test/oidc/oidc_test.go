package oidc_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plinth/test/oidc"
	"plinth/test/webtest"
)

const dana = "dana@example.com"

func people() map[string]oidc.Person {
	return map[string]oidc.Person{
		"dana":    {Email: dana, Verified: true, Name: "Dana Whitfield"},
		"second":  {Email: "dw@example.com", Verified: true, Name: "Dana again"},
		"mallory": {Email: dana, Verified: false, Name: "Mallory"},
		"nobody":  {},
	}
}

// house is a site beside a real provider.
func house(t *testing.T) (*webtest.Site, *oidc.Provider) {
	t.Helper()
	p := oidc.Start(t, people())
	return webtest.New(t, p.Configured), p
}

func begin(t *testing.T, b *webtest.Browser) *url.URL {
	t.Helper()
	return oidc.Way(t, b.Get("/signin?next=/account").Submit("/signin/oidc/acme"))
}

func enter(t *testing.T, p *oidc.Provider, b *webtest.Browser, login string) *webtest.Page {
	t.Helper()
	return b.Get(p.SignIn(begin(t, b), login))
}

func rows(t *testing.T, s *webtest.Site, table string) int {
	t.Helper()
	var n int
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select count(*) from `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func nothing(t *testing.T, s *webtest.Site) {
	t.Helper()
	if users, identities, sessions := rows(t, s, "users"), rows(t, s, "identities"), rows(t, s, "sessions"); users+identities+sessions != 0 {
		t.Errorf("%d accounts, %d identities, %d sessions were made", users, identities, sessions)
	}
}

func TestSigningUpAndIn(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	b := s.Browser(t)
	page := enter(t, p, b, "dana").Want(200).At("/signup/oidc").Says("Acme says that dana@example.com is yours")
	nothing(t, s)
	if name := page.Form("/signup/oidc").Get("name"); name != "Dana Whitfield" {
		t.Errorf("the name is %q", name)
	}
	page.Submit("/signup/oidc", "terms", "on").Want(200).At("/account")
	again := s.Browser(t)
	enter(t, p, again, "dana").Want(200).At("/account")
	again.Get("/account/security").Says("Acme", "1 linked")
	if n := rows(t, s, "users"); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestAnAccountIsLinkedByItsPerson(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	s.Account(t, "Dana", dana)
	b := s.Browser(t)
	enter(t, p, b, "dana").Want(200).Says("You have an account")
	b.Get("/account").At("/signin")
	if n := rows(t, s, "identities"); n != 0 {
		t.Fatalf("%d identities before the account was proven", n)
	}
	page := b.Get("/signin?next=/account/security/identities").Submit("/signin", "email", dana, "password", webtest.Password)
	page.Want(200).Says("Link Acme to your account?").Submit("/account/security/identities").Want(200).Says("Acme is linked")
	enter(t, p, s.Browser(t), "dana").Want(200).At("/account")
}

func TestUnlinking(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	b := s.Browser(t)
	enter(t, p, b, "dana").Submit("/signup/oidc", "terms", "on").Want(200)
	unlink := func() *webtest.Page {
		page := b.Get("/account/security")
		for _, action := range page.Actions() {
			if strings.HasPrefix(action, "/account/security/identities/") && strings.HasSuffix(action, "/remove") {
				return page.Submit(action)
			}
		}
		t.Fatal("nothing can be unlinked")
		return nil
	}
	unlink().Want(409).Says("This is your only way in")
	back := p.SignIn(oidc.Way(t, b.Get("/account/security").Submit("/account/security/identities/acme")), "second")
	b.Get(back).Want(200).At("/account/security/identities").Submit("/account/security/identities").Want(200).Says("2 linked")
	unlink().Want(200).Says("It is unlinked", "1 linked")
	enter(t, p, s.Browser(t), "second").Want(200).At("/account")
	enter(t, p, s.Browser(t), "dana").Want(200).Says("You have an account")
}

func TestAddressesWithoutProof(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	enter(t, p, s.Browser(t), "mallory").Want(422).Says("has not confirmed that dana@example.com is yours")
	enter(t, p, s.Browser(t), "nobody").Want(422).Says("did not tell us an address")
	nothing(t, s)
}

func TestSayingNo(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	b := s.Browser(t)
	b.Get(p.Refuse(begin(t, b))).Want(422).Says("was told not to sign you in")
	nothing(t, s)
}

func TestStateAndNonce(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	for name, says := range map[string]string{"nonce": "does not say for certain", "state": "not begun in this browser"} {
		b := s.Browser(t)
		to := begin(t, b)
		q := to.Query()
		q.Set(name, "of somebody else")
		to.RawQuery = q.Encode()
		b.Get(p.SignIn(to, "dana")).Want(422).Says(says)
	}
	other := p.SignIn(begin(t, s.Browser(t)), "dana")
	b := s.Browser(t)
	begin(t, b)
	b.Get(other).Want(422).Says("not begun in this browser")
	nothing(t, s)
}

// The provider takes no code without the verifier that its sign-in began with, and each code once.
func TestCodes(t *testing.T) {
	t.Parallel()
	s, p := house(t)
	b := s.Browser(t)
	to := begin(t, b)
	q := to.Query()
	q.Del("code_challenge")
	q.Del("code_challenge_method")
	to.RawQuery = q.Encode()
	b.Get(p.SignIn(to, "dana")).Want(422).Says("does not say for certain") // the provider refuses

	caught, err := url.Parse(p.SignIn(begin(t, s.Browser(t)), "dana"))
	if err != nil {
		t.Fatal(err)
	}
	thief := s.Browser(t)
	own, err := url.Parse(p.SignIn(begin(t, thief), "second"))
	if err != nil {
		t.Fatal(err)
	}
	q = own.Query()
	q.Set("code", caught.Query().Get("code"))
	thief.Get(own.Path + "?" + q.Encode()).Want(422).Says("does not say for certain")
	nothing(t, s)

	refusedWithoutVerifier(t, p, own.Query().Get("code"))

	b = s.Browser(t)
	back := p.SignIn(begin(t, b), "dana")
	twice := b.Clone()
	b.Get(back).Want(200).At("/signup/oidc")
	twice.Get(back).Want(422).Says("does not say for certain")
	for _, secret := range []string{caught.Query().Get("code"), own.Query().Get("code"), own.Query().Get("state"), oidc.ClientSecret} {
		if strings.Contains(s.Log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

// refusedWithoutVerifier brings a code to the provider with the site's own secret, which is not enough.
func refusedWithoutVerifier(t *testing.T, p *oidc.Provider, code string) {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://" + webtest.Host + "/signin/oidc/acme/callback"}}
	r, err := http.NewRequest(http.MethodPost, p.URL+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(oidc.ClientID, url.QueryEscape(oidc.ClientSecret))
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "invalid_grant") {
		t.Errorf("without the verifier the provider answers %d %s, %v", res.StatusCode, body, err)
	}
}
