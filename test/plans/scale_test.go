package plans

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/scope"
)

//go:embed testdata/scale.sql
var scaleSQL string

// grow gives an organization the project SCALE with so many tickets. What is loaded is right by itself, so that foreign
// keys need not be asked.
func (w *world) grow(t *testing.T, o scope.Scope, tickets int) {
	t.Helper()
	quoted := func(id uuid.UUID) string { return "'" + id.String() + "'::uuid" }
	w.run(t, "set session_replication_role = replica")
	w.run(t, strings.NewReplacer(":tenant", quoted(o.TenantID), ":owner", quoted(o.Person.ID), ":tickets", fmt.Sprint(tickets)).Replace(scaleSQL))
	w.run(t, "set session_replication_role = origin")
	w.run(t, "vacuum analyze")
	w.readTables(t)
}

// page is one that is asked for in organizations of any size.
type page struct {
	name, path string
}

// plainPages are what people look at all day: their cost must not grow with the tickets there are.
func plainPages(org string, tickets int) []page {
	in := "/orgs/" + org
	project := in + "/projects/SCALE"
	return []page{
		{"dashboard", in},
		{"projects", in + "/projects"},
		{"my-work", in + "/tickets"},
		{"inbox", in + "/inbox"},
		{"project", project},
		{"list", project + "/tickets"},
		{"list-half-way", project + fmt.Sprintf("/tickets?after=-number.0.%d", tickets/2)},
		{"list-by-update", project + "/tickets?sort=-updated"},
		{"list-by-priority", project + "/tickets?sort=-priority"},
		{"list-by-due", project + "/tickets?sort=due"},
		{"list-by-title", project + "/tickets?sort=title"},
		{"list-far-by-due", project + fmt.Sprintf("/tickets?sort=due&after=due.2932896.%d", tickets/2)}, // among those without a date
		{"list-far-by-title", project + "/tickets?sort=title&after=title." + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "Ticket %d", tickets/2)) + "." + fmt.Sprint(tickets/2)},
		{"board", project + "/board"},
		{"ticket", project + fmt.Sprintf("/tickets/%d", tickets/2)},
		{"new-ticket", project + "/tickets/new"},
	}
}

// filteredPages have to look for what they show.
func filteredPages(org string) []page {
	project := "/orgs/" + org + "/projects/SCALE"
	return []page{
		{"list-todo", project + "/tickets?status=todo"},
		{"list-mine", project + "/tickets?assignee=me"},
		{"list-nobodys", project + "/tickets?assignee=nobody&status=todo"},
		{"list-urgent", project + "/tickets?priority=urgent"},
		{"list-late", project + "/tickets?due=late"},
		{"list-text", project + "/tickets?q=lighthouse"},
		{"board-mine", project + "/board?assignee=me"},
	}
}

// With 50,000 tickets in one of the organizations, no page reads more of a table than what it shows, and one with a filter
// no more than its project.
func TestPlansAtScale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, few)
	w.grow(t, w.acme, 50_000)
	var visits []visit
	for _, p := range plainPages("acme", 50_000) {
		visits = append(visits, visit{dana, p.path, false})
	}
	for _, p := range filteredPages("acme") {
		visits = append(visits, visit{dana, p.path, true})
	}
	for _, s := range w.look(t, visits) {
		for _, fault := range w.faults(s.plan) {
			t.Errorf("%s\n  %s", s, fault)
		}
		if s.filtered { // may have to look at all of the project
			continue
		}
		if n := w.rows(s.plan); n > plainRows {
			t.Errorf("%s\n  looks at %d rows of the organization, %d at most", s, n, plainRows)
		}
		if n := s.blocks(); n > mostBlocks {
			t.Errorf("%s\n  looks at %d blocks, %d at most", s, n, mostBlocks)
		}
	}
}
