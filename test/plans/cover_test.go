package plans

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plinth/internal/db"
)

// elsewhere are the lists of sql/queries that no page of an organization reads, with who does.
func elsewhere() map[string]string {
	return map[string]string{
		"ListTenantIDs":    "jobs that go through all organizations, page by page",
		"TenantsToRecount": "the nightly recount",
		"RecountProjects":  "the nightly recount",
		"LockCounts":       "the nightly recount",
		"CountTickets":     "the nightly recount",
		"KeptDays":         "the nightly recount",
		"CountDays":        "the nightly recount",
		"RevokePending":    "a form: an invitation that is made again",
	}
}

var listed = regexp.MustCompile(`(?s)-- name: (\w+) :many\n`)

// Every list of the modules that pages are made of is among what is explained.
func TestEveryListIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, few)
	asked := map[string]bool{}
	for _, s := range w.look(t, w.visits(t)) {
		asked[s.name()] = true
	}
	queries, n := os.DirFS("../../sql/queries"), 0
	for _, module := range []string{"projects", "events", "tenants"} {
		files, err := fs.Glob(queries, module+"/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("read the queries of %s: %v", module, err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(queries, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range listed.FindAllStringSubmatch(string(text), -1) {
				n++
				reason := elsewhere()[m[1]]
				if asked[m[1]] == (reason != "") {
					t.Errorf("list %s is asked by a page of visits: %t; said in elsewhere: %q", m[1], asked[m[1]], reason)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("%d lists: the reader misses most", n)
	}
}

// What is planted is undone with its transaction; each is seen as what it is.
func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, many)
	browser := w.site.SignIn(t, dana+"@example.org")
	for _, c := range []struct{ name, path, query, planted, want string }{
		{
			"no index on comments", "/orgs/acme/projects/WEB/tickets/1", "ListComments",
			`drop index comments_ticket_idx; alter table comments drop constraint comments_pkey`, "reads all of comments",
		},
		{
			"no index on events", "/orgs/acme", "Activity",
			`drop index events_at_idx, events_project_idx, events_object_idx; alter table events drop constraint events_pkey`, "reads all of events",
		},
		{
			"no index on memberships", "/orgs/acme/people", "ListPeople",
			`drop index memberships_user_idx; alter table memberships drop constraint memberships_user_key cascade, drop constraint memberships_pkey`, "reads all of memberships",
		},
		{
			"an index of all organizations", "/orgs/acme/projects/WEB/tickets/1", "ListComments",
			`drop index comments_ticket_idx; alter table comments drop constraint comments_pkey; create index loose on comments (ticket_id)`,
			`reads loose of comments by "(ticket_id = `,
		},
		{
			"no index in the order of the list", "/orgs/acme/projects/WEB/tickets", "select p.key, t.number",
			`drop index tickets_list_idx, tickets_open_idx; alter table tickets drop constraint tickets_number_key`, "too many rows",
		},
		{
			"no index of lanes", "/orgs/acme/projects/WEB/board", "select p.key, t.number",
			`drop index tickets_lane_idx, tickets_updated_idx`, "too many rows",
		},
		{"indexes switched off", "/orgs/acme/tickets", "select t.id, p.key", `set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off`, "reads all of tickets"},
	} {
		w.asked.take()
		browser.Get(c.path).Want(http.StatusOK)
		batches := w.asked.take()
		if got := w.found(t, batches, c.query, ""); len(got) > 0 {
			t.Errorf("%s: before anything is planted it says %q", c.name, got)
		}
		got := w.found(t, batches, c.query, c.planted)
		if !slices.ContainsFunc(got, func(f string) bool { return strings.Contains(f, c.want) }) {
			t.Errorf("%s: not seen; want %q in %q", c.name, c.want, got)
		}
	}
}

// found are the faults of the queries whose name begins so, with something planted before.
func (w *world) found(t *testing.T, batches []batch, query, planted string) []string {
	t.Helper()
	var out []string
	n := 0
	for _, b := range batches {
		for _, p := range (how{conn: w.super, role: db.RoleApp, planted: planted}).plans(t, b) {
			if !strings.HasPrefix(p.name(), query) {
				continue
			}
			n++
			out = append(out, w.faults(p)...)
			if w.rows(p) > plainRows {
				out = append(out, "too many rows")
			}
		}
	}
	if n == 0 {
		t.Fatalf("no query %q was asked", query)
	}
	return out
}
