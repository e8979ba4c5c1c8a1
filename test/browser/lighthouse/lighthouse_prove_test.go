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
	signedIn := site.SignIn(t, "dana@acme.example").Cookies()
	site.GoLive(t)
	server := httptest.NewServer(site.Handler)
	t.Cleanup(server.Close)
	for _, page := range []struct {
		name, path string
		cookies    map[string]string
	}{
		{"landing", "/", nil},
		{"sign-up", "/signup", nil},
		{"dashboard", "/orgs/acme", signedIn},
		{"board", "/orgs/acme/projects/WEB/board", signedIn},
		{"ticket", "/orgs/acme/projects/WEB/tickets/1", signedIn},
		{"billing", "/orgs/acme/billing", signedIn},
	} {
		s := lighthouse.Measure(t, server.URL+page.path, page.cookies)
		proof.AtLeast(t, "lighthouse "+page.name+" performance", s.Performance, goal)
		proof.AtLeast(t, "lighthouse "+page.name+" accessibility", s.Accessibility, goal)
		proof.AtLeast(t, "lighthouse "+page.name+" best practices", s.BestPractices, goal)
	}
}
