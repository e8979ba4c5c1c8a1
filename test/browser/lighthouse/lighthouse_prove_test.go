//go:build prove

package lighthouse_test

import (
	"net/http/httptest"
	"testing"

	"plinth/test/browser/lighthouse"
	"plinth/test/proof"
	"plinth/test/webtest"
)

// goal is the mark that every page of the list reaches on a phone.
const goal = 95

func TestProveFoundationLighthouse(t *testing.T) {
	site := webtest.New(t)
	dana := site.Account(t, "Dana Whitfield", "dana@acme.example")
	site.Fill(t, site.Org(t, dana, "acme", "Acme Robotics"), "WEB", 60)
	signedIn := site.SignIn(t, "dana@acme.example")
	site.GoLive(t)
	measure(t, site, nil, [][2]string{{"landing", "/"}, {"sign-up", "/signup"}})
	measure(t, site, signedIn, [][2]string{
		{"dashboard", "/orgs/acme"},
		{"board", "/orgs/acme/projects/WEB/board"},
		{"ticket", "/orgs/acme/projects/WEB/tickets/1"},
		{"billing", "/orgs/acme/billing"},
	})
}

func TestProveTicketsLighthouse(t *testing.T) {
	site := webtest.New(t)
	dana := site.Account(t, "Dana Whitfield", "dana@acme.example")
	site.Fill(t, site.Org(t, dana, "acme", "Acme Robotics"), "WEB", 60)
	signedIn := site.SignIn(t, "dana@acme.example")
	site.GoLive(t)
	const project = "/orgs/acme/projects/WEB"
	measure(t, site, signedIn, [][2]string{
		{"list", project + "/tickets"},
		{"groups", project + "/tickets?group=status"},
		{"project", project},
		{"new ticket", project + "/tickets/new"},
		{"edit ticket", project + "/tickets/1/edit"},
		{"statuses", project + "/settings/statuses"},
		{"import", project + "/import"},
		{"report", project + "/report"},
		{"my tickets", "/orgs/acme/tickets"},
		{"inbox", "/orgs/acme/inbox"},
		{"search", "/orgs/acme/search?q=ticket"},
	})
}

// measure asks Lighthouse for pages, given as name and path, as a phone sees them.
func measure(t *testing.T, site *webtest.Site, b *webtest.Browser, pages [][2]string) {
	t.Helper()
	var cookies map[string]string
	if b != nil {
		cookies = b.Cookies()
	}
	server := httptest.NewServer(site.Handler)
	defer server.Close()
	for _, page := range pages {
		s := lighthouse.Measure(t, server.URL+page[1], cookies)
		proof.AtLeast(t, "lighthouse "+page[0]+" performance", s.Performance, goal)
		proof.AtLeast(t, "lighthouse "+page[0]+" accessibility", s.Accessibility, goal)
		proof.AtLeast(t, "lighthouse "+page[0]+" best practices", s.BestPractices, goal)
	}
}
