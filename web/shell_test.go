package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/static"
	"plinth/test/webtest"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", "dana@example.com")
	for _, path := range []string{"/", "/account", "/nothing"} {
		h := b.Get(path).Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: no %s in %q", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control": "no-store", "Referrer-Policy": "strict-origin-when-cross-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if h.Get("X-Request-Id") == "" || h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: a header is missing: %v", path, h)
		}
		if !strings.Contains(strings.Join(h.Values("Vary"), ","), "HX-Request") {
			t.Errorf("%s: Vary is %v", path, h.Values("Vary"))
		}
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", "dana@example.com")
	page := s.Browser(t).Request(http.MethodPost, "/signin", url.Values{"email": {"dana@example.com"}, "password": {webtest.Password}}, nil)
	cookie := ""
	for _, c := range page.Header.Values("Set-Cookie") {
		for _, want := range []string{"__Host-plinth", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(c, want) {
				t.Errorf("no %s in %q", want, c)
			}
		}
		if strings.HasPrefix(c, "__Host-plinth=") {
			cookie = c
		}
	}
	if cookie == "" {
		t.Error("no session cookie")
	}
	var plain int
	err := s.App.DB.Direct().QueryRow(t.Context(), `select count(*) from http_sessions where position(token in $1) > 0`, cookie).Scan(&plain)
	if err != nil || plain != 0 {
		t.Errorf("the token is stored as it is sent: %d, %v", plain, err)
	}
}

func TestUnknownHostIsRefusedInProduction(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(c *config.Config) { c.Env, c.URL = config.Production, "https://app.example.com" })
	ask := func(host, path string) int {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		return w.Code
	}
	if got := ask("app.example.com", "/"); got != 200 {
		t.Errorf("our own name: %d", got)
	}
	if got := ask("evil.example", "/"); got != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", got)
	}
	if got := ask("10.0.0.7:8080", "/healthz"); got != 200 {
		t.Errorf("a health check by address: %d", got)
	}
}

func TestClientAddressBehindProxies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"no proxy", "203.0.113.9:1000", "198.51.100.1", "203.0.113.9"},
		{"one proxy", "10.0.0.2:1000", "198.51.100.1", "198.51.100.1"},
		{"made up in front", "10.0.0.2:1000", "1.2.3.4, 198.51.100.1", "198.51.100.1"},
		{"two proxies", "10.0.0.2:1000", "198.51.100.1, 10.0.0.3", "198.51.100.1"},
		{"nonsense", "10.0.0.2:1000", "<script>", "10.0.0.2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := webtest.New(t)
			s.Shell.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
			s.Account(t, "Dana", "dana@example.com")
			form := url.Values{"email": {"dana@example.com"}, "password": {webtest.Password}}
			r := httptest.NewRequest(http.MethodPost, "http://"+webtest.Host+"/signin", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("X-Forwarded-For", c.forwarded)
			r.RemoteAddr = c.peer
			s.Handler.ServeHTTP(httptest.NewRecorder(), r)
			var got string
			if err := s.App.DB.Direct().QueryRow(t.Context(), `select address from sessions`).Scan(&got); err != nil || got != c.want {
				t.Errorf("the session is from %q, want %q, %v", got, c.want, err)
			}
		})
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", "dana@example.com")
	b.Request(http.MethodPost, "/orgs", url.Values{"name": {strings.Repeat("x", 2<<20)}}, nil).Want(413)
}

func TestStaticFilesAndCompression(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	get := func(path string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://"+webtest.Host+path, nil)
		for name, values := range header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		return w
	}
	css := get(static.URL("css/app.css"), nil)
	if css.Code != 200 || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") || css.Header().Get("ETag") == "" {
		t.Errorf("the style sheet: %d %v", css.Code, css.Header())
	}
	if again := get(static.URL("css/app.css"), http.Header{"If-None-Match": {css.Header().Get("ETag")}}); again.Code != http.StatusNotModified {
		t.Errorf("asked again with its ETag: %d", again.Code)
	}
	watched := get("/", http.Header{"Accept-Encoding": {"gzip"}, "X-Forwarded-For": {"127.0.0.1"}})
	if enc := watched.Header().Get("Content-Encoding"); enc != "" || !strings.Contains(watched.Body.String(), "</html>") {
		t.Errorf("a page by the proxy of make watch is %q", enc)
	}
	s = webtest.New(t, func(c *config.Config) { c.Env = config.Production })
	page := get("/", http.Header{"Accept-Encoding": {"gzip"}, "X-Forwarded-For": {"127.0.0.1"}})
	if page.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("the page is not compressed: %v", page.Header())
	}
	z, err := gzip.NewReader(bytes.NewReader(page.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || !strings.Contains(string(text), "plinth") {
		t.Errorf("the compressed page: %v", err)
	}
}

func TestReadyAndAlive(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Browser(t).Get("/healthz").Want(200)
	s.Browser(t).Get("/readyz").Want(200)
}

// What Postgres could not even compare is a page that is not there, not a fault of ours.
func TestUnreadableAddresses(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", "dana@example.com"), "acme", "Acme")
	b := s.SignIn(t, "dana@example.com")
	for _, path := range []string{
		"/orgs/%00", "/orgs/%ff%fe", "/orgs/acme/projects/%00", "/orgs/acme/projects/W%c3", "/orgs/acme/projects/WEB/tickets/999999999999999999999",
	} {
		b.Get(path).Want(404)
	}
	for _, path := range []string{"/orgs/acme/people?q=%00", "/orgs/acme/people?q=%ff&after=%00", "/orgs/acme/people?q=%25_%27--", "/orgs/acme/people?q=%zz"} {
		b.Get(path).Want(200)
	}
	s.Browser(t).Get("/verify?token=%00").Want(422)
}
