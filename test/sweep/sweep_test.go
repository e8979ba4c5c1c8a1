// Package sweep asks every route with everything that belongs to somebody else.
package sweep

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/internal/picture"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
	"plinth/web"
)

var part = regexp.MustCompile(`\{(\w+)\}`)

// paths are the ways to ask a route for what belongs to the other: each id that fits each part.
func paths(t testing.TB, route web.Route, slug string, ids map[string][]string) []string {
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
func sum(t testing.TB, conn *pgx.Conn, tenant uuid.UUID) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, c := range columns(t, conn, "uuid") {
		if c.name != c.tenant() {
			continue
		}
		var s string
		err := conn.QueryRow(context.Background(), fmt.Sprintf(`select coalesce(md5(string_agg(x::text, E'\n' order by x::text)), '') from %s x where %s = $1`,
			pgx.Identifier{c.table}.Sanitize(), c.tenant()), tenant).Scan(&s)
		if err != nil {
			t.Fatal(err)
		}
		sums[c.table] = s
	}
	return sums
}

func unchanged(t testing.TB, before, after map[string]string) {
	t.Helper()
	for table, was := range before {
		if after[table] != was && table != "undispatched_events" { // the dispatcher passes on everybody's
			t.Errorf("rows of %s have changed", table)
		}
	}
}

// swept counts what was asked, and with how many canaries and foreign ids.
type swept struct{ routes, requests, canaries, ids int }

// dress is how a request looks: as one for a page, a piece, or data.
type dress func(b *webtest.Browser, method, path string, body url.Values) *webtest.Page

func allDresses() []dress {
	return []dress{
		func(b *webtest.Browser, method, path string, body url.Values) *webtest.Page {
			return b.Request(method, path, body, nil)
		},
		func(b *webtest.Browser, method, path string, body url.Values) *webtest.Page {
			return b.HX(method, path, body)
		},
		func(b *webtest.Browser, method, path string, body url.Values) *webtest.Page {
			return b.Request(method, path, body, http.Header{"Accept": {"application/json"}})
		},
	}
}

// ask sends one request in each dress, and returns the answers.
func ask(b *webtest.Browser, route web.Route, path string, body url.Values) []*webtest.Page {
	return askIn(allDresses(), b, route, path, body)
}

func askIn(dresses []dress, b *webtest.Browser, route web.Route, path string, body url.Values) (all []*webtest.Page) {
	if route.Method != http.MethodPost {
		body = nil
	}
	for _, d := range dresses {
		all = append(all, d(b, route.Method, path, body))
	}
	return all
}

var requestID = regexp.MustCompile(`[A-Z2-7]{16}|[0-9]{16}-[A-Z2-7]{8}`) // and the moment a page was made

