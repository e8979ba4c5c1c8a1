// Package oidc signs in at a real OpenID provider (npm oidc-provider), which a test starts on loopback and stops again.
package oidc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/test/webtest"
)

// Client is what the provider knows the site by.
const (
	ClientID     = "plinth"
	ClientSecret = "the secret of the client"
)

// Person is somebody who has an account at the provider; what is left out the provider does not say.
type Person struct {
	Email    string `json:"email,omitempty"`
	Verified bool   `json:"email_verified"`
	Name     string `json:"name,omitempty"`
}

// Provider is a running one.
type Provider struct {
	URL string
	t   testing.TB
}

// Start starts a provider that knows people by what they sign in with. The site, which knows it as Acme, answers under
// host; without one it is webtest's. It ends with the test.
func Start(t testing.TB, people map[string]Person, host ...string) *Provider {
	t.Helper()
	site := append(host, webtest.Host)[0]
	known, err := json.Marshal(map[string]any{
		"people": people,
		"clients": []any{map[string]any{
			"client_id": ClientID, "client_secret": ClientSecret, "redirect_uris": []string{"http://" + site + "/signin/oidc/acme/callback"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command("node", "provider.js", string(known))
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..", "tools", "oidc")
	// While this pipe is open the provider runs: it ends with this process, however that ends.
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatalf("start node: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return &Provider{URL: address, t: t}
		}
	}
	_ = cmd.Wait()
	t.Fatalf("the provider did not start; make test installs it in tools/oidc\n%s", complaints.String())
	return nil
}

// Configured makes the site know the provider.
func (p *Provider) Configured(c *config.Config) {
	c.Providers = append(c.Providers, config.Provider{Name: "acme", Label: "Acme", Issuer: p.URL, ClientID: ClientID, ClientSecret: ClientSecret})
}

var (
	awayLink   = regexp.MustCompile(`<a class="[^"]*" href="(http[^"]+)"`)
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	abortLink  = regexp.MustCompile(`href="([^"]+/abort)"`)
)

// Way is the address at the provider that a page of the site leads to.
func Way(t testing.TB, page *webtest.Page) *url.URL {
	t.Helper()
	m := awayLink.FindStringSubmatch(page.Want(200).Says("Taking you to Acme").Body)
	if m == nil {
		t.Fatalf("no way out of %s", page.Path)
	}
	to, err := url.Parse(html.UnescapeString(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// SignIn signs in at the provider as a person does, agrees to what the site wants to know, and returns the way back.
func (p *Provider) SignIn(to *url.URL, login string) string {
	p.t.Helper()
	visit := p.visitor()
	page, back := visit(http.MethodGet, to.String(), nil)
	for range 4 {
		if back != "" {
			return back
		}
		action := formAction.FindStringSubmatch(page)
		if action == nil {
			p.t.Fatalf("the provider shows no form:\n%s", page)
		}
		prompt := "login"
		if strings.Contains(page, `value="consent"`) {
			prompt = "consent"
		}
		page, back = visit(http.MethodPost, html.UnescapeString(action[1]), url.Values{"prompt": {prompt}, "login": {login}, "password": {"any"}})
	}
	p.t.Fatalf("the provider does not come to an end:\n%s", page)
	return ""
}

// Refuse says no at the provider, and returns the way back.
func (p *Provider) Refuse(to *url.URL) string {
	p.t.Helper()
	visit := p.visitor()
	page, _ := visit(http.MethodGet, to.String(), nil)
	abort := abortLink.FindStringSubmatch(page)
	if abort == nil {
		p.t.Fatalf("the provider cannot be refused:\n%s", page)
	}
	_, back := visit(http.MethodGet, html.UnescapeString(abort[1]), nil)
	return back
}

// visitor is a browser at the provider. It returns a page, or the path of the site that the provider sends it back to.
func (p *Provider) visitor() func(method, address string, form url.Values) (page, back string) {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == webtest.Host {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return func(method, address string, form url.Values) (string, string) {
		p.t.Helper()
		if !strings.HasPrefix(address, "http") {
			address = p.URL + address
		}
		r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
		if err != nil {
			p.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(r)
		if err != nil {
			p.t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			p.t.Fatal(err)
		}
		back, ok := strings.CutPrefix(res.Header.Get("Location"), "http://"+webtest.Host)
		if !ok {
			back = ""
		}
		return string(body), back
	}
}
