package handlers_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plinth/test/webtest"
)

// quiet fails the test when anything was made, anybody is in, or the log tells a secret.
func quiet(t *testing.T, s *webtest.Site, p *idp, b *webtest.Browser) {
	t.Helper()
	if n := count(t, s, `select (select count(*) from users) + (select count(*) from identities) + (select count(*) from sessions)`); n != 0 {
		t.Errorf("%d rows were made", n)
	}
	b.Get("/account").At("/signin")
	b.Get("/signup/oidc").At("/signin")
	untold(t, s, p)
}

func untold(t *testing.T, s *webtest.Site, p *idp) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, secret := range append([]string{"the secret of the client"}, p.taken...) {
		if secret != "" && strings.Contains(s.Log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
}

// What a good provider never sends.
func TestWhatAProviderGetsWrong(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, p *idp)
		says  string
	}{
		"a stranger's signature": {func(t *testing.T, p *idp) {
			p.forge = func(head, body map[string]any) string { return sign(t, stranger, head, body) }
		}, "does not say for certain"},
		"no signature": {func(t *testing.T, p *idp) {
			p.forge = func(_, body map[string]any) string {
				return segment(t, map[string]any{"alg": "none"}) + "." + segment(t, body) + "."
			}
		}, "does not say for certain"},
		"the public key as a secret": {func(t *testing.T, p *idp) {
			p.forge = func(_, body map[string]any) string {
				text := segment(t, map[string]any{"alg": "HS256", "kid": "one"}) + "." + segment(t, body)
				mac := hmac.New(sha256.New, p.key.N.Bytes())
				mac.Write([]byte(text))
				return text + "." + b64(mac.Sum(nil))
			}
		}, "does not say for certain"},
		"changed after it was signed": {func(t *testing.T, p *idp) {
			p.forge = func(head, body map[string]any) string {
				parts := strings.Split(sign(t, p.key, head, body), ".")
				body["sub"] = "somebody else"
				return parts[0] + "." + segment(t, body) + "." + parts[2]
			}
		}, "does not say for certain"},
		"for another client":           {claim("aud", "another"), "does not say for certain"},
		"for others too, made for one": {claim("aud", []string{"plinth", "another"}, "azp", "another"), "does not say for certain"},
		"for others too, for nobody":   {claim("aud", []string{"plinth", "another"}), "does not say for certain"},
		"by another issuer":            {claim("iss", "https://id.example.com"), "does not say for certain"},
		"expired":                      {claim("exp", time.Now().Add(-time.Minute).Unix()), "does not say for certain"},
		"not yet good":                 {claim("nbf", time.Now().Add(time.Hour).Unix()), "does not say for certain"},
		"another nonce":                {claim("nonce", "another"), "does not say for certain"},
		"no nonce":                     {claim("nonce", nil), "does not say for certain"},
		"nobody":                       {claim("sub", ""), "does not say for certain"},
		"too long a name for somebody": {claim("sub", strings.Repeat("s", 256)), "does not say for certain"},
		"another access token":         {claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "does not say for certain"},
		"no ID token":                  {func(_ *testing.T, p *idp) { p.noToken = true }, "does not say for certain"},
		"no token at all":              {func(t *testing.T, p *idp) { p.forge = func(_, _ map[string]any) string { return "x" } }, "does not say for certain"},
		"no address":                   {claim("email", nil), "did not tell us an address"},
		"no address that is one":       {claim("email", "dana"), "did not tell us an address"},
		"an address nobody proved":     {claim("email_verified", false), "has not confirmed that dana@example.com is yours"},
		"an address said to be proven": {claim("email_verified", "perhaps"), "has not confirmed"},
		"an address without a word":    {claim("email_verified", nil), "has not confirmed"},
		"somebody else's address": {func(t *testing.T, p *idp) {
			claim("email", nil)(t, p)
			p.userinfo = map[string]any{"sub": "another", "email": dana, "email_verified": true}
		}, "does not say for certain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			s := webtest.New(t, p.with())
			c.spoil(t, p)
			b := s.Browser(t)
			p.enter(b).Want(422).Says("That did not work", c.says)
			quiet(t, s, p, b)
		})
	}
}

func claim(pairs ...any) func(*testing.T, *idp) {
	return func(_ *testing.T, p *idp) {
		for i := 0; i+1 < len(pairs); i += 2 {
			p.claims[pairs[i].(string)] = pairs[i+1]
		}
	}
}

