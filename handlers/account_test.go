package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/test/webtest"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	page := b.Get("/account").Want(200)
	page.Submit("/account", "name", "Dana Whitfield", "time_zone", "Europe/Berlin").Want(200).Says("Saved.")
	if got := b.Get("/account").Form("/account"); got.Get("name") != "Dana Whitfield" || got.Get("time_zone") != "Europe/Berlin" {
		t.Errorf("the profile is %v", got)
	}
	page.Submit("/account", "name", "", "time_zone", "Europe/Berlin").Want(422).Says("Enter your name")
	page.Submit("/account", "name", strings.Repeat("x", 81), "time_zone", "UTC").Want(422).Says("at most 80")
	page.Submit("/account", "name", "Dana", "time_zone", "../etc/passwd").Want(422).Says("Choose a time zone")
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	elsewhere := s.Person(t, "Dana", dana)
	b := s.SignIn(t, dana)
	page := b.Get("/account")
	page.Submit("/account/password", "current", "wrong password here", "password", "a quite new password").Want(422).Says("not your present password")
	page.Submit("/account/password", "current", webtest.Password, "password", "short").Want(422).Says("at least 12")
	page.Submit("/account/password", "current", "", "password", "a quite new password").Want(422).Says("Enter your present password")
	page.Submit("/account/password", "current", webtest.Password, "password", "a quite new password").Want(200).Says("Your password is changed")
	b.Get("/account").Want(200)
	elsewhere.Get("/account").At("/signin") // every other session has ended
	s.Browser(t).Post("/signin", url.Values{"email": {dana}, "password": {webtest.Password}}).Want(422)
	if n := told(t, s, "Your password was changed"); n != 1 {
		t.Errorf("told of the change %d times", n)
	}
}

func TestPublicPages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	b.Get("/").Want(200).Says("Team", "€9", "Start free")
	b.Get("/terms").Want(200).Says("Terms")
	b.Get("/privacy").Want(200).Says("Privacy")
	b.Get("/nothing/here").Want(404).Says("There is nothing here")
	b.Get("/verify?token=made-up").Want(422).Says("used or is too old")
	b.Get("/reset?token=made-up").Want(422).Says("used or is too old")
	b.Get("/invitations/made-up").Want(422).Says("does not work")
	b.Get("/check-mail").At("/signup")
	b.Post("/check-mail/resend", nil).At("/signup")
	b.Post("/check-mail/address", url.Values{"email": {dana}}).At("/signup")
}

func TestTheme(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	b.Get("/terms")
	for theme, attr := range map[string]string{"dark": `data-theme="dark"`, "light": `data-theme="light"`} {
		if page := b.Post("/theme", url.Values{"theme": {theme}}).Want(200).At("/terms"); !strings.Contains(page.Body, attr) {
			t.Errorf("%s is not kept", theme)
		}
	}
	for _, theme := range []string{"system", `"><script>`} {
		if page := b.Post("/theme", url.Values{"theme": {theme}}); strings.Contains(page.Body, "data-theme") {
			t.Errorf("%q is kept", theme)
		}
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Browser(t)
	b.Get("/dev/mail").Want(200).Says("No mails")
	signUp(b, "Dana", dana)
	mail := s.Mails(t, dana)[0]
	b.Get("/dev/mail").Says("Confirm your e-mail address", dana)
	b.Get("/dev/mail?to=nobody@example.com").Silent("Confirm your e-mail address")
	b.Get("/dev/mail/" + mail.ID).Want(200).Says("Confirm your e-mail address").HasForm("/x")
	html := b.Get("/dev/mail/" + mail.ID + "/html").Want(200)
	if csp := html.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script-src") {
		t.Errorf("a mail's document has the policy %q", csp)
	}
	for _, id := range []string{"nothing", "../secrets", "00000000-0000-0000-0000-000000000000"} {
		b.Get("/dev/mail/" + url.PathEscape(id)).Want(404)
	}
	b.Post("/dev/mail/clear", nil).At("/dev/mail").Says("No mails")
}

// Developer pages are not there where the product is real.
func TestMailboxIsForDevelopment(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(c *config.Config) { c.Env = config.Staging })
	b := s.Browser(t)
	for _, path := range []string{"/dev/mail", "/dev/mail/x", "/dev/mail/x/html"} {
		b.Get(path).Want(404)
	}
	b.Post("/dev/mail/clear", nil).Want(404)
}
