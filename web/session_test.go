package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// A session ends after 14 days without use and after 30 in any case.
func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Account(t, "Dana", "dana@example.com")
	conn := dbtest.Connect(t, s.Database.Super)
	for _, c := range []struct {
		name, aged string
		in         bool
	}{
		{"used 13 days ago", `seen_at = now() - interval '13 days 23 hours'`, true},
		{"used 14 days ago", `seen_at = now() - interval '14 days 1 minute'`, false},
		{"used now, begun 29 days ago", `expires_at = expires_at - interval '29 days'`, true},
		{"used now, begun 30 days ago", `expires_at = expires_at - interval '30 days 1 minute'`, false},
	} {
		b := s.SignIn(t, "dana@example.com")
		if _, err := conn.Exec(t.Context(), `update sessions set `+c.aged); err != nil {
			t.Fatal(err)
		}
		for range 2 { // asking does not wake what has ended
			if page := b.Request(http.MethodGet, "/account", nil, nil); (page.Status == http.StatusOK) != c.in {
				t.Errorf("%s: %d", c.name, page.Status)
			}
		}
		if _, err := conn.Exec(t.Context(), `delete from sessions`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSigningOutClearsTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", "dana@example.com")
	if got := b.Request(http.MethodPost, "/signout", url.Values{}, nil).Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data is %q", got)
	}
}

func TestWhereTheSiteHasHTTPS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, hsts, theme string }{
		{"https://plinth.example", "max-age=31536000; includeSubDomains", "__Host-plinth-theme=dark"},
		{"http://plinth.example", "", "plinth-theme=dark"},
	} {
		s := webtest.New(t, func(conf *config.Config) { conf.URL = c.at })
		b := s.Browser(t)
		page := b.Request(http.MethodPost, "/theme", url.Values{"theme": {"dark"}}, nil)
		if got := page.Header.Get("Strict-Transport-Security"); got != c.hsts {
			t.Errorf("%s: HSTS is %q", c.at, got)
		}
		if got := page.Header.Get("Set-Cookie"); !strings.HasPrefix(got, c.theme) || strings.Contains(got, "Secure") != strings.HasPrefix(c.at, "https") {
			t.Errorf("%s: the cookie is %q", c.at, got)
		}
		if !strings.Contains(b.Get("/").Body, `data-theme="dark"`) {
			t.Errorf("%s: the page is not dark", c.at)
		}
	}
}

// What stands in the address of a form is not taken for a field of it.
func TestOnlyTheBodyOfAFormCounts(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	b.Post("/theme", url.Values{"theme": {"dark"}})
	for _, c := range []struct {
		form url.Values
		dark bool
	}{{url.Values{"theme": {"dark"}}, true}, {url.Values{"other": {"x"}}, false}, {url.Values{}, false}} {
		b.Post("/theme", url.Values{"theme": {"light"}})
		b.Post("/theme?theme=dark", c.form)
		if got := strings.Contains(b.Get("/").Body, `data-theme="dark"`); got != c.dark {
			t.Errorf("with %v: dark %t", c.form, got)
		}
	}
}
