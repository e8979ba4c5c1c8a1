package handlers_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plinth/internal/config"
	"plinth/test/webtest"
)

// idp is an identity provider that does what a test tells it to, right or wrong.
type idp struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	away atomic.Bool

	mu       sync.Mutex
	subject  string
	claims   map[string]any // of the ID token, above what is right; nil values leave a claim out
	userinfo map[string]any // nil: there is no such endpoint
	forge    func(head, body map[string]any) string
	noToken  bool
	asked    map[string]url.Values // by code: what the browser came with
	codes    int
	taken    []string // secrets given out
	github   map[string]any
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{t: t, key: key, subject: "s-1", claims: map[string]any{}, asked: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.info)
	mux.HandleFunc("POST /login/oauth/access_token", p.token)
	mux.HandleFunc("GET /api/v3/{path...}", p.api)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// with makes a site that knows the provider as Acme, and by the names of the presets.
func (p *idp) with(names ...string) webtest.Option {
	return func(c *config.Config) {
		if len(names) == 0 {
			names = []string{"acme"}
		}
		for _, name := range names {
			label := map[string]string{"acme": "Acme", "github": "GitHub", "microsoft": "Microsoft"}[name]
			c.Providers = append(c.Providers, config.Provider{Name: name, Label: label, Issuer: p.URL, ClientID: "plinth", ClientSecret: "the secret of the client"})
		}
	}
}

func (p *idp) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Error(err)
	}
}

func (p *idp) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	}
	if p.userinfo != nil {
		said["userinfo_endpoint"] = p.URL + "/userinfo"
	}
	p.answer(w, said)
}

func (p *idp) keys(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

// token gives an ID token for a code, once, to whoever has the verifier.
func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.FormValue("code")
	asked, ok := p.asked[code]
	delete(p.asked, code)
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case !ok, id != "plinth", url.QueryEscape("the secret of the client") != secret && secret != "the secret of the client",
		asked.Get("code_challenge") != b64(sum[:]), asked.Get("code_challenge_method") != "S256", asked.Get("redirect_uri") != r.FormValue("redirect_uri"):
		w.WriteHeader(http.StatusBadRequest)
		p.answer(w, map[string]any{"error": "invalid_grant", "error_description": "the code " + code + " is not good"})
		return
	}
	access := "access-" + code
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60}
	if !p.noToken && asked.Get("nonce") != "" {
		out["id_token"] = p.idToken(asked.Get("nonce"))
		p.taken = append(p.taken, out["id_token"].(string))
	}
	p.taken = append(p.taken, access, code, r.FormValue("code_verifier"))
	p.answer(w, out)
}

func (p *idp) idToken(nonce string) string {
	body := map[string]any{
		"iss": p.URL, "sub": p.subject, "aud": "plinth", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": nonce,
		"email": dana, "email_verified": true, "name": "Dana Whitfield",
	}
	for name, value := range p.claims {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	head := map[string]any{"alg": "RS256", "kid": "one"}
	if p.forge != nil {
		return p.forge(head, body)
	}
	return sign(p.t, p.key, head, body)
}

func (p *idp) info(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer(w, p.userinfo)
}

// api answers as GitHub's does.
func (p *idp) api(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	said, ok := p.github[r.PathValue("path")]
	if !ok || r.Header.Get("Authorization") == "" {
		http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
		return
	}
	p.answer(w, said)
}

// meet is what the browser brings to the provider and the person's yes: the address of the way back.
func (p *idp) meet(name string, page *webtest.Page) *url.URL {
	p.t.Helper()
	to := awayTo(p.t, page)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes++
	code := fmt.Sprintf("code-%d-%s", p.codes, rand.Text())
	p.asked[code] = to.Query()
	p.taken = append(p.taken, to.Query().Get("state"), to.Query().Get("nonce"), code)
	return &url.URL{Path: "/signin/oidc/" + name + "/callback", RawQuery: url.Values{"code": {code}, "state": {to.Query().Get("state")}}.Encode()}
}

var awayLink = regexp.MustCompile(`<a class="[^"]*" href="(http[^"]+)"`)

// awayTo is the address outside that a page leads to.
func awayTo(t *testing.T, page *webtest.Page) *url.URL {
	t.Helper()
	page.Want(200).Says("Taking you to")
	m := awayLink.FindStringSubmatch(page.Body)
	if m == nil {
		t.Fatalf("no way out of %s", page.Path)
	}
	to, err := url.Parse(html.UnescapeString(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// enter goes all the way from the sign-in page to the provider and back.
func (p *idp) enter(b *webtest.Browser) *webtest.Page {
	p.t.Helper()
	return b.Get(p.meet("acme", b.Get("/signin?next=/account").Submit("/signin/oidc/acme")).String())
}

func sign(t *testing.T, key *rsa.PrivateKey, head, body map[string]any) string {
	t.Helper()
	text := segment(t, head) + "." + segment(t, body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(signature)
}

func segment(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b64(data)
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
