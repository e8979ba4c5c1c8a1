package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// idsIn are what differs between two answers.
var idsIn = regexp.MustCompile(`[A-Z2-7]{16}`)

func TestAnOldAddressLeadsToTheNewOne(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme/settings").Submit("/orgs/acme/settings/address", "slug", "Acme-Works").
		Want(200).At("/orgs/acme-works/settings").Says("The address is changed", "/orgs/acme Take back")
	for old, want := range map[string]string{
		"/orgs/acme": "/orgs/acme-works", "/orgs/acme/people?q=jun&after=": "/orgs/acme-works/people?q=jun&after=",
		"/orgs/acme/projects/W%2FB": "/orgs/acme-works/projects/W%2FB",
	} {
		page := b.Request(http.MethodGet, old, nil, nil).Want(http.StatusPermanentRedirect)
		if got := page.Header.Get("Location"); got != want {
			t.Errorf("%s leads to %s, want %s", old, got, want)
		}
	}
	b.HX(http.MethodGet, "/orgs/acme/people", nil).Want(http.StatusPermanentRedirect)
	a.SignIn(t, "lukas@example.com").Get("/orgs/acme").Want(200).At("/orgs/acme-works") // a guest too
	a.Browser(t).Get("/orgs/acme").At("/signin")

	// Back again, and the one of the meantime goes on leading here.
	b.Get("/orgs/acme-works/settings").Submit("/orgs/acme-works/settings/address", "slug", "acme").At("/orgs/acme/settings").Says("/orgs/acme-works Take back")
	b.Get("/orgs/acme-works").Want(200).At("/orgs/acme")
}

func TestOldAddressesAreNotThereForOthers(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.SignIn(t, dana).Post("/orgs/acme/settings/address", url.Values{"slug": {"acme-works"}}).Want(200)
	a.Org(t, a.Account(t, "Mallory", "mallory@example.com"), "evil", "Evil")
	former := a.SignIn(t, "jun@example.com")
	former.Post("/orgs/acme-works/people/leave", nil).Want(200)
	for name, b := range map[string]*webtest.Browser{"a stranger": a.SignIn(t, "mallory@example.com"), "who has left": former} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			var bodies []string
			for _, slug := range []string{"acme", "acme-works", "nobody"} {
				path := "/orgs/" + slug + "/settings"
				page := b.Request(method, path, url.Values{}, nil).Want(404)
				if page.Header.Get("Location") != "" {
					t.Errorf("%s is led on from %s", name, path)
				}
				bodies = append(bodies, strings.ReplaceAll(idsIn.ReplaceAllString(page.Body, ""), path, ""))
			}
			if bodies[0] != bodies[1] || bodies[1] != bodies[2] {
				t.Errorf("%s %s tells an old, a present and an unknown address apart", name, method)
			}
		}
	}
}

func TestAddressesOfOldAreHeld(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	b.Post("/orgs/acme/settings/address", url.Values{"slug": {"acme-works"}}).Want(200)
	a.Org(t, a.Account(t, "Mallory", "mallory@example.com"), "evil", "Evil")
	mallory := a.SignIn(t, "mallory@example.com")
	for _, slug := range []string{"acme", "acme-works"} {
		page := mallory.Post("/orgs/evil/settings/address", url.Values{"slug": {slug}}).Want(422).Says("This address is taken")
		if got := page.Form("/orgs/evil/settings/address").Get("slug"); got != slug {
			t.Errorf("the form keeps %q", got)
		}
		mallory.Get("/orgs/new").Submit("/orgs", "name", "Mine", "slug", slug).Want(422).Says("This address is taken")
	}
	for slug, says := range map[string]string{"": "at least 2", "No Spaces": "small letters", "admin": "reserved", strings.Repeat("x", 41): "at most 40"} {
		mallory.Post("/orgs/evil/settings/address", url.Values{"slug": {slug}}).Want(422).Says(says)
	}
	a.SignIn(t, "jun@example.com").Post("/orgs/acme-works/settings/address", url.Values{"slug": {"mine"}}).Want(403)
	if n := count(t, a.Site, `select count(*) from tenants where slug in ('acme-works', 'evil')`); n != 2 {
		t.Errorf("%d of the two organizations are where they were", n)
	}
}

func TestOnlySoManyAddressesAreHeld(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	at := "acme"
	for i := range 9 {
		next := fmt.Sprintf("acme-%d", i)
		b.Post("/orgs/"+at+"/settings/address", url.Values{"slug": {next}}).Want(200).At("/orgs/" + next + "/settings")
		at = next
	}
	b.Post("/orgs/"+at+"/settings/address", url.Values{"slug": {"acme-9"}}).Want(422).Says("which is the most")
	b.Post("/orgs/"+at+"/settings/address", url.Values{"slug": {"acme-3"}}).Want(200).At("/orgs/acme-3/settings")
	if n := count(t, a.Site, `select count(*) from tenant_slugs`); n != 10 {
		t.Errorf("%d addresses are held", n)
	}
}

// What is sent to an address of old is sent again by the browser, to the one in force, with all its text.
func TestAFormSentToAnOldAddress(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	form := b.Get("/orgs/acme/people").Form(invitations)
	form.Set("email", "nina@example.com")
	form.Set("role", "guest")
	late := a.SignIn(t, dana)
	late.Get("/orgs/acme/people").Want(200)
	a.SignIn(t, "mira@example.com").Post("/orgs/acme/settings/address", url.Values{"slug": {"acme-works"}}).Want(200)
	moved := b.Request(http.MethodPost, invitations, form, nil).Want(http.StatusPermanentRedirect)
	b.Post(moved.Header.Get("Location"), form).Want(200).At("/orgs/acme-works/people").Says("on its way")

	// The session ended as well: the text waits at the new address.
	form.Set("email", "ivo@example.com, obi@example.com")
	if _, err := dbtest.At(t, a.Database.Owner).Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	page := late.Post(invitations, form).Want(401).Submit("/signin", "email", dana, "password", webtest.Password).At("/orgs/acme-works/people")
	if got := page.Form("/orgs/acme-works/people/invitations").Get("email"); got != "ivo@example.com, obi@example.com" {
		t.Errorf("the form keeps %q", got)
	}
	// The form of the change itself, pressed twice.
	late.Post("/orgs/acme-works/settings/address", url.Values{"slug": {"acme-works"}}).Want(200).At("/orgs/acme-works/settings")
}

func TestTwoWantOneAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	var browsers []*webtest.Browser
	for i := range 4 {
		email := fmt.Sprintf("owner%d@example.com", i)
		s.Org(t, s.Account(t, "Owner", email), fmt.Sprintf("org-%d", i), "Org")
		browsers = append(browsers, s.SignIn(t, email))
	}
	var all sync.WaitGroup
	answers := make([]int, len(browsers))
	for i, b := range browsers {
		all.Go(func() {
			answers[i] = b.Request(http.MethodPost, fmt.Sprintf("/orgs/org-%d/settings/address", i), url.Values{"slug": {"best"}}, nil).Status
		})
	}
	all.Wait()
	won := 0
	for _, status := range answers {
		switch status {
		case 303:
			won++
		case 422:
		default:
			t.Errorf("answered %d", status)
		}
	}
	if n := count(t, s, `select count(*) from tenants t join tenant_slugs s on s.slug = t.slug and s.tenant_id = t.id where t.slug = 'best'`); won != 1 || n != 1 {
		t.Errorf("%d have it, by the table %d", won, n)
	}
}
