package journey

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plinth/cmd/plinth/demo"
	"plinth/test/browser/chrome"
	"plinth/test/program"
)

// pages are what a person of the demo sees; the product's own data is on each.
func pages() map[string][]string {
	return map[string][]string{
		"": {"/", "/pricing", "/pricing?by=year", "/signup", "/signin", "/forgot", "/terms", "/privacy", "/docs/events", "/dev/mail", "/dev/stripe"},
		"owner": {
			"/orgs", "/orgs/new", "/account", "/orgs/acme", "/orgs/acme/tickets", "/orgs/acme/projects", "/orgs/acme/projects/new", "/orgs/acme/projects/WEB",
			"/orgs/acme/projects/WEB/tickets", "/orgs/acme/projects/WEB/board", "/orgs/acme/projects/WEB/tickets/42", "/orgs/acme/projects/WEB/tickets/42/edit",
			"/orgs/acme/projects/WEB/tickets/new", "/orgs/acme/projects/WEB/settings", "/orgs/acme/people", "/orgs/acme/settings", "/orgs/acme/billing",
			"/orgs/acme/people/joining", "/orgs/acme/settings/security", "/orgs/acme/settings/ownership", "/orgs/acme/ownership", "/orgs/acme/settings/export",
			"/orgs/acme/settings/delete", "/orgs/acme/settings/webhooks", "/orgs/acme/settings/webhooks/new", "/orgs/acme/billing/cancel", "/orgs/acme/billing/start", "/orgs/acme/billing/invoices",
			"/orgs/acme/billing/change?plan=business&interval=month",
		},
		"guest": {"/orgs/acme", "/orgs/acme/projects", "/orgs/acme/projects/WEB/board"},
		"staff": {"/admin", "/admin/users", "/admin/organizations", "/admin/subscriptions", "/admin/webhooks", "/admin/jobs", "/admin/tasks", "/admin/customers", "/admin/revenue", "/admin/plans"},
	}
}

// Every page in the dark, where contrast is another matter, and on the narrowest phone; the console tells of every
// breach of the policy, which fails the test.
func TestPagesInTheDarkAndOnAPhone(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	for _, o := range []chrome.Options{{Dark: true, Width: 1440, Height: 900}, {Width: 360, Height: 740}} {
		for role, paths := range pages() {
			name := role + map[bool]string{true: " dark", false: " phone"}[o.Dark]
			t.Run(name, func(t *testing.T) {
				w, at := newWalk(t, app, "page", o), time.Now()
				if !o.Dark {
					at = at.Add(30 * time.Second) // the code of this half minute may be used up
				}
				w.asAt(role, at)
				for _, path := range paths {
					w.open(path)
					w.Fits()
					if o.Dark {
						w.AxeContrast()
					}
				}
			})
		}
	}
}

// An address without a place to break is the widest word of a page.
func TestALongAddressFitsOnAPhone(t *testing.T) {
	const address = "marguerite.de.la.villehuchet.saint-germain@laboratoires-de-robotique.example"
	app := program.Dev(t, program.Folder(t))
	w := newWalk(t, app, "long", chrome.Options{Width: 360, Height: 740})
	w.as("owner")
	w.open("/orgs/acme/people")
	w.Click("Invite people")
	w.Fill("E-mail addresses", address)
	w.Click("Send invitations")
	w.See("on its way", address)
	w.Fits()
	w.mail(address, "invites you to")
	w.See("Stay as")
	w.Fits()
	w.Click("Sign out and go on as")
	w.See("Make an account")
	w.Fits()
}

// as signs in with a demo account; nobody is "".
func (w *walk) as(role string) {
	w.t.Helper()
	w.asAt(role, time.Now())
}

// asAt is as, for staff with the code of a moment.
func (w *walk) asAt(role string, at time.Time) {
	w.t.Helper()
	for _, l := range w.app.Logins {
		if l.Role != role {
			continue
		}
		w.open("/signin")
		w.Fill("E-mail", l.Email)
		w.Fill("Password", l.Password)
		w.Press("main form button.btn-primary")
		if role == "staff" {
			w.At("/signin/second")
			w.Fill("Code", code(w.t, demo.SecondFactor, at))
			w.Press("main form button.btn-primary")
			w.At("/admin")
			continue
		}
		w.At("/orgs")
	}
}

// code is what an app with the key shows at a moment.
func code(t *testing.T, key string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(key, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
