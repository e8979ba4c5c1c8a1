package plans

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/users"
	"plinth/test/webtest"
	"plinth/web"
)

// How many other organizations there are.
const (
	few  = 40
	many = 400
)

// What a query may look at of its organization's rows. A page without a filter shows some rows and counts up to a
// thousand; a filter may have to look at each ticket of its project, of which the largest has so many. Blocks are counted
// each time they are looked at.
const (
	plainRows    = projects.CountCap + 100
	filteredRows = 3000 + 200
	allTickets   = 3000 + 7*300 // of Acme
	mostBlocks   = 1200         // a board looks the labels of 162 cards up
	eachLane     = 8            // times as much behind a filter, where each lane looks for its tickets, or each ticket for its labels
	groupBlocks  = 11000        // a list in groups reads a thousand tickets, and looks up the labels of ten of each group
)

// visit is a page that somebody looks at.
type visit struct {
	who, path string
	filtered  bool
}

// staff look at all organizations, so what they read is no one's alone.
func (v visit) staff() bool { return v.who == sam }

// pages are those of the table of all URLs that belong to an organization, each for the ids given by the name of the
// part of the path.
func (w *world) pages(t *testing.T, ids map[string]string) []string {
	t.Helper()
	var out []string
	for _, route := range w.site.Routes {
		if route.Method != http.MethodGet || route.Guard.Kind != web.InOrg ||
			route.Path == "/orgs/{org}/billing/change" || route.Path == "/orgs/{org}/billing/start" || // ask Stripe
			route.Path == "/orgs/{org}/settings/export/{id}" || // a file
			strings.HasSuffix(route.Path, "/{id}/thumbnail") || // asks what the file itself asks
			route.Path == "/orgs/{org}/logo/{file}" || // a file, of which the guard has read all
			strings.HasSuffix(route.Path, "/export/{id}") || // a file
			strings.HasSuffix(route.Path, "/import/{id}/problems.csv") || // a file, of the page above it
			strings.HasSuffix(route.Path, "/import/{id}") || // is asked below, with an import
			route.Path == "/orgs/{org}/imports/{id}" || // asks the same, without a project
			strings.HasSuffix(route.Path, "/{webhook}/secret") || // is read with what its page reads
			strings.HasSuffix(route.Path, "/export/tickets.csv") || // reads all there is, two hundred at once
			route.Path == "/orgs/{org}/audit/export" { // reads all there is, with the query of the log, and ten times as many rows at once
			continue
		}
		out = append(out, part.ReplaceAllStringFunc(route.Path, func(name string) string {
			if ids[name] == "" {
				t.Errorf("what is %s in %s? Give it in visits", name, route.Path)
			}
			return ids[name]
		}))
	}
	return out
}

var part = regexp.MustCompile(`\{\w+\}`)

