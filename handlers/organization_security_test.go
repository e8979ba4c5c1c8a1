package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plinth/internal/scope"
	"plinth/test/webtest"
	"plinth/web"
)

const policy = "/orgs/acme/settings/security"

// asks lets acme ask its people for something, whoever meets it.
func (a acme) asks(t *testing.T, second bool, methods string, hours string) {
	t.Helper()
	a.exec(t, `insert into tenant_policies (tenant_id, second_factor, signin_methods, session_hours)
		select id, `+map[bool]string{true: "true", false: "false"}[second]+`, '{`+methods+`}', `+hours+` from tenants where slug = 'acme'
		on conflict (tenant_id) do update set second_factor = excluded.second_factor, signin_methods = excluded.signin_methods, session_hours = excluded.session_hours`)
}

func TestASecondFactorIsAskedFor(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	now := clocked(a.Site)
	a.Org(t, a.admin.Person, "other", "Other Works")
	b := a.SignIn(t, "mira@example.com")
	form := b.Get("/orgs/acme/people").Form(invitations)
	form.Set("email", "nina@example.com, ivo@example.com")
	form.Set("role", "guest")
	a.asks(t, true, "", "0")

	b.Get("/orgs/acme").Want(403).Says("Acme Robotics asks for more", "Your account has none yet", "Set up a second factor").Silent("/orgs/acme/people")
	b.Get("/orgs").Want(200).Says("Acme Robotics", "Other Works")
	b.Get("/orgs/other").Want(200)
	b.Post(invitations, form).Want(403).Says("Nothing was done yet, and what you typed is kept")
	hx := b.HX(http.MethodPost, invitations, form).Want(403)
	if hx.Header.Get("Hx-Retarget") != "body" || hx.Header.Get("Hx-Reswap") != "innerHTML" {
		t.Errorf("for htmx the headers are %v", hx.Header)
	}
	if n := count(t, a.Site, `select count(*) from invitations`); n != 0 {
		t.Errorf("%d invitations were sent all the same", n)
	}
	page := b.Get("/account/security").Submit("/account/security/totp").Want(200)
	page.Submit("/account/security/totp/confirm", "code", code(t, a.Site, now, a.admin.Person)).Want(200)
	if got := b.Get("/orgs/acme/people").Want(200).Form(invitations); got.Get("email") != form.Get("email") || got.Get("id") != form.Get("id") {
		t.Errorf("the form keeps %v", got)
	}

	// Signed in with the password alone, before the factor was there.
	a.exec(t, `update sessions set strong = false`)
	wall := b.Get("/orgs/acme/tickets?x=1").Want(403).Says("A second factor", "Six digits of the app")
	wall.Submit("/confirm", "password", webtest.Password, "code", "000000").Want(422)
	wall.Submit("/confirm", "password", webtest.Password, "code", code(t, a.Site, now, a.admin.Person)).Want(200).At("/orgs/acme/tickets")
}

func TestWaysToSignInAreAskedFor(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, "jun@example.com")
	b.Get("/orgs/acme/projects/new").Want(200)
	a.asks(t, false, "link", "0")
	b.Post("/orgs/acme/projects", url.Values{"id": {"01a1fe15-5754-7137-b399-21cf5c48c1db"}, "name": {"Kept name"}, "key": {"KEPT"}}).
		Want(403).Says("What is good here: Link by mail.", "Sign in again", "what you typed is kept")
	b.Post("/signin/link", url.Values{"email": {"jun@example.com"}}).Want(200)
	b.Get(a.Link(t, "jun@example.com")).Want(200).Submit("/signin/link/use").Want(200).At("/orgs/acme")
	if got := b.Get("/orgs/acme/projects/new").Form("/orgs/acme/projects").Get("name"); got != "Kept name" {
		t.Errorf("the form keeps %q", got)
	}
	a.asks(t, false, "password,oidc:acme", "0")
	wall := b.Get("/orgs/acme").Want(403).Says("What is good here: Password, acme.", "Confirm with your password", "Sign in again")
	if !slices.Contains(wall.Links(), "/confirm?next=%2Forgs%2Facme") || !slices.Contains(wall.Links(), "/signin?email=jun%40example.com&next=%2Forgs%2Facme") {
		t.Errorf("the ways are %v", wall.Links())
	}
	b.Get("/confirm?next=%2Forgs%2Facme").Submit("/confirm", "password", webtest.Password).Want(200).At("/orgs/acme")
	a.asks(t, false, "passkey", "0")
	b.Get("/orgs/acme").Want(403).Says("What is good here: Passkey.", "Add a passkey")
}

// The text of one person is not shown to the next who signs in with the same browser.
func TestKeptTextStaysItsPersons(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, "jun@example.com")
	b.Get("/orgs/acme/projects/new").Want(200)
	a.asks(t, false, "link", "0")
	b.Post("/orgs/acme/projects", url.Values{"name": {"Jun's own"}}).Want(403)
	a.asks(t, false, "", "0")
	b.Get("/signin?next=/orgs/acme/projects/new").Submit("/signin", "email", "mira@example.com", "password", webtest.Password).
		Want(200).At("/orgs/acme/projects/new").Silent("Jun&#39;s own", "Jun's own")
}

