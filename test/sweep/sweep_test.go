// Package sweep asks every route with everything that belongs to somebody else.
package sweep

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
	"plinth/web"
)

// canary is in every text of the other side; no answer to anybody else may hold it.
const canary = "canary-7f3a"

// other is what belongs to somebody else, by the name of the part of a path that it can stand for.
type other struct {
	slug string
	ids  map[string][]string
}

// plant fills an organization with one row in each of its tables, canaries in their texts.
func plant(t *testing.T, conn *pgx.Conn, s scope.Scope, visibility string) other {
	t.Helper()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	project, ticket, comment, invitation := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	tenant, owner := s.TenantID, s.Person.ID
	exec(`insert into projects (tenant_id, id, key, name, description, visibility, created_by) values ($1, $2, 'ZED', $3, $3, $4, $5)`,
		tenant, project, canary, visibility, owner)
	exec(`insert into project_members (tenant_id, project_id, user_id) values ($1, $2, $3)`, tenant, project, owner)
	exec(`insert into ticket_counters (tenant_id, project_id, last_number) values ($1, $2, 1)`, tenant, project)
	exec(`insert into tickets (tenant_id, id, project_id, number, title, body, status, author_id, assignee_id) values ($1, $2, $3, 1, $4, $4, 'todo', $5, $5)`,
		tenant, ticket, project, canary, owner)
	exec(`insert into ticket_counts (tenant_id, project_id, status, tickets) values ($1, $2, 'todo', 1)`, tenant, project)
	exec(`insert into ticket_days (tenant_id, project_id, day, opened) values ($1, $2, current_date, 1)`, tenant, project)
	exec(`insert into comments (tenant_id, id, ticket_id, author_id, body) values ($1, $2, $3, $4, $5)`, tenant, comment, ticket, owner, canary)
	exec(`insert into invitations (tenant_id, id, email, role, invited_by, expires_at) values ($1, $2, $3, 'member', $4, now() + interval '1 day')`,
		tenant, invitation, canary+"@example.com", owner)
	exec(`insert into events (tenant_id, id, actor_id, action, object_kind, object_id, object_name, project_id) values ($1, $2, $3, 'ticket.created', 'ticket', $4, $5, $6)`,
		tenant, uuid.New(), owner, ticket, canary, project)
	return other{slug: s.Slug, ids: map[string][]string{
		"key": {"ZED"}, "number": {"1"}, "user": {owner.String()},
		"id": {invitation.String(), comment.String(), ticket.String(), project.String()}, "comment": {comment.String()},
	}}
}

var part = regexp.MustCompile(`\{(\w+)\}`)

// paths are the ways to ask a route for what belongs to the other: each id that fits each part.
func paths(t *testing.T, route web.Route, slug string, ids map[string][]string) []string {
	t.Helper()
	all := []string{strings.ReplaceAll(route.Path, "{org}", slug)}
	for _, m := range part.FindAllStringSubmatch(route.Path, -1) {
		if m[1] == "org" {
			continue
		}
		values, known := ids[m[1]]
		if !known {
			t.Fatalf("the sweep does not know what {%s} in %s can be", m[1], route.Path)
		}
		var next []string
		for _, path := range all {
			for _, v := range values {
				next = append(next, strings.ReplaceAll(path, m[0], v))
			}
		}
		all = next
	}
	return all
}

// form has a value for every field a tenant route reads, so that a request is refused for whose it is, not for what it lacks.
func form(o other) url.Values {
	return url.Values{
		"name": {"Taken over"}, "title": {"Taken over"}, "body": {"Taken over"}, "status": {"done"}, "role": {"guest"}, "email": {"evil@example.com"},
		"time_zone": {"UTC"}, "priority": {"4"}, "assignee": {o.ids["user"][0]}, "assignee_id": {o.ids["user"][0]}, "visibility": {"organization"}, "hue": {"patina"},
		"key": {"EVIL"}, "id": {uuid.NewString()}, "confirm": {canary}, "user": {o.ids["user"][0]}, "user_id": {o.ids["user"][0]}, "plan": {"team"}, "interval": {"month"},
	}
}