// visits are all pages of an organization, with what they can be asked for. A page without a filter need not be named:
// it is found in the table of all URLs.
func (w *world) visits(t *testing.T) []visit {
	t.Helper()
	project := "/orgs/acme/projects/WEB"
	member := w.value(t, `select user_id::text from memberships where tenant_id = '`+w.acme.TenantID.String()+`' and role = 'member' limit 1`)
	comment := w.value(t, `select c.id::text from comments c join tickets t on t.id = c.ticket_id where c.tenant_id = '`+w.acme.TenantID.String()+`' and t.number = 777 limit 1`)
	micros := w.value(t, `select (extract(epoch from now() - interval '3000 hours') * 1000000)::bigint::text`)
	label := w.value(t, `select id::text from labels where tenant_id = '`+w.acme.TenantID.String()+`' limit 1`)
	hook := w.value(t, `select id::text from webhook_endpoints where tenant_id = '`+w.acme.TenantID.String()+`' limit 1`)
	event := w.value(t, `select event_id::text from webhook_deliveries where tenant_id = '`+w.acme.TenantID.String()+`' and endpoint_id = '`+hook+`' order by event_id limit 1 offset 1500`)
	var out []visit
	add := func(filtered bool, who string, paths ...string) {
		for _, p := range paths {
			out = append(out, visit{who, p, filtered})
		}
	}
	add(false, dana, w.pages(t, map[string]string{"{org}": "acme", "{key}": "WEB", "{number}": "777", "{user}": member, "{id}": comment, "{file}": w.picture(t, member), "{status}": "todo", "{label}": label, "{webhook}": hook, "{event}": event})...)
	add(false, dana, "/orgs/acme/settings/webhooks/"+hook+"?state=waiting", "/orgs/acme/settings/webhooks/"+hook+"?type=ticket.edited")
	add(true, dana, "/orgs/acme/settings/webhooks/"+hook+"?state=failed&type=ticket.created&after="+event)
	add(false, dana, "/orgs/acme/inbox?show=all", "/orgs/acme/inbox?show=all&before=7fffffff-ffff-4fff-8fff-ffffffffffff", "/account/notifications", "/orgs", "/account", "/orgs/new", "/orgs/acme/people?q=colleague", "/orgs/acme/projects?show=archived",
		"/orgs/acme/tickets?after=2.7fffffff-ffff-4fff-8fff-ffffffffffff", "/orgs/acme/tickets?before=2.7fffffff-ffff-4fff-8fff-ffffffffffff",
		"/orgs/acme/tickets?show=due", "/orgs/acme/tickets?show=due&after=20765.7fffffff-ffff-4fff-8fff-ffffffffffff", "/orgs/acme/tickets?show=created",
		"/orgs/acme/tickets?show=created&after=0.7fffffff-ffff-4fff-8fff-ffffffffffff", "/orgs/acme/tickets?show=mentioned", "/orgs/acme/tickets?show=mentioned&after=0.7fffffff-ffff-4fff-8fff-ffffffffffff",
		"/orgs/acme/tickets?show=watching", "/orgs/acme/tickets?show=watching&after="+micros+".7fffffff-ffff-4fff-8fff-ffffffffffff",
		project+"/tickets/1", project+"/tickets/1?before="+micros+".7fffffff-ffff-4fff-8fff-ffffffffffff")
	imported := w.value(t, `select id::text from imports where tenant_id = '`+w.acme.TenantID.String()+`' limit 1`)
	add(false, dana, project+"/import/"+imported)
	add(true, dana, project+"/tickets?import="+imported)
	for _, sort := range projects.Sorts() {
		for _, by := range []string{sort, "-" + sort} {
			place := by + "." + map[string]string{"number": "0", "updated": micros, "created": micros, "priority": "2", "due": "20765", "title": "VGlja2V0IDE1MDA"}[sort] + ".1500"
			add(false, dana, project+"/tickets?sort="+by, project+"/tickets?sort="+by+"&after="+place, project+"/tickets?sort="+by+"&before="+place)
		}
	}
	for _, filter := range []string{
		"status=todo", "status=done&sort=updated", "status=todo&status=review&sort=priority", "assignee=me", "assignee=nobody", "assignee=" + member,
		"priority=urgent", "priority=high&priority=low&sort=updated", "q=lighthouse", "status=done&assignee=me&q=ticket",
		"label=" + label, "label=none", "due=late", "due=week&sort=due", "due=none", "author=me", "estimate=none", "created-from=2026-01-01", "updated-to=2026-01-01&sort=title",
	} {
		add(true, dana, project+"/tickets?"+filter, project+"/board?"+filter)
	}
	for _, who := range []string{dana, lukas} {
		add(true, who, "/orgs/acme/search?q=lighthouse", "/orgs/acme/search?q=lighthuose+ticket", "/orgs/acme/search?q=WEB-7")
	}
	for _, group := range projects.Groups() {
		add(true, dana, project+"/tickets?group="+group, project+"/tickets?sort=due&group="+group)
	}
	stamp := w.value(t, `select to_char(now() - interval '3000 hours', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`)
	for _, filter := range []string{
		"after=" + stamp + "_7fffffff-ffff-4fff-8fff-ffffffffffff", "person=" + member, "person=plinth", "kind=ticket", "kind=member", "action=ticket.created",
		"action=audit.exported", "from=2020-01-01&to=2020-02-01", "person=" + member + "&after=" + stamp + "_7fffffff-ffff-4fff-8fff-ffffffffffff",
	} {
		add(false, dana, "/orgs/acme/audit?"+filter)
	}
	for who, org := range map[string][2]string{lukas: {"/orgs/acme", "/projects/WEB"}, olga: {"/orgs/tenant-1", "/projects/P1"}} {
		in := org[0] + org[1]
		add(false, who, org[0], org[0]+"/tickets", org[0]+"/projects", in, in+"/board", in+"/tickets", in+"/tickets?sort=-priority", in+"/tickets/7")
		add(true, who, in+"/tickets?assignee=me", in+"/board?q=lighthouse")
	}
	add(false, sam, "/admin", "/admin/users", "/admin/users?q=person", "/admin/users/"+member, "/admin/organizations", "/admin/organizations?q=acme",
		"/admin/organizations/"+w.acme.TenantID.String(), "/admin/subscriptions", "/admin/subscriptions?plan=team&drift=yes&given=yes", "/admin/plans",
		w.value(t, `select '/admin/organizations/' || tenant_id || '/subscriptions/' || id from subscriptions order by stripe_subscription_id limit 1`), "/admin/tasks", "/admin/tasks?show=closed&kind=drift", "/admin/webhooks?state=late&type=invoice.paid", "/admin/customers", "/admin/outbox", "/admin/outbox?state=waiting", "/admin/outbox?organization=acme&endpoint="+hook, "/admin/outbox/"+w.acme.TenantID.String()+"_"+hook+"_"+event, "/admin/revenue", "/admin/customers?show=all", "/admin/find?q=acme")
	slices.SortStableFunc(out, func(a, b visit) int { return strings.Compare(a.who, b.who) })
	return out
}