func TestProofsSpelledAsText(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	p.claims = map[string]any{"email": nil, "email_verified": nil, "name": "https://evil.example\r\n"}
	p.userinfo = map[string]any{"sub": "s-1", "email": " Dana@Example.com ", "email_verified": "true", "given_name": "Dana", "family_name": "Whitfield"}
	page := p.enter(s.Browser(t)).Want(200).At("/signup/oidc").Says(dana)
	if name := page.Form("/signup/oidc").Get("name"); name != "Dana Whitfield" {
		t.Errorf("the name is %q", name)
	}
}

func TestTheWayBackBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with("acme", "microsoft"))
	now := clocked(s)
	begin := func() (*webtest.Browser, *url.URL) {
		b := s.Browser(t)
		return b, p.meet("acme", b.Get("/signin").Submit("/signin/oidc/acme"))
	}
	change := func(back *url.URL, pairs ...string) string {
		q := back.Query()
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return back.Path + "?" + q.Encode()
	}
	const notHere = "not begun in this browser"
	_, back := begin()
	s.Browser(t).Get(back.String()).Want(422).Says(notHere)
	b, _ := begin()
	b.Get(back.String()).Want(422).Says(notHere) // another browser's state
	for _, c := range []struct {
		pairs  []string
		status int
		says   string
	}{
		{[]string{"state", ""}, 422, notHere},
		{[]string{"state", "wrong"}, 422, notHere},
		{[]string{"iss", "https://id.example.com"}, 422, notHere},
		{[]string{"error", "access_denied"}, 422, "was told not to sign you in"},
		{[]string{"error", "server_error", "error_description", "<b>call 555</b>"}, 422, "does not say for certain"},
		{[]string{"code", ""}, 422, "does not say for certain"},
		{[]string{"code", "made up"}, 422, "does not say for certain"},
	} {
		b, back := begin()
		b.Get(change(back, c.pairs...)).Want(c.status).Says("That did not work", c.says).Silent("555")
		b.Get(back.String()).Want(422).Says(notHere) // an answer is good once, and a wrong one is one
		quiet(t, s, p, b)
	}
	b, back = begin()
	b.Get(strings.Replace(back.String(), "acme", "microsoft", 1)).Want(422).Says(notHere)
	b.Get("/signin/oidc/nobody/callback").Want(404)
	b.Post("/signin/oidc/nobody", nil).Want(404)
	b, back = begin()
	*now = now.Add(11 * time.Minute)
	b.Get(back.String()).Want(422).Says(notHere)
	*now = time.Now()
	quiet(t, s, p, b)
	if !strings.Contains(s.Log.String(), `"route":"GET /signin/oidc/{provider}/callback"`) {
		t.Error("the log does not name the route")
	}
}

// A code that somebody else caught is worth nothing without the verifier, which never left this program.
func TestACodeIsGoodWithItsVerifierOnly(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	victim, thief := s.Browser(t), s.Browser(t)
	caught := p.meet("acme", victim.Get("/signin").Submit("/signin/oidc/acme"))
	own := p.meet("acme", thief.Get("/signin").Submit("/signin/oidc/acme"))
	q := own.Query()
	q.Set("code", caught.Query().Get("code"))
	thief.Get(own.Path + "?" + q.Encode()).Want(422).Says("does not say for certain")
	quiet(t, s, p, thief)
}

