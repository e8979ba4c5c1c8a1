package handlers_test

import (
	"testing"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// A signed-in page costs at most three round trips to Postgres: the session, the guard, the page's batch.
func TestPagesCostThreeRoundTrips(t *testing.T) {
	t.Parallel()
	s, trips := webtest.Counted(t, dbtest.New(t))
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	s.Fill(t, owner, "WEB", 60)
	b := s.SignIn(t, dana)
	for _, path := range []string{
		"/orgs/acme", "/orgs/acme/tickets", "/orgs/acme/tickets?show=due", "/orgs/acme/tickets?show=mentioned", "/orgs/acme/tickets?show=watching", "/orgs/acme/tickets?show=created", "/orgs/acme/search?q=ticket", "/orgs/acme/projects", "/orgs/acme/projects/WEB", "/orgs/acme/projects/WEB/tickets", "/orgs/acme/projects/WEB/board",
		"/orgs/acme/projects/WEB/tickets/1", "/orgs/acme/projects/WEB/tickets/new", "/orgs/acme/projects/WEB/trash", "/orgs/acme/projects/WEB/tickets/1/move", "/orgs/acme/projects/WEB/tickets/new?copy=1", "/orgs/acme/projects/WEB/settings", "/orgs/acme/projects/WEB/settings/statuses", "/orgs/acme/projects/WEB/settings/labels", "/orgs/acme/projects/WEB/views", "/orgs/acme/projects/WEB/export", "/orgs/acme/projects/WEB/import", "/orgs/acme/imports", "/orgs/acme/people", "/orgs/acme/people/joining", "/orgs/acme/settings", "/orgs/acme/settings/webhooks", "/orgs/acme/settings/webhooks/new",
		"/orgs/acme/billing", "/orgs/acme/audit", "/account", "/orgs/new", "/orgs/acme/inbox", "/orgs/acme/inbox?show=all", "/orgs/acme/inbox/count", "/orgs/acme/notifications", "/account/notifications", "/orgs/acme/projects/WEB/report", "/orgs/acme/projects/WEB/report?week=2026-W47", "/orgs/acme/projects/WEB/report.pdf",
	} {
		least := int64(99)
		for range 4 { // statements are prepared on the first ways
			before := trips.Count()
			b.Get(path).Want(200)
			least = min(least, trips.Count()-before)
		}
		if least > 3 {
			t.Errorf("%s costs %d round trips", path, least)
		}
		t.Logf("%s: %d", path, least)
	}
}