func TestAProofGrowsOld(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, "jun@example.com")
	a.asks(t, false, "", "8")
	b.Get("/orgs/acme").Want(200)
	a.exec(t, `update sessions set proven_at = now() - interval '8 hours 1 minute'`)
	wall := b.Get("/orgs/acme/tickets").Want(403).Says("Confirm that it is you, every 8 hours")
	if !slices.Contains(wall.Links(), "/confirm?next=%2Forgs%2Facme%2Ftickets") {
		t.Errorf("the ways are %v", wall.Links())
	}
	b.Get("/confirm?next=%2Forgs%2Facme%2Ftickets").Submit("/confirm", "password", webtest.Password).Want(200).At("/orgs/acme/tickets")
}

func TestAPolicyIsSaved(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	b.Get(policy).Want(200).Says("Everybody signs in with a second factor", "Link by mail", "Only when signing in")
	b.Post(policy, url.Values{"methods": {"password", "passkey"}, "session_hours": {"24"}}).Want(200).At(policy).Says("Saved")
	if got := b.Get(policy).Form(policy); !slices.Equal(got["methods"], []string{"password", "passkey"}) || got.Get("session_hours") != "24" || got.Has("second_factor") {
		t.Errorf("it shows %v", got)
	}
	jun.Get("/orgs/acme").Want(200)
	a.exec(t, `update sessions set strong = true where user_id = (select id from users where email = 'dana@example.com')`)
	form := url.Values{"methods": {"password"}, "session_hours": {"0"}, "second_factor": {"on"}}
	b.Post(policy, form).Want(200)
	b.Post(policy, form).Want(200) // pressed twice
	jun.Get("/orgs/acme").Want(403)
	if n := count(t, a.Site, `select count(*) from events where action = 'organization.security_changed'`); n != 2 {
		t.Errorf("%d events", n)
	}
	// The domains stand in the same row and stay as they are.
	b.Post(domains, url.Values{"domains": {"example.com"}}).Want(200)
	b.Post(policy, url.Values{"session_hours": {"0"}}).Want(200)
	if got := b.Get(joining).Form(domains).Get("domains"); got != "example.com" {
		t.Errorf("the domains are %q", got)
	}
	jun.Get("/orgs/acme").Want(200)
}

func TestPoliciesRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"no second factor oneself":   {url.Values{"second_factor": {"on"}, "session_hours": {"4"}}, "You are signed in without a second factor yourself"},
		"not in one of the ways":     {url.Values{"methods": {"link", "passkey"}}, "You have not signed in in one of these ways yourself"},
		"a way there is not":         {url.Values{"methods": {"password", "oidc:nobody"}}, "Choose ways to sign in from the list"},
		"a way that is none":         {url.Values{"methods": {"password", "totp"}}, "Choose ways to sign in from the list"},
		"longer than a session":      {url.Values{"session_hours": {"721"}}, "Choose up to 720 hours"},
		"less than nothing":          {url.Values{"session_hours": {"-1"}}, "Choose up to 720 hours"},
		"what cannot be read at all": {url.Values{"session_hours": {"soon"}}, "This form cannot be read"},
	} {
		page := b.Post("/orgs/acme/settings/security", c.form).Want(422).Says(c.says)
		if name == "what cannot be read at all" {
			continue
		}
		got := page.Form(policy)
		for _, m := range c.form["methods"] {
			if m != "totp" && m != "oidc:nobody" && !slices.Contains(got["methods"], m) {
				t.Errorf("%s: the form keeps %v", name, got)
			}
		}
		if got.Has("second_factor") != c.form.Has("second_factor") {
			t.Errorf("%s: the form keeps %v", name, got)
		}
	}
	if n := count(t, a.Site, `select count(*) from tenant_policies`); n != 0 {
		t.Error("one was saved all the same")
	}
	for _, email := range []string{"mira@example.com", "jun@example.com", "lukas@example.com"} {
		other := a.SignIn(t, email)
		other.Get("/orgs/acme/settings/security").Want(403)
		other.Post(policy, url.Values{"session_hours": {"1"}}).Want(403)
	}
	a.exec(t, `update sessions set proven_at = now() - interval '1 hour'`)
	b.Get(policy).Want(200)
	page := b.Post(policy, url.Values{"session_hours": {"12"}}).Want(403).Says("Confirm that it is you").Submit("/confirm", "password", webtest.Password).At(policy)
	if got := page.Form(policy).Get("session_hours"); got != "12" {
		t.Errorf("the form keeps %q", got)
	}
}

var hole = regexp.MustCompile(`\{\w+\}`)

// Every route of an organization stands behind what it asks for, for every role; for others it is not there as before.
func TestEveryRouteAsks(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.asks(t, true, "", "0")
	a.Account(t, "Mallory", "mallory@example.com")
	n := 0
	for email, want := range map[string]int{dana: 403, "mira@example.com": 403, "jun@example.com": 403, "lukas@example.com": 403, "mallory@example.com": 404} {
		b := a.SignIn(t, email)
		for _, route := range a.Routes {
			if route.Guard.Kind != web.InOrg {
				continue
			}
			n++
			path := hole.ReplaceAllString(strings.Replace(route.Path, "{org}", "acme", 1), "1")
			page := b.Request(route.Method, path, url.Values{}, nil)
			if asks := strings.Contains(page.Text(), "Acme Robotics asks for more"); page.Status != want || asks != (want == 403) {
				t.Errorf("%s as %s: %d, asks %t", route.Pattern(), email, page.Status, asks)
			}
		}
	}
	if n < 5*40 {
		t.Errorf("%d requests: the table is not read", n)
	}
	if left := role(t, a, scope.Scope{TenantID: a.guest.TenantID, Person: a.guest.Person}); left != "guest" {
		t.Errorf("the guest is %s", left)
	}
}