// picture gives a person one, and says what its small file is called.
func (w *world) picture(t *testing.T, user string) string {
	t.Helper()
	name, err := w.site.App.Pictures.Set(t.Context(), scope.Person{ID: uuid.MustParse(user)}, users.PictureForm{ID: uuid.New(), Data: webtest.PNG(t, 1).Data}, users.From{})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(name, ".", "-64.", 1)
}

// seen is what a visit made Postgres do.
type seen struct {
	visit
	plan
}

func (s seen) String() string {
	kind := "custom"
	if s.generic {
		kind = "generic"
	}
	return fmt.Sprintf("%s at %s (%s plan): %.400s", s.who, s.path, kind, s.name())
}

// look visits all pages and returns the plans of all queries, each made once for its arguments and once for any.
func (w *world) look(t *testing.T, visits []visit) []seen {
	t.Helper()
	var out []seen
	who, browser := "", w.site.Browser(t)
	for _, v := range visits {
		if v.who != who {
			who, browser = v.who, w.signIn(t, v.who)
		}
		w.asked.take()
		browser.Get(v.path).Want(http.StatusOK)
		for _, b := range w.asked.take() {
			for _, generic := range []bool{false, true} {
				for _, p := range (how{conn: w.conns[b.role], generic: generic}).plans(t, b) {
					out = append(out, seen{v, p})
				}
			}
		}
	}
	return out
}

func TestPlansOfPages(t *testing.T) {
	t.Parallel()
	small, large := newWorld(t, few), newWorld(t, many)
	before, after := small.look(t, small.visits(t)), large.look(t, large.visits(t))
	if len(after) < 1000 {
		t.Fatalf("%d plans only: the pages are not looked at", len(after))
	}
	blocks, rows := 0, 0
	for _, s := range after {
		for _, fault := range large.faults(s.plan) {
			if !s.staff() || scansWork(fault) {
				t.Errorf("%s\n  %s", s, fault)
			}
		}
		if s.staff() {
			continue
		}
		most := plainRows
		blockLimit := mostBlocks
		if s.filtered {
			most, blockLimit = filteredRows, 2*mostBlocks
		}
		if s.plan.name() == "Search" { // reads the words of all tickets that the person sees, once
			most += allTickets
		}
		switch {
		case strings.Contains(s.path, "group="):
			most, blockLimit = most+1000, groupBlocks
		case strings.Contains(s.path, "board?"), strings.Contains(s.path, "label="):
			most, blockLimit = most*eachLane, blockLimit*eachLane
		}
		if n := large.rows(s.plan); n > most {
			t.Errorf("%s\n  looks at %d rows of the organization, %d at most", s, n, most)
		}
		if n := s.blocks(); n > blockLimit {
			t.Errorf("%s\n  looks at %d blocks, %d at most", s, n, blockLimit)
		}
		blocks, rows = max(blocks, s.blocks()), max(rows, large.rows(s.plan))
	}
	t.Logf("%d plans; the largest looks at %d blocks, and at %d rows", len(after), blocks, rows)
	cheap(t, large, before, after)
}

// scansWork says whether a fault is that all of the work of all organizations is read, which no page of staff needs.
func scansWork(fault string) bool {
	return slices.Contains([]string{"reads all of tickets", "reads all of comments", "reads all of events", "reads all of memberships"}, fault)
}

// cheap says what costs more because there are ten times as many other organizations. An index may have a level more.
func cheap(t *testing.T, large *world, before, after []seen) {
	t.Helper()
	if len(before) != len(after) {
		t.Fatalf("%d queries with few organizations, %d with many", len(before), len(after))
	}
	for i, s := range after {
		was := before[i]
		if was.name() != s.name() {
			t.Fatalf("another query with many organizations: %s; with few: %s", s, was)
		}
		if s.filtered || s.staff() {
			continue // bounded by the project, whichever of its indexes is used
		}
		if a, b := large.rows(was.plan), large.rows(s.plan); b > a+a/2+100 {
			t.Errorf("%s\n  looks at %d rows with %d other organizations, and at %d with %d", s, a, few, b, many)
		}
		if a, b := was.blocks(), s.blocks(); b > 2*a+200 {
			t.Errorf("%s\n  looks at %d blocks with %d other organizations, and at %d with %d", s, a, few, b, many)
		}
	}
}
