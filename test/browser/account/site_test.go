package account

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"plinth/internal/config"
	"plinth/internal/scope"
	"plinth/test/browser/chrome"
	"plinth/test/oidc"
	"plinth/test/webtest"
)

// live is a site that Chromium can open, with a clock that a test can put forward.
type live struct {
	*webtest.Site
	base string
}

// newLive serves a site on loopback. Options of its configuration may ask for the host it will answer under.
func newLive(t *testing.T, options ...func(host string) webtest.Option) *live {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := strings.Replace(l.Addr().String(), "127.0.0.1", "localhost", 1)
	all := []webtest.Option{func(c *config.Config) { c.URL = "http://" + host }}
	for _, o := range options {
		all = append(all, o(host))
	}
	s := &live{Site: webtest.New(t, all...), base: "http://" + host}
	s.GoLive(t)
	server := &http.Server{Handler: s.Handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// days lets days pass.
func (s *live) days(n int) {
	later := time.Now().AddDate(0, 0, n)
	s.App.Privacy.Now = func() time.Time { return later }
	s.Worker.Privacy.Now = s.App.Privacy.Now
}

// tab is a browser of a person who is signed in, at a page.
func (s *live) tab(t *testing.T, email, page string, o chrome.Options) *walk {
	t.Helper()
	o.Base = s.base
	w := &walk{Page: chrome.New(t, o), t: t}
	w.Open("/signin?next=" + page)
	w.Fill("E-mail", email)
	w.Fill("Password", webtest.Password)
	w.Press("main form button.btn-primary")
	return w
}

// mailed is where the newest mail to an address leads.
func (s *live) mailed(t *testing.T, to string) string {
	t.Helper()
	mails := s.Mails(t, to)
	if len(mails) == 0 || len(mails[0].Links()) == 0 {
		t.Fatalf("no mail with a link to %s", to)
	}
	return strings.TrimPrefix(mails[0].Links()[0], s.base)
}

const (
	dana = "dana@example.com"
	jun  = "jun@example.com"
)

// sizes are a desk, a phone in the dark, and a browser without JavaScript. Refused forms are meant to be, and the
// provider's pages are its own.
func sizes() []chrome.Options {
	allow := []string{"status of 403", "status of 422", "fonts.googleapis.com", "/favicon.ico"}
	return []chrome.Options{{Width: 1440, Height: 900, Allow: allow}, {Width: 390, Height: 844, Dark: true, Allow: allow}, {NoScript: true, Allow: allow}}
}

func TestProviderJourney(t *testing.T) {
	t.Parallel()
	for _, o := range sizes() {
		var p *oidc.Provider
		s := newLive(t, func(host string) webtest.Option {
			p = oidc.Start(t, map[string]oidc.Person{"dana": {Email: dana, Verified: true, Name: "Dana Whitfield"}}, host)
			return p.Configured
		})
		o.Base = s.base
		w := &walk{Page: chrome.New(t, o), t: t}
		w.Open("/signin?next=/account")
		w.atProvider(p)
		w.At("/signup/oidc")
		w.See("Acme says that " + dana + " is yours")
		w.script(o, "provider-arrived")
		w.Tick("I agree")
		w.Click("Make an account")
		w.At("/account")
		w.See("Dana Whitfield")

		again := &walk{Page: chrome.New(t, o), t: t}
		again.Open("/signin?next=/account/security")
		again.atProvider(p)
		again.At("/account/security")
		again.See("by Acme", "1 linked")
		again.script(o, "provider-security")
	}
}

// atProvider goes to the provider and signs in there.
func (w *walk) atProvider(p *oidc.Provider) {
	w.t.Helper()
	w.Click("Go on with Acme")
	w.Until("the provider", func() bool { return strings.HasPrefix(w.Where(), p.URL) })
	w.Type("input[name=login]", "dana")
	w.Type("input[name=password]", "any")
	w.Press("button[type=submit]")
	w.See("Authorize")
	w.Press("button[type=submit]")
}

// script looks at the page where axe can.
func (w *walk) script(o chrome.Options, name string) {
	w.t.Helper()
	if !o.NoScript {
		w.look(fmt.Sprintf("%s-%d", name, o.Width))
	}
}

func TestOwnershipJourney(t *testing.T) {
	t.Parallel()
	s := newLive(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	s.Join(t, owner, s.Account(t, "Jun Park", jun), scope.Member)
	for i, o := range sizes() {
		from, to := dana, jun
		if i%2 == 1 {
			from, to = to, from
		}
		w := s.tab(t, from, "/orgs/acme/settings/ownership", o)
		w.At("/orgs/acme/settings/ownership")
		w.Fill("E-mail address of the member", to)
		w.Click("Hand over")
		w.See("The offer is on its way", "Waiting to be confirmed")
		w.script(o, "ownership")

		heir := s.tab(t, to, s.mailed(t, to), o)
		heir.See("wants to hand it over to you")
		heir.script(o, "ownership-offer")
		heir.Click("Become owner")
		heir.See("You are an owner of Acme now")
		heir.Open("/orgs/acme/settings/ownership")
		heir.See("Hand over ownership")
		if status := w.Open("/orgs/acme/settings/ownership"); status != http.StatusForbidden {
			t.Errorf("who handed over is answered %d", status)
		}
		s.Settle(t) // the mail that it is done is older than the next offer's
	}
}

func TestDeletedAccountJourney(t *testing.T) {
	t.Parallel()
	for _, o := range sizes() {
		s := newLive(t)
		s.Account(t, "Dana Whitfield", dana)
		w := s.tab(t, dana, "/account/data", o)
		w.At("/account/data")
		w.script(o, "data")
		w.Click("Delete your account")
		w.At("/account/delete")
		w.Fill("Type your address, "+dana, "somebody@example.com")
		w.Click("Delete my account")
		w.See("This is not the address of your account")
		w.script(o, "delete")
		w.Fill("Type your address, "+dana, dana)
		w.Click("Delete my account")
		w.At("/account/closing")
		w.See("Your account is being deleted")
		w.script(o, "closing")

		// Taken back, from another browser.
		back := s.tab(t, dana, "/orgs", o)
		back.At("/account/closing")
		back.Click("Keep my account")
		back.At("/account")
		back.See("Your account stays")

		// And for good.
		back.Open("/account/delete")
		back.Fill("Type your address, "+dana, dana)
		back.Click("Delete my account")
		back.At("/account/closing")
		s.days(15)
		if err := s.Worker.Privacy.EraseDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Settle(t)
		back.Open("/account")
		back.At("/signin")
		back.Fill("E-mail", dana)
		back.Fill("Password", webtest.Password)
		back.Press("main form button.btn-primary")
		back.See("do not match")
	}
}