// sum is a checksum of every row of an organization, table by table.
func sum(t *testing.T, conn *pgx.Conn, tenant uuid.UUID) map[string]string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `
		select c.table_name::text
		from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, table := range append(tables, "tenants") {
		column := "tenant_id"
		if table == "tenants" {
			column = "id"
		}
		var s string
		err := conn.QueryRow(context.Background(), fmt.Sprintf(`select coalesce(md5(string_agg(x::text, E'\n' order by x::text)), '') from %s x where %s = $1`,
			pgx.Identifier{table}.Sanitize(), column), tenant).Scan(&s)
		if err != nil {
			t.Fatal(err)
		}
		sums[table] = s
	}
	return sums
}

func unchanged(t *testing.T, before, after map[string]string) {
	t.Helper()
	for table, was := range before {
		if after[table] != was {
			t.Errorf("rows of %s have changed", table)
		}
	}
}

// swept counts what was asked.
type swept struct{ routes, requests int }

// ask sends one request in each dress and returns the answers.
func ask(b *webtest.Browser, route web.Route, path string, o other) []*webtest.Page {
	var body url.Values
	if route.Method == http.MethodPost {
		body = form(o)
	}
	return []*webtest.Page{b.Request(route.Method, path, body, nil), b.HX(route.Method, path, body)}
}

var requestID = regexp.MustCompile(`[A-Z2-7]{16}`)

// same compares two answers but for the request id and the id asked for.
func same(a, b *webtest.Page, mine, theirs string) bool {
	clean := func(p *webtest.Page, id string) string {
		return strings.ReplaceAll(requestID.ReplaceAllString(p.Body, "REQUEST"), id, "ID")
	}
	return a.Status == b.Status && clean(a, mine) == clean(b, theirs) && a.Header.Get("Location") == b.Header.Get("Location")
}

type world struct {
	site   *webtest.Site
	conn   *pgx.Conn
	a, b   scope.Scope // two organizations
	theirs other       // what is B's
}

func newWorld(t *testing.T) world {
	t.Helper()
	s := webtest.New(t)
	a := s.Org(t, s.Account(t, "Ada of A", "ada@a.example"), "org-a", "Org A")
	s.Join(t, a, s.Account(t, "Max of A", "max@a.example"), scope.Member)
	s.Join(t, a, s.Account(t, "Gil of A", "gil@a.example"), scope.Guest)
	b := s.Org(t, s.Account(t, canary, "boss@b.example"), "org-b", canary)
	conn := dbtest.Connect(t, s.Database.Super)
	return world{site: s, conn: conn, a: a, b: b, theirs: plant(t, conn, b, "organization")}
}

// Every role of A asks every tenant route of B, and every tenant route of A with B's ids.
func TestOtherOrganizationsAreNotThere(t *testing.T) {
	t.Parallel()
	n := otherOrganizations(t)
	t.Logf("asked %d routes (with roles) in %d requests", n.routes, n.requests)
	if n.requests < 100 {
		t.Errorf("only %d requests: the sweep is not sweeping", n.requests)
	}
}

func otherOrganizations(t *testing.T) swept {
	t.Helper()
	w := newWorld(t)
	before := sum(t, w.conn, w.b.TenantID)
	var n swept
	for _, email := range []string{"ada@a.example", "max@a.example", "gil@a.example"} {
		browser := w.site.SignIn(t, email)
		for _, route := range w.site.Routes {
			if route.Guard.Kind != web.InOrg {
				continue
			}
			n.routes++
			n.requests += w.foreignSlug(t, browser, route)
			if email == "ada@a.example" {
				n.requests += w.foreignIDs(t, browser, route)
			}
		}
	}
	unchanged(t, before, sum(t, w.conn, w.b.TenantID))
	if strings.Contains(w.site.Log.String(), canary) {
		t.Error("the log holds a canary")
	}
	return n
}

// foreignSlug asks for B by name: everything is 404.
func (w world) foreignSlug(t *testing.T, browser *webtest.Browser, route web.Route) int {
	n := 0
	for _, path := range paths(t, route, w.b.Slug, w.theirs.ids) {
		for _, page := range ask(browser, route, path, w.theirs) {
			n++
			if page.Status != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", route.Method, path, page.Status)
			}
			page.Silent(canary)
		}
	}
	return n
}

// foreignIDs asks for A with B's ids: the answer is that for an id nobody has.
func (w world) foreignIDs(t *testing.T, browser *webtest.Browser, route web.Route) int {
	if !strings.Contains(strings.ReplaceAll(route.Path, "{org}", ""), "{") {
		return 0
	}
	n := 0
	nobody := map[string][]string{
		"key": {"NONE"}, "number": {"1"}, "user": {uuid.NewString()}, "id": {uuid.NewString()}, "comment": {uuid.NewString()},
	}
	random := paths(t, route, w.a.Slug, nobody)[0]
	unknown := ask(browser, route, random, w.theirs)
	for _, path := range paths(t, route, w.a.Slug, w.theirs.ids) {
		for i, page := range ask(browser, route, path, w.theirs) {
			n++
			if page.Status != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", route.Method, path, page.Status)
			}
			page.Silent(canary)
			if !same(page, unknown[i], path, random) {
				t.Errorf("%s: B's id and an unknown one are told apart", path)
			}
		}
	}
	return n
}

// A member and a guest of the same organization ask for a project that is not theirs.
func TestMembersOnlyProjectIsNotThereForOthers(t *testing.T) {
	t.Parallel()
	if n := membersOnly(t); n.requests < 100 {
		t.Errorf("only %d requests: the sweep is not sweeping", n.requests)
	}
}

func membersOnly(t *testing.T) (n swept) {
	t.Helper()
	w := newWorld(t)
	ours := plant(t, w.conn, w.a, "members")
	for _, email := range []string{"max@a.example", "gil@a.example"} {
		browser := w.site.SignIn(t, email)
		for _, route := range w.site.Routes {
			if route.Guard.Kind != web.InOrg || strings.HasSuffix(route.Path, "/leave") {
				continue // leaving is one's own business
			}
			n.routes++
			before := sum(t, w.conn, w.a.TenantID)
			for _, path := range paths(t, route, w.a.Slug, ours.ids) {
				pages := ask(browser, route, path, ours)
				n.requests += len(pages)
				for _, page := range pages {
					page.Silent(canary)
					if strings.Contains(route.Path, "{key}") && page.Status != http.StatusNotFound && page.Status != http.StatusForbidden {
						t.Errorf("%s %s as %s: %d, want 404", route.Method, path, email, page.Status)
					}
				}
			}
			if strings.Contains(route.Path, "{key}") {
				unchanged(t, before, sum(t, w.conn, w.a.TenantID))
			}
		}
	}
	return n
}
