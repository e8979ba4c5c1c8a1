package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

// keyring is a device with passkeys.
type keyring struct {
	t    *testing.T
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newKeyring(t *testing.T, p scope.Person) *keyring {
	k := &keyring{
		t: t, rp: virtualwebauthn.RelyingParty{Name: "Plinth", ID: "localhost", Origin: "http://localhost:8080"},
		auth: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: p.ID[:]}),
		key:  newKey(),
	}
	k.auth.AddCredential(k.key)
	return k
}

// newKey makes a key as devices do. The library drops zeros at the front of a coordinate, which is no key then: one in 128.
func newKey() virtualwebauthn.Credential {
	longest := 0
	for range 20 {
		longest = max(longest, len(virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2).Key.AttestationData()))
	}
	for {
		if k := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(k.Key.AttestationData()) == longest {
			return k
		}
	}
}

// create answers a registration that the browser is asked for.
func (k *keyring) create(b *webtest.Browser) string {
	k.t.Helper()
	page := b.Request(http.MethodPost, "/account/security/passkeys/options", url.Values{}, nil).Want(200)
	options, err := virtualwebauthn.ParseAttestationOptions(page.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return virtualwebauthn.CreateAttestationResponse(k.rp, k.auth, k.key, *options)
}

// get answers a sign-in that the browser is asked for.
func (k *keyring) get(b *webtest.Browser) string {
	k.t.Helper()
	page := b.Request(http.MethodPost, "/signin/passkey/options", url.Values{}, nil).Want(200)
	options, err := virtualwebauthn.ParseAssertionOptions(page.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	k.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(k.rp, k.auth, k.key, *options)
}

func (k *keyring) signIn(b *webtest.Browser) *webtest.Page {
	k.t.Helper()
	return b.Post("/signin/passkey", url.Values{"credential": {k.get(b)}, "next": {"/account"}})
}

// withPasskey makes an account with a passkey.
func withPasskey(t *testing.T, s *webtest.Site, name, email string) (scope.Person, *webtest.Browser, *keyring) {
	t.Helper()
	p := s.Account(t, name, email)
	b := s.SignIn(t, email)
	k := newKeyring(t, p)
	page := b.Post("/account/security/passkeys", url.Values{"credential": {k.create(b)}, "name": {"My laptop"}}).Want(200).Says("Keep these recovery codes")
	if codes := recoveryCode.FindAllString(page.Body, -1); len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	return p, b, k
}

func TestPasskeySignsIn(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b, k := withPasskey(t, s, "Dana", dana)
	if form := b.Get("/account/security").Says("never used").Body; !strings.Contains(form, `value="My laptop"`) {
		t.Error("the passkey is not listed")
	}
	in := s.Browser(t)
	k.signIn(in).Want(200).At("/account") // without a name, a password or a code
	in.Get("/account/security").Says("by passkey", "last used")
	if told(t, s, "A passkey was added") != 1 {
		t.Error("nobody was told of the passkey")
	}
	second, page := toSecond(t, s) // with a password, the passkey is the second factor
	if !page.HasForm("/signin/passkey") {
		t.Error("the second step does not offer the passkey")
	}
	k.signIn(second).Want(200).At("/account")
}

func TestPasskeyAnswersThatAreRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p, _, k := withPasskey(t, s, "Dana", dana)
	refused := func(name string, b *webtest.Browser, credential string) {
		t.Helper()
		if page := b.Post("/signin/passkey", url.Values{"credential": {credential}, "next": {"/account"}}); page.Status != 422 {
			t.Errorf("%s: %d", name, page.Status)
		}
		b.Get("/account").At("/signin")
	}
	b := s.Browser(t)
	refused("nothing", b, "")
	refused("no ceremony", b, k.get(s.Browser(t)))
	answer := k.get(b)
	thief := b.Clone()
	b.Post("/signin/passkey", url.Values{"credential": {answer}}).Want(200).At("/orgs/new")
	refused("a counter that went back", thief, answer)
	evil := *k
	evil.rp.Origin = "http://evil.example"
	c := s.Browser(t)
	refused("another origin", c, evil.get(c))
	shy := *k
	shy.auth = virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: p.ID[:], UserNotVerified: true})
	refused("nobody was verified", c, shy.get(c))
	other := *k
	other.key = newKey()
	refused("an unknown key", c, other.get(c))
	stranger := newKeyring(t, scope.Person{})
	refused("nobody's", c, stranger.get(c))
}