// same compares two answers, status, headers and body, but for the request id and the id asked for.
func same(a, b *webtest.Page, mine, theirs string) bool {
	clean := func(s, id string) string {
		return strings.ReplaceAll(requestID.ReplaceAllString(s, "REQUEST"), id, "ID")
	}
	headers := func(p *webtest.Page, id string) string {
		var out []string
		for name, values := range p.Header {
			if name != "Content-Length" { // of the path asked for, where the page says it
				out = append(out, clean(name+": "+strings.Join(values, ", "), id))
			}
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	return a.Status == b.Status && clean(a.Body, mine) == clean(b.Body, theirs) && headers(a, mine) == headers(b, theirs)
}

// silent looks for the canary in an answer's body and headers.
func silent(t testing.TB, page *webtest.Page, what string) {
	t.Helper()
	if strings.Contains(page.Body, canary) || strings.Contains(fmt.Sprint(page.Header), canary) {
		t.Errorf("%s tells of what belongs to somebody else", what)
	}
}

type world struct {
	site         *webtest.Site
	conn         *pgx.Conn
	a, b         scope.Scope // two organizations
	ours, theirs other       // what is A's, and what is B's
	canaries     int         // in how many columns
	turn         int         // whose turn it is to ask
	whole        bool        // each foreign id is asked for in every dress; else one after the other has its turn

	tb      testing.TB   // of whoever plants a hole
	product http.Handler // behind the hole
}

func newWorld(t testing.TB) world {
	t.Helper()
	s := webtest.New(t)
	a := s.Org(t, s.Account(t, "Ada of A", "ada@a.example"), "org-a", "Org A")
	for _, p := range []struct {
		name string
		role scope.Role
	}{{"adm", scope.Admin}, {"max", scope.Member}, {"gil", scope.Guest}} {
		s.Join(t, a, s.Account(t, p.name+" of A", p.name+"@a.example"), p.role)
	}
	b := s.Org(t, s.Account(t, canary, "boss@b.example"), "org-b", canary)
	conn := dbtest.Connect(t, s.Database.Super)
	w := world{site: s, conn: conn, a: a, b: b, ours: plant(t, conn, a, "organization", "ours"), theirs: plant(t, conn, b, "organization", canary)}
	w.ours.ids["file"], w.theirs.ids["file"] = pictured(t, s, a.Person), pictured(t, s, b.Person)
	w.canaries = spread(t, conn, b.TenantID)
	return w
}

// pictured gives a person a picture, and says what its files are called.
func pictured(t testing.TB, s *webtest.Site, p scope.Person) []string {
	t.Helper()
	name, err := s.App.Pictures.Set(t.Context(), p, users.PictureForm{ID: uuid.New(), Data: webtest.PNG(t, 1).Data}, users.From{})
	if err != nil {
		t.Fatal(err)
	}
	return []string{picture.File(name, picture.Small), picture.File(name, picture.Large)}
}

// Every role of A asks every tenant route of B, and every tenant route of A with B's ids.
func TestOtherOrganizationsAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.sweep(t, []string{"ada", "gil"}, "")
	t.Logf("%d routes × roles, %d requests, %d columns with canaries, %d foreign ids", n.routes, n.requests, n.canaries, n.ids)
	if n.requests < 100 {
		t.Errorf("only %d requests: the sweep is not sweeping", n.requests)
	}
}

// sweep lets people of A ask every route under a path for what is B's.
func (w world) sweep(t testing.TB, people []string, under string) swept {
	t.Helper()
	before := sum(t, w.conn, w.b.TenantID)
	n := swept{canaries: w.canaries, ids: len(w.theirs.all())}
	for i, name := range people {
		w.turn = i // another role asks in another dress
		browser := w.site.SignIn(t, name+"@a.example")
		for _, route := range w.site.Routes {
			if route.Guard.Kind != web.InOrg || !strings.HasPrefix(route.Path, under) {
				continue
			}
			n.routes++
			n.requests += w.foreignSlug(t, browser, route)
			n.requests += w.foreignIDs(t, browser, route)
			if !strings.HasSuffix(route.Path, "/leave") {
				n.requests += w.foreignFields(t, browser, route)
			}
		}
	}
	w.quiet(t)
	unchanged(t, before, sum(t, w.conn, w.b.TenantID))
	return n
}

// quiet looks everywhere but in the answers: log, mails, jobs, and A's own rows.
func (w world) quiet(t testing.TB) {
	t.Helper()
	var jobs int
	err := w.conn.QueryRow(context.Background(), `select count(*) from river.river_job where args::text like '%' || $1 || '%'`, canary).Scan(&jobs)
	if err != nil || jobs > 0 {
		t.Errorf("%d jobs hold a canary: %v", jobs, err)
	}
	w.site.Settle(t)
	for _, m := range w.site.Mails(t, "") {
		if strings.Contains(m.HTML+m.Text+m.Subject, canary) && !strings.HasSuffix(m.To, "@b.example") {
			t.Errorf("the mail %q to %s holds a canary", m.Subject, m.To)
		}
	}
	if strings.Contains(w.site.Log.String(), canary) {
		t.Error("the log holds a canary")
	}
	for _, where := range holds(t, w.conn, w.a.TenantID, append(w.theirs.all(), canary)...) {
		t.Errorf("%s of A holds what is B's", where)
	}
}

// foreignSlug asks for B by name: everything is 404.
func (w world) foreignSlug(t testing.TB, browser *webtest.Browser, route web.Route) int {
	n := 0
	for _, path := range paths(t, route, w.b.Slug, w.theirs.ids) {
		for _, page := range ask(browser, route, path, form(w.theirs)) {
			n++
			if page.Status != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", route.Method, path, page.Status)
			}
			silent(t, page, route.Method+" "+path)
		}
	}
	return n
}

