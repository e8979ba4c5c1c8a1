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

// alsoLists are lists that people see and that are not of project data.
func alsoLists() []string {
	return []string{"ListPeople", "ListPending", "OrganizationsOf", "ListInvoices"}
}

// ofJobs are files whose lists no page shows: those that make the copy of a person's data, tell people, or tell streams.
func ofJobs(file string) bool {
	return strings.HasSuffix(file, "/privacy.sql") || slices.Contains([]string{"notify/tell.sql", "notify/mail.sql", "live/door.sql", "transfer/take.sql"}, file)
}

var listed = regexp.MustCompile(`(?s)-- name: (\w+) :many\n(.*?)(?:;|$)`)

// Every list that asks what a person may see is among what is explained, and so are the others that people see.
func TestEveryListIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, few)
	asked := map[string]bool{}
	for _, s := range w.look(t, w.visits(t)) {
		asked[s.name()] = true
	}
	queries := os.DirFS("../../sql/queries")
	files, err := fs.Glob(queries, "*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	lists := alsoLists()
	for _, file := range files {
		text, err := fs.ReadFile(queries, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range listed.FindAllStringSubmatch(string(text), -1) {
			if (strings.Contains(m[2], "visible_to(") || strings.Contains(m[2], "ticket_at(")) && !ofJobs(file) && m[1] != "TextReferences" && !strings.HasPrefix(m[1], "Lock") { // asked by a POST
				lists = append(lists, m[1])
			}
		}
	}
	if len(lists) < 16 {
		t.Errorf("%d lists: the reader misses most: %q", len(lists), lists)
	}
	for _, name := range lists {
		if !asked[name] {
			t.Errorf("no page of visits asks the list %s", name)
		}
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
			withoutIndexes("comments"), "reads all of comments",
		},
		{
			"no index on events", "/orgs/acme", "Activity",
			withoutIndexes("events"), "reads all of events",
		},
		{
			"no index on memberships", "/orgs/acme/people", "ListPeople",
			withoutIndexes("memberships"), "reads all of memberships",
		},
		{
			"an index of all organizations", "/orgs/acme/projects/WEB/tickets/1", "ListComments",
			withoutIndexes("comments") + `; create index loose on comments (ticket_id)`,
			`reads loose of comments by "(ticket_id = `,
		},
		{
			"no index in the order of the list", "/orgs/acme/projects/WEB/tickets", "select p.key, t.number",
			`drop index tickets_list_idx, tickets_open_idx; alter table tickets drop constraint tickets_number_key`, "too many rows",
		},
		{
			"no index of lanes", "/orgs/acme/projects/WEB/board", "select t.matches, $3::text as key",
			`drop index tickets_rank_idx, tickets_lane_idx, tickets_updated_idx`, "too many rows",
		},
		{
			"an index that ends with what is looked up", "/orgs/acme/projects/WEB/tickets?sort=-number&after=-number.0.40", "select p.key, t.number",
			`drop index tickets_list_idx, tickets_open_idx; alter table tickets drop constraint tickets_number_key`, "walks tickets_",
		},
		{"indexes switched off", "/orgs/acme/tickets", "select t.place_key, t.place_id, p.key", `set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off`, "reads all of tickets"},
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

// withoutIndexes drops all of a table's, with the keys that are held by them.
func withoutIndexes(table string) string {
	return strings.ReplaceAll(`do $$
		declare
			x record;
		begin
			for x in select conname from pg_constraint where conrelid = 'TABLE'::regclass and contype in ('p', 'u') loop
				execute format('alter table TABLE drop constraint %I cascade', x.conname);
			end loop;
			for x in select indexrelid::regclass as name from pg_index where indrelid = 'TABLE'::regclass loop
				execute format('drop index %s', x.name);
			end loop;
		end
		$$`, "TABLE", table)
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
