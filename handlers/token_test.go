package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"
)

// oneTime is a kind of link that is good once.
type oneTime struct {
	name  string
	ask   func(t *testing.T, s *webtest.Site) string                     // makes one, and returns its token
	look  func(token string) string                                      // the page it leads to
	use   func(b *webtest.Browser, token, password string) *webtest.Page // presses its button
	proof string                                                         // counts 1 once it was used
}

func oneTimes() []oneTime {
	path := func(at string) func(string) string {
		return func(token string) string { return at + url.QueryEscape(token) }
	}
	// tokenIn finds the newest mail to an address with a link that begins so.
	tokenIn := func(t *testing.T, s *webtest.Site, to, begins string) string {
		t.Helper()
		for _, m := range s.Mails(t, to) {
			for _, link := range m.Links() {
				if rest, ok := strings.CutPrefix(link, "http://"+webtest.Host+begins); ok {
					token, _, _ := strings.Cut(rest, "&")
					return token
				}
			}
		}
		t.Fatalf("no mail to %s with %s", to, begins)
		return ""
	}
	return []oneTime{
		{
			"verify", func(t *testing.T, s *webtest.Site) string {
				signUp(s.Browser(t), "Nina", "nina@example.com").Want(200)
				return tokenIn(t, s, "nina@example.com", "/verify?token=")
			}, path("/verify?token="), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/verify", url.Values{"token": {token}, "name": {"Nina"}, "password": {password}})
			}, `select count(*) from users where email = 'nina@example.com'`,
		},
		{
			"reset", func(t *testing.T, s *webtest.Site) string {
				s.Browser(t).Get("/forgot").Submit("/forgot", "email", dana).Want(200)
				return tokenIn(t, s, dana, "/reset?token=")
			}, path("/reset?token="), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/reset", url.Values{"token": {token}, "password": {password}})
			}, `select count(*) from account_events where action = 'account.password_reset'`,
		},
		{
			"signin", func(t *testing.T, s *webtest.Site) string {
				s.Browser(t).Post("/signin/link", url.Values{"email": {dana}}).Want(200)
				return tokenIn(t, s, dana, "/signin/link?token=")
			}, path("/signin/link?token="), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/signin/link/use", url.Values{"token": {token}})
			}, `select count(*) from sessions where 'link' = any (methods)`,
		},
		{
			"secure", func(t *testing.T, s *webtest.Site) string {
				b := s.SignIn(t, dana)
				b.Get("/account").Submit("/account/password", "current", webtest.Password, "password", "the second one of hers").Want(200)
				b.Get("/account").Submit("/account/password", "current", "the second one of hers", "password", webtest.Password).Want(200)
				return tokenIn(t, s, dana, "/secure?token=")
			}, path("/secure?token="), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/secure", url.Values{"token": {token}})
			}, `select count(*) from account_events where action = 'account.secured'`,
		},
		{
			"email", func(t *testing.T, s *webtest.Site) string {
				s.SignIn(t, dana).Get("/account").Submit("/account/email", "email", "dana@new.example").Want(200)
				return tokenIn(t, s, "dana@new.example", "/email?token=")
			}, path("/email?token="), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/email", url.Values{"token": {token}})
			}, `select count(*) from email_changes where new_confirmed_at is not null`,
		},
		{
			"invitation", func(t *testing.T, s *webtest.Site) string {
				s.SignIn(t, dana).Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "jun@example.com", "role", "member").Want(200)
				return tokenIn(t, s, "jun@example.com", "/invitations/")
			}, path("/invitations/"), func(b *webtest.Browser, token, password string) *webtest.Page {
				return b.Post("/invitations/"+url.PathEscape(token)+"/account", url.Values{"name": {"Jun"}, "password": {password}, "terms": {"on"}})
			}, `select count(*) from users where email = 'jun@example.com'`,
		},
	}
}

// Each kind of link is good for its own purpose, as it was sent, until it expires, and once.
func TestEveryKindOfLinkIsGoodOnceForItsPurpose(t *testing.T) {
	t.Parallel()
	kinds := oneTimes()
	for i, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := webtest.New(t)
			s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
			token := kind.ask(t, s)
			refused := func(why, token string, by oneTime) {
				t.Helper()
				if page := by.use(s.Browser(t), token, "a quite new password"); page.Status != 422 && page.Status != 404 {
					t.Errorf("%s: answered %d at %s: %s", why, page.Status, page.Path, page.Text())
				}
				if n := count(t, s, kind.proof); n != 0 {
					t.Errorf("%s: it was done", why)
				}
			}
			for j, other := range kinds {
				if i != j {
					refused("where a link to "+other.name+" belongs", token, other)
				}
			}
			last := token[len(token)-1]
			refused("with another end", token[:len(token)-1]+map[bool]string{true: "A", false: "B"}[last != 'A'], kind)
			refused("cut off", token[:len(token)-4], kind)
			refused("empty", "", kind)
			alter(t, s, `update one_time_tokens set expires_at = now() - interval '1 second'`)
			refused("too old", token, kind)
			alter(t, s, `update one_time_tokens set expires_at = now() + interval '1 hour'`)
			s.Browser(t).Get(kind.look(token)).Want(200) // opening it uses nothing up

			if page := kind.use(s.Browser(t), token, "a quite new password"); page.Status != 200 {
				t.Fatalf("a good one: answered %d: %s", page.Status, page.Text())
			}
			if n := count(t, s, kind.proof); n != 1 {
				t.Errorf("a good one: done %d times", n)
			}
			before := count(t, s, `select count(*) from sessions`)
			kind.use(s.Browser(t), token, "yet another password") // an address confirmed twice may say so again, and does nothing
			if n, sessions := count(t, s, kind.proof), count(t, s, `select count(*) from sessions`); n != 1 || sessions != before {
				t.Errorf("used again: done %d times, %d sessions, before %d", n, sessions, before)
			}
		})
	}
}