func TestPasskeysAreManaged(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b, k := withPasskey(t, s, "Dana", dana)
	var id string
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select id::text from passkeys`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	path := "/account/security/passkeys/" + id
	b.Post(path, url.Values{"name": {"  "}}).Want(422).Says("Enter your name")
	b.Post(path, url.Values{"name": {"The old laptop"}}).Want(200)
	if !strings.Contains(b.Get("/account/security").Body, `value="The old laptop"`) {
		t.Error("the passkey has its old name")
	}
	mallory := s.Person(t, "Mallory", "mallory@example.com")
	mallory.Post(path, url.Values{"name": {"Mine"}}).Want(404)
	mallory.Post(path+"/remove", nil).Want(404)
	b.Post("/account/security/passkeys/none", url.Values{"name": {"x"}}).Want(404)
	b.Post("/account/security/passkeys/none/remove", nil).Want(404)
	b.Post("/account/security/passkeys", url.Values{"credential": {k.create(b)}}).Want(409).Says("registered already")
	b.Post("/account/security/passkeys", url.Values{"credential": {"{"}}).Want(422).Says("not accepted")
	elsewhere := s.Browser(t)
	k.signIn(elsewhere).At("/account")
	b.Post(path+"/remove", nil).Want(200).At("/account/security")
	elsewhere.Get("/account").At("/signin")
	if page := k.signIn(s.Browser(t)); page.Status != 422 {
		t.Errorf("a removed passkey answers %d", page.Status)
	}
	if n := count(t, s, `select count(*) from recovery_codes`); n != 0 {
		t.Errorf("%d recovery codes stand in for nothing", n)
	}
}

// An answer is good once, also in a copy of the browser and of a passkey that does not count.
func TestAPasskeysAnswerIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, _, k := withPasskey(t, s, "Dana", dana)
	b := s.Browser(t)
	k.get(b)
	k.key.Counter = 0
	page := b.Request(http.MethodPost, "/signin/passkey/options", url.Values{}, nil).Want(200)
	options, err := virtualwebauthn.ParseAssertionOptions(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := url.Values{"credential": {virtualwebauthn.CreateAssertionResponse(k.rp, k.auth, k.key, *options)}, "next": {"/account"}}
	thief := b.Clone()
	b.Post("/signin/passkey", answer).Want(200).At("/account")
	thief.Post("/signin/passkey", answer).Want(422)
	thief.Get("/account").At("/signin")
}

func TestTheLastWayInStays(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b, _ := withPasskey(t, s, "Dana", dana)
	if _, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `update users set password_hash = null`); err != nil {
		t.Fatal(err)
	}
	var id string
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select id::text from passkeys`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	b.Post("/account/security/passkeys/"+id+"/remove", nil).Want(409).Says("your only way in")
	b.Get("/account").Says("Your account has no password")
}

func TestPasskeyProves(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	_, b, k := withPasskey(t, s, "Dana", dana)
	_, _, other := withPasskey(t, s, "Nina", "nina@example.com")
	if _, err := s.App.DB.Direct().Exec(t.Context(), `update sessions set proven_at = now() - interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	b.Request(http.MethodPost, "/account/security/passkeys/options", url.Values{}, nil).Want(403)
	b.Post("/confirm", url.Values{"password": {webtest.Password}}).Want(422).Says("Enter the code") // one of the two is not enough
	b.Post("/confirm/passkey", url.Values{"credential": {other.get(b)}}).Want(422).Says("another account")
	b.Post("/confirm/passkey", url.Values{"credential": {k.get(b)}, "next": {"/account/security"}}).Want(200).At("/account/security")
	b.Request(http.MethodPost, "/account/security/passkeys/options", url.Values{}, nil).Want(200)
}
