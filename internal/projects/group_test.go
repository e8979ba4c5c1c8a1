package projects_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/projects"
)

// Groups have all that matches, each its own, in their order; behind the end of one its list goes on.
func TestGroups(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.fill(120)
	bug := h.label("bug", 7)
	h.exec(`update memberships set left_at = now() where user_id = $1`, h.member.Person.ID) // their tickets stay theirs
	for query, want := range map[string]string{
		"group=status":                      "todo 30 progress 30 review 30 done 30",
		"group=status&assignee=me":          "todo 10 progress 10 review 10 done 10",
		"group=priority":                    "urgent 24 high 24 medium 24 low 24 none 24",
		"group=priority&status=todo&q=t+12": "medium 1 none 1",
		"group=assignee":                    "Dana Whitfield 40 Jun Park 40 nobody 40",
		"group=label":                       "bug 18 none 102",
		"group=label&label=" + bug:          "bug 18",
		"group=status&q=no+such":            "",
	} {
		values, err := url.ParseQuery(query)
		h.no(err)
		q := projects.ParseListQuery(values)
		list, err := h.Tickets(h.ctx(), h.owner, "WEB", q)
		h.no(err)
		var got []string
		for _, g := range list.Groups {
			name := g.Name
			if name == "" || q.Group == projects.GroupStatus {
				name = g.Key
			}
			got = append(got, name, fmt.Sprint(g.Count))
			seen := map[int32]bool{}
			for _, row := range g.Tickets {
				seen[row.Number] = true
			}
			if g.Next != "" {
				rest, _ := h.walkFrom(q.Within(g))
				for _, n := range rest {
					if seen[n] {
						t.Errorf("%s: %d of %s is seen twice", query, n, name)
					}
					seen[n] = true
				}
			}
			if len(seen) != int(g.Count) {
				t.Errorf("%s: of %d in %s %d are seen", query, g.Count, name, len(seen))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// walkFrom follows the links from the place that values say.
func (h *house) walkFrom(values url.Values) (numbers []int32, count int64) {
	after := values.Get("after")
	list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values))
	h.no(err)
	if after == "" || list.Previous == "" {
		h.t.Fatalf("the cursor %q is not followed", after)
	}
	numbers = numbersOf(list)
	for list.Next != "" {
		values.Set("after", list.Next)
		list, err = h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values))
		h.no(err)
		numbers = append(numbers, numbersOf(list)...)
	}
	return numbers, list.Count
}