// foreignIDs asks for A with B's ids: the answer is that for an id nobody has, or what the role may not do anyway.
func (w world) foreignIDs(t testing.TB, browser *webtest.Browser, route web.Route) int {
	if !strings.Contains(strings.ReplaceAll(route.Path, "{org}", ""), "{") {
		return 0
	}
	n := 0
	nobody := map[string][]string{
		"key": {"NONE"}, "number": {"1"}, "user": {uuid.NewString()}, "id": {uuid.NewString()}, "comment": {uuid.NewString()}, "status": {"todo"}, "label": {uuid.NewString()}, "view": {uuid.NewString()}, "webhook": {uuid.NewString()}, "event": {uuid.NewString()},
		"file": {strings.Repeat("a", 26) + "-64.png"},
	}
	theirs := maps.Clone(w.theirs.ids)
	theirs["key"] = []string{"YEW"} // A has a ZED of its own; ids decide
	random := paths(t, route, w.a.Slug, nobody)[0]
	unknown := ask(browser, route, random, form(w.theirs))
	for _, path := range paths(t, route, w.a.Slug, theirs) {
		for i, page := range ask(browser, route, path, form(w.theirs)) {
			n++
			if page.Status != http.StatusNotFound && page.Status != http.StatusForbidden {
				t.Errorf("%s %s: %d, want 404", route.Method, path, page.Status)
			}
			silent(t, page, route.Method+" "+path)
			if !same(page, unknown[i], path, random) {
				t.Errorf("%s: B's id and an unknown one are told apart", path)
			}
		}
	}
	return n
}

// foreignFields asks for what is A's, with B's ids in the query and in every field.
func (w world) foreignFields(t testing.TB, browser *webtest.Browser, route web.Route) int {
	n := 0
	for i, id := range w.theirs.all() {
		fields := form(w.theirs)
		query := url.Values{}
		for _, name := range []string{"id", "user", "user_id", "assignee", "assignee_id", "project", "project_id", "ticket", "parent", "after", "before", "reassign_to", "to", "q", "actor", "tenant_id", "org"} {
			fields.Set(name, id)
			query.Set(name, id)
		}
		if route.Method == http.MethodPost {
			fields.Set("id", uuid.NewString()) // the id of what is made: B's is taken, which is another question
			fields.Set("confirm", id)          // a form says again what was typed into it
		}
		path := paths(t, route, w.a.Slug, w.ours.ids)[0]
		for _, page := range askIn(w.dresses(w.turn+i+len(route.Path)), browser, route, path+"?"+query.Encode(), fields) {
			n++
			if page.Status >= 500 && page.Status != http.StatusServiceUnavailable { // no Stripe is near
				t.Errorf("%s %s with B's ids: %d", route.Method, path, page.Status)
			}
			silent(t, page, route.Method+" "+path+" with B's ids")
		}
	}
	return n
}

// dresses are those in which a foreign id is put into fields; turn is another for each id and from route to route.
func (w world) dresses(turn int) []dress {
	all := allDresses()
	if w.whole {
		return all
	}
	return all[turn%len(all):][:1]
}

// A member and a guest of the same organization ask for a project that is not theirs.
func TestMembersOnlyProjectIsNotThereForOthers(t *testing.T) {
	t.Parallel()
	if n := membersOnly(t); n.requests < 100 {
		t.Errorf("only %d requests: the sweep is not sweeping", n.requests)
	}
}

func membersOnly(t testing.TB) (n swept) {
	t.Helper()
	w := newWorld(t)
	conn := w.conn
	if _, err := conn.Exec(context.Background(), `update projects set key = 'YEW', name = 'Open' where tenant_id = $1`, w.a.TenantID); err != nil {
		t.Fatal(err)
	}
	ours := plant(t, conn, w.a, "members", canary)
	ours.ids["file"] = w.ours.ids["file"]
	for _, email := range []string{"max@a.example", "gil@a.example"} {
		browser := w.site.SignIn(t, email)
		for _, route := range w.site.Routes {
			if route.Guard.Kind != web.InOrg || strings.HasSuffix(route.Path, "/leave") {
				continue // leaving is one's own business
			}
			n.routes++
			before := sum(t, w.conn, w.a.TenantID)
			for _, path := range paths(t, route, w.a.Slug, ours.ids) {
				pages := ask(browser, route, path, form(ours))
				n.requests += len(pages)
				for _, page := range pages {
					silent(t, page, route.Method+" "+path)
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