func TestWhatTheProviderIsAsked(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	page := b.Get("/signin").Submit("/signin/oidc/acme")
	q := awayTo(t, page).Query()
	for name, want := range map[string]string{
		"client_id": "plinth", "response_type": "code", "scope": "openid profile email", "code_challenge_method": "S256",
		"redirect_uri": "http://" + webtest.Host + "/signin/oidc/acme/callback",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) < 26 {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	for name, value := range b.Cookies() {
		if strings.Contains(value, q.Get("state")) || strings.Contains(value, q.Get("nonce")) {
			t.Errorf("the cookie %s can be read", name)
		}
	}
	again := awayTo(t, b.Get("/signin").Submit("/signin/oidc/acme")).Query()
	if again.Get("state") == q.Get("state") || again.Get("nonce") == q.Get("nonce") || again.Get("code_challenge") == q.Get("code_challenge") {
		t.Error("a second sign-in uses the first one's secrets")
	}
	hx := b.HX(http.MethodPost, "/signin/oidc/acme", url.Values{}).Want(200)
	if !strings.HasPrefix(hx.Header.Get("HX-Redirect"), p.URL+"/authorize?") {
		t.Errorf("htmx is led to %q", hx.Header.Get("HX-Redirect"))
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	now := clocked(s)
	p.away.Store(true)
	b := s.Browser(t)
	page := b.Get("/signin").Want(200)
	page.Submit("/signin/oidc/acme").Want(503).Says("Acme does not answer at the moment", "Back to sign-in")
	p.away.Store(false)
	page.Submit("/signin/oidc/acme").Want(503) // it is left alone for a moment
	*now = now.Add(11 * time.Second)
	back := p.meet("acme", page.Submit("/signin/oidc/acme"))
	p.Close()
	b.Get(back.String()).Want(503).Says("Acme does not answer at the moment")
	quiet(t, s, p, b)
	*now = now.Add(25 * time.Hour)
	page.Submit("/signin/oidc/acme").Want(200).Says("Taking you to Acme") // what was known is better than nothing
}

func TestProvidersAreBegunWithinBounds(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := webtest.New(t, p.with())
	b := s.Browser(t)
	last := 0
	for range 64 {
		last = b.Post("/signin/oidc/acme", nil).Status
	}
	if last != 429 {
		t.Errorf("the last was answered %d", last)
	}
	b.Get("/signin").Want(200)
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	type emails = []map[string]any
	primary := emails{{"email": "x@users.noreply.example", "primary": false, "verified": true}, {"email": dana, "primary": true, "verified": true}}
	for name, c := range map[string]struct {
		github map[string]any
		status int
		says   string
	}{
		"good":                  {map[string]any{"user": map[string]any{"id": 7, "login": "dw", "name": "Dana Whitfield"}, "user/emails": primary}, 200, "GitHub says that dana@example.com is yours"},
		"no name":               {map[string]any{"user": map[string]any{"id": 7, "login": "dw", "name": nil}, "user/emails": primary}, 200, "GitHub says that"},
		"an unproven address":   {map[string]any{"user": map[string]any{"id": 7}, "user/emails": emails{{"email": dana, "primary": true, "verified": false}}}, 422, "has not confirmed"},
		"no primary address":    {map[string]any{"user": map[string]any{"id": 7}, "user/emails": emails{{"email": dana, "primary": false, "verified": true}}}, 422, "did not tell us"},
		"no addresses":          {map[string]any{"user": map[string]any{"id": 7}, "user/emails": emails{}}, 422, "did not tell us"},
		"no number":             {map[string]any{"user": map[string]any{"login": "dw"}, "user/emails": primary}, 422, "does not say for certain"},
		"no user":               {map[string]any{"user/emails": primary}, 422, "does not say for certain"},
		"refused addresses":     {map[string]any{"user": map[string]any{"id": 7}}, 422, "does not say for certain"},
		"something unreadable":  {map[string]any{"user": "x", "user/emails": primary}, 422, "does not say for certain"},
		"addresses, unreadable": {map[string]any{"user": map[string]any{"id": 7}, "user/emails": map[string]any{"message": "no"}}, 422, "does not say for certain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			p.github = c.github
			s := webtest.New(t, p.with("github"))
			b := s.Browser(t)
			left := b.Get("/signin").Submit("/signin/oidc/github")
			if to := awayTo(t, left); to.Path != "/login/oauth/authorize" || to.Query().Get("scope") != "read:user user:email" || to.Query().Has("nonce") {
				t.Errorf("the way out is %s", to)
			}
			page := b.Get(p.meet("github", left).String()).Want(c.status).Says(c.says)
			if c.status != 200 {
				quiet(t, s, p, b)
				return
			}
			page.Submit("/signup/oidc", "terms", "on").Want(200)
			untold(t, s, p)
			if n := count(t, s, `select count(*) from identities where provider = 'github' and subject = '7'`); n != 1 {
				t.Errorf("%d identities", n)
			}
		})
	}
}

// Any administrator of a directory writes any address; what counts is that the directory owns its domain.
func TestMicrosoftProvesAddressesInItsOwnWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claims map[string]any
		status int
	}{
		"said to be verified": {map[string]any{"email_verified": true}, 422},
		"domain not owned":    {map[string]any{"email_verified": true, "xms_edov": false}, 422},
		"domain owned":        {map[string]any{"email_verified": nil, "xms_edov": true}, 200},
		"domain owned, 1":     {map[string]any{"email_verified": nil, "xms_edov": "1"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			p.claims = c.claims
			s := webtest.New(t, p.with("microsoft"))
			b := s.Browser(t)
			b.Get(p.meet("microsoft", b.Get("/signin").Submit("/signin/oidc/microsoft")).String()).Want(c.status)
		})
	}
}
