package webtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Browser keeps cookies and follows redirects, as a browser without JavaScript does.
type Browser struct {
	t       testing.TB
	site    *Site
	cookies map[string]string
	at      string // the page it is on, for Referer
	Host    string // under which it asks
}

// Browser opens a fresh one.
func (s *Site) Browser(t testing.TB) *Browser {
	return &Browser{t: t, site: s, cookies: map[string]string{}, at: "/", Host: Host}
}

// Request asks once, without following; header may be nil.
func (b *Browser) Request(method, path string, form url.Values, header http.Header) *Page {
	b.t.Helper()
	kind := ""
	if form != nil {
		kind = "application/x-www-form-urlencoded"
	}
	return b.send(method, path, kind, []byte(form.Encode()), header)
}

func (b *Browser) send(method, path, kind string, body []byte, header http.Header) *Page {
	b.t.Helper()
	r := b.NewRequest(method, path, kind, bytes.NewReader(body))
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	b.site.Handler.ServeHTTP(w, r)
	res := w.Result()
	b.keep(res)
	return newPage(b, method, path, res.StatusCode, res.Header, w.Body.String())
}

// keep takes the cookies of an answer.
func (b *Browser) keep(res *http.Response) {
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
}

// NewRequest is a request as the browser sends it, for tests that send it by themselves.
func (b *Browser) NewRequest(method, path, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	r := httptest.NewRequest(method, "http://"+b.Host+path, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", "http://"+b.Host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("Referer", "http://"+b.Host+b.at)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

// Get opens a page and follows redirects.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.follow(b.Request(http.MethodGet, path, nil, nil))
}

// Post sends a form and follows redirects.
func (b *Browser) Post(path string, form url.Values) *Page {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.follow(b.Request(http.MethodPost, path, form, nil))
}

// HX asks as htmx does: the answer is a piece.
func (b *Browser) HX(method, path string, form url.Values) *Page {
	b.t.Helper()
	return b.Request(method, path, form, http.Header{"Hx-Request": {"true"}})
}

func (b *Browser) follow(p *Page) *Page {
	b.t.Helper()
	for range 10 {
		to := p.Header.Get("Location")
		if to == "" || p.Status < 300 || p.Status > 399 {
			b.at = p.Path
			return p
		}
		if strings.HasPrefix(to, "http") {
			return p
		}
		to, _, _ = strings.Cut(to, "#") // a browser keeps it to itself
		p = b.Request(http.MethodGet, to, nil, nil)
	}
	b.t.Fatalf("too many redirects to %s", p.Path)
	return nil
}

// Cookies are the names and values the browser holds.
func (b *Browser) Cookies() map[string]string { return b.cookies }

// SetCookie plants a cookie.
func (b *Browser) SetCookie(name, value string) { b.cookies[name] = value }

// Clone is a second browser with the same cookies, as a copied session.
func (b *Browser) Clone() *Browser {
	other := b.site.Browser(b.t)
	for name, value := range b.cookies {
		other.cookies[name] = value
	}
	return other
}
