package projects_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plinth/internal/projects"
)

// fill adds tickets of every kind to WEB: number i has status i mod 4, priority i mod 5, assignee i mod 3.
func (h *house) fill(n int) {
	h.t.Helper()
	h.exec(`insert into tickets (tenant_id, id, project_id, number, title, status, priority, rank, assignee_id, author_id, updated_at, closed_at)
		select $1, gen_random_uuid(), $2, i, 'Ticket ' || i || case when i % 10 = 0 then ' about 100%_sure' else '' end,
			(array['todo', 'progress', 'review', 'done'])[i % 4 + 1], i % 5, 'j' || lpad((4999999999 - i)::text, 10, '0'),
			case i % 3 when 0 then null when 1 then $3::uuid else $4::uuid end, $3,
			now() - ((i * 7919) % 97) * interval '1 hour', case when i % 4 = 3 then now() end
		from generate_series(1, $5) i`, h.owner.TenantID, h.projectID("WEB"), h.owner.Person.ID, h.member.Person.ID, n)
	h.exec(`update ticket_counters set last_number = $1`, n)
	// Every fourth has a day around today, every fifth an estimate, every sixth another author; each was written n-i hours ago.
	h.exec(`update tickets set due_on = case when number % 4 = 1 then current_date - 10 + number % 21 end, estimate = case when number % 5 = 0 then number % 8 end,
		author_id = case when number % 6 = 0 then $2::uuid else author_id end, created_at = now() - ($3 - number) * interval '1 hour' where tenant_id = $1`,
		h.owner.TenantID, h.member.Person.ID, n)
}

// label makes one and gives it to the tickets whose number is one more than a multiple of every.
func (h *house) label(name string, every int) string {
	h.t.Helper()
	id := newID()
	h.exec(`insert into labels (tenant_id, id, project_id, name, hue) values ($1, $2, $3, $4, 'moss')`, h.owner.TenantID, id, h.projectID("WEB"), name)
	h.exec(`insert into ticket_labels (tenant_id, ticket_id, label_id, number) select $1, id, $2, number from tickets where tenant_id = $1 and project_id = $4 and number % $3 = 1`,
		h.owner.TenantID, id, every, h.projectID("WEB"))
	return id.String()
}

func TestFilters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "OPS", projects.ForOrganization)
	h.fill(120)
	h.ticket(h.owner, "OPS", "Of another project")
	bug, idea := h.label("bug", 7), h.label("idea", 11)
	due := func(i int) int { // days from today; 99 is none
		if i%4 != 1 {
			return 99
		}
		return i%21 - 10
	}
	today := time.Now().UTC()
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	open := func(i int) bool { return i%4 != 3 }
	for query, want := range map[string]func(i int) bool{
		"":                             func(int) bool { return true },
		"status=todo":                  func(i int) bool { return i%4 == 0 },
		"status=todo&status=done":      func(i int) bool { return i%4 == 0 || i%4 == 3 },
		"status=todo&status=canceled":  func(i int) bool { return i%4 == 0 }, // one that the project has not
		"status=canceled":              func(int) bool { return false },
		"status=%3Cb%3E":               func(int) bool { return true }, // no slug at all is left out
		"assignee=me":                  func(i int) bool { return i%3 == 1 },
		"assignee=nobody":              func(i int) bool { return i%3 == 0 },
		"assignee=me'--":               func(int) bool { return true },
		"priority=urgent&priority=low": func(i int) bool { return i%5 == 4 || i%5 == 1 },
		"priority=none":                func(i int) bool { return i%5 == 0 },
		"q=ticket+12":                  func(i int) bool { return i == 12 || i == 120 },
		"q=100%25_":                    func(i int) bool { return i%10 == 0 },
		"q=%25":                        func(i int) bool { return i%10 == 0 }, // a sign, no wildcard
		"q=t_cket":                     func(int) bool { return false },
		"q=%5C":                        func(int) bool { return false },
		"q=%00%ff":                     func(int) bool { return true },
		"status=todo&assignee=nobody&priority=none&q=0": func(i int) bool {
			return i%4 == 0 && i%3 == 0 && i%5 == 0
		},
		"assignee=" + h.member.Person.ID.String(): func(i int) bool { return i%3 == 2 },
		"assignee=" + newID().String():            func(int) bool { return false },
		"label=" + bug:                            func(i int) bool { return i%7 == 1 },
		"label=" + bug + "&label=" + idea:         func(i int) bool { return i%7 == 1 || i%11 == 1 },
		"label=none":                              func(i int) bool { return i%7 != 1 && i%11 != 1 },
		"label=none&label=" + bug:                 func(i int) bool { return i%11 != 1 || i%7 == 1 },
		"due=late":                                func(i int) bool { return open(i) && due(i) < 0 },
		"due=week":                                func(i int) bool { return open(i) && due(i) < 7 },
		"due=none":                                func(i int) bool { return due(i) == 99 },
		"due=set":                                 func(i int) bool { return due(i) != 99 },
		"due-from=" + day(-2) + "&due-to=" + day(3): func(i int) bool { return due(i) >= -2 && due(i) <= 3 },
		"due-from=2026-13-01&due-to='":              func(int) bool { return true },
		"author=me":                                 func(i int) bool { return i%6 != 0 },
		"author=" + h.member.Person.ID.String():     func(i int) bool { return i%6 == 0 },
		"estimate=none":                             func(i int) bool { return i%5 != 0 },
		"created-to=" + day(-1): func(i int) bool {
			return time.Now().UTC().Add(-time.Duration(120-i) * time.Hour).Before(midnight(today))
		},
		"created-from=" + day(0): func(i int) bool {
			return !time.Now().UTC().Add(-time.Duration(120-i) * time.Hour).Before(midnight(today))
		},
		"updated-from=" + day(-90): func(int) bool { return true },
		"updated-from=" + day(2):   func(int) bool { return false },
	} {
		values, err := url.ParseQuery(query)
		h.no(err)
		var expected []int32
		for i := 120; i > 0; i-- {
			if want(i) {
				expected = append(expected, int32(i))
			}
		}
		got, count := h.walk(values, 99)
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
		if count != int64(len(expected)) {
			t.Errorf("%q counts %d, want %d", query, count, len(expected))
		}
	}
}

func midnight(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// walk follows the links to the next page and returns the numbers.
func (h *house) walk(values url.Values, most int) (numbers []int32, count int64) {
	h.t.Helper()
	values.Del("after")
	for range most {
		list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values))
		h.no(err)
		for _, row := range list.Tickets {
			numbers = append(numbers, row.Number)
		}
		count = list.Count
		if list.Next == "" {
			return numbers, count
		}
		values.Set("after", list.Next)
	}
	h.t.Fatalf("more than %d pages", most)
	return nil, 0
}

func TestSortsThereAndBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.fill(175)
	order := map[string]string{
		"number": "number", "updated": "updated_at, number", "priority": "priority, number", "created": "created_at, number",
		"due": "due_on nulls last, number", "title": `title collate "und-x-icu", number`,
	}
	for _, by := range projects.Sorts() {
		for _, reverse := range []bool{false, true} {
			name := by
			if reverse {
				name = "-" + by
			}
			var want []int32
			rows, err := h.super.Query(h.ctx(), `select number from tickets order by `+order[by])
			h.no(err)
			for rows.Next() {
				var n int32
				h.no(rows.Scan(&n))
				want = append(want, n)
			}
			if rising := by == "due" || by == "title"; reverse == rising {
				slices.Reverse(want)
			}
			var pages [][]int32
			values := url.Values{"sort": {name}}
			list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values))
			h.no(err)
			if list.Previous != "" {
				t.Errorf("%s: the first page has one before it", name)
			}
			for list.Next != "" {
				pages = append(pages, numbersOf(list))
				list, err = h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(url.Values{"sort": {name}, "after": {list.Next}}))
				h.no(err)
			}
			pages = append(pages, numbersOf(list))
			if diff := cmp.Diff(want, slices.Concat(pages...)); diff != "" {
				t.Errorf("%s forwards: %s", name, diff)
			}
			for i := len(pages) - 2; i >= 0; i-- {
				list, err = h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(url.Values{"sort": {name}, "before": {list.Previous}}))
				h.no(err)
				if diff := cmp.Diff(pages[i], numbersOf(list)); diff != "" {
					t.Errorf("%s backwards: %s", name, diff)
				}
			}
			if list.Previous != "" || list.Next == "" {
				t.Errorf("%s: back on the first page, previous %q, next %q", name, list.Previous, list.Next)
			}
		}
	}
}

func numbersOf(list projects.TicketList) []int32 {
	var out []int32
	for _, row := range list.Tickets {
		out = append(out, row.Number)
	}
	return out
}

// A ticket that does not change meanwhile is seen exactly once, whatever is added and changed between two pages.
func TestPagingWhileTicketsChange(t *testing.T) {
	t.Parallel()
	var sorts []string
	for _, by := range projects.Sorts() {
		sorts = append(sorts, by, "-"+by)
	}
	for _, sort := range sorts {
		t.Run(sort, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.project(h.owner, "WEB", projects.ForOrganization)
			h.fill(230)
			r := rand.New(rand.NewPCG(1, 2))
			seen, touched := map[int32]int{}, map[int32]bool{}
			values := url.Values{"sort": {sort}}
			for {
				list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values))
				h.no(err)
				for _, row := range list.Tickets {
					seen[row.Number]++
				}
				if list.Next == "" {
					break
				}
				values.Set("after", list.Next)
				h.ticket(h.member, "WEB", "Added meanwhile")
				for range 5 {
					n := 1 + r.IntN(230)
					touched[int32(n)] = true
					h.no(h.SetTicketPriority(h.ctx(), h.member, "WEB", n, []string{"none", "urgent"}[r.IntN(2)]))
					h.exec(`update tickets set due_on = current_date + $2::integer, title = md5($3) where tenant_id = $1 and number = $4`, h.owner.TenantID, r.IntN(30), fmt.Sprint(n), n)
				}
				// The ticket the cursor names goes to another place.
				last := list.Tickets[len(list.Tickets)-1].Number
				touched[last] = true
				h.no(h.AddComment(h.ctx(), h.member, "WEB", int(last), projects.CommentForm{ID: newID(), Body: "x"}))
			}
			for n := int32(1); n <= 230; n++ {
				if !touched[n] && seen[n] != 1 {
					t.Errorf("ticket %d, which nobody changed, is seen %d times", n, seen[n])
				}
			}
		})
	}
}

func TestBadCursorsAreTheFirstPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.fill(60)
	first, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ListQuery{})
	h.no(err)
	for _, bad := range []string{
		"x", "..", "number.0.", "number.x.5", "updated.5.5", "-number.0.5", "number.0.99999999999", "number.0.5.6", "number.9223372036854775807.5",
	} {
		for _, where := range []string{"after", "before"} {
			list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(url.Values{where: {bad}}))
			h.no(err)
			if diff := cmp.Diff(first.Tickets, list.Tickets); diff != "" {
				t.Errorf("%s=%s is followed", where, bad)
			}
		}
	}
	for _, beyond := range []string{"priority.99999.1", "priority.-99999.1", "-priority.5.1", "-priority.9007199254740990.1"} {
		by, _, _ := strings.Cut(beyond, ".")
		list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ParseListQuery(url.Values{"sort": {by}, "after": {beyond}}))
		h.no(err)
		if len(list.Tickets) != 50 || list.Previous != "" {
			t.Errorf("%s is followed", beyond)
		}
	}
}

func TestCountStopsAtAThousand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.fill(1300)
	list, err := h.Tickets(h.ctx(), h.owner, "WEB", projects.ListQuery{Filter: projects.Filter{Text: "ticket"}})
	h.no(err)
	if list.Count != projects.CountCap+1 {
		t.Errorf("counted %d", list.Count)
	}
}

func TestQueryThereAndBack(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"", "q=a+b", "status=todo&status=done", "priority=low&priority=none", "assignee=me", "sort=-number", "sort=updated",
		"assignee=nobody&priority=urgent&q=%3Cb%3E&sort=-priority&status=review", "group=label&sort=-title", "column=none", "column=labels&column=estimate",
		"author=me&created-from=2026-01-02&due=late&due-to=2026-02-03&estimate=none&label=0198f0c0-0000-7000-8000-000000000001&label=none&sort=due&updated-to=2026-03-04",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := projects.ParseListQuery(values).Values().Encode(); got != query {
			t.Errorf("%q became %q", query, got)
		}
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.fill(300)
	h.exec(`update ticket_counts k set tickets = (select count(*) from tickets t where t.status = k.status)`)
	for query, want := range map[string]string{
		"":                          "todo 50 of 75, progress 50 of 75, review 50 of 75, done 12 of 75, ",
		"status=todo":               "todo 50 of 75, progress 50 of 75, review 50 of 75, done 12 of 75, ",
		"assignee=me":               "todo 25 of 25, progress 25 of 25, review 25 of 25, done 12 of 25, ",
		"assignee=me&priority=high": "todo 5 of 5, progress 5 of 5, review 5 of 5, done 5 of 5, ",
	} {
		values, err := url.ParseQuery(query)
		h.no(err)
		board, err := h.Board(h.ctx(), h.member, "WEB", projects.ParseListQuery(values).Filter)
		h.no(err)
		if query != "" && query != "status=todo" {
			board, err = h.Board(h.ctx(), h.owner, "WEB", projects.ParseListQuery(values).Filter)
			h.no(err)
		}
		got := ""
		for _, lane := range board.Lanes {
			got += fmt.Sprintf("%s %d of %d, ", lane.Slug, len(lane.Tickets), lane.Count)
			if lane.More() != lane.Count-int64(len(lane.Tickets)) {
				t.Errorf("%d more", lane.More())
			}
			if !slices.IsSortedFunc(lane.Tickets, func(a, b projects.Row) int { return int(b.Number) - int(a.Number) }) { // none was moved
				t.Errorf("%s is not in its order", lane.Slug)
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

func TestMine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	h.project(h.owner, "OLD", projects.ForOrganization)
	h.fill(300) // 100 are the member's, 75 of them open
	for _, key := range []string{"SEC", "OLD"} {
		n := h.ticket(h.owner, key, "Not to be seen")
		h.exec(`update tickets set assignee_id = $1 where number = $2 and project_id = $3`, h.member.Person.ID, n, h.projectID(key))
	}
	h.no(h.SetArchived(h.ctx(), h.owner, "OLD", true))

	first, err := h.Mine(h.ctx(), h.member, projects.MineQuery{})
	h.no(err)
	if len(first.Tickets) != 50 || first.Previous != "" || first.Count != 75 {
		t.Fatalf("%d tickets of %d, previous %q", len(first.Tickets), first.Count, first.Previous)
	}
	second, err := h.Mine(h.ctx(), h.member, projects.MineQuery{After: first.Next})
	h.no(err)
	if len(second.Tickets) != 25 || second.Next != "" {
		t.Errorf("%d tickets on the second page, next %q", len(second.Tickets), second.Next)
	}
	back, err := h.Mine(h.ctx(), h.member, projects.MineQuery{Before: second.Previous})
	h.no(err)
	back.Query = first.Query // where each was asked from
	if diff := cmp.Diff(first, back); diff != "" {
		t.Error(diff)
	}
	all := slices.Concat(first.Tickets, second.Tickets)
	if !slices.IsSortedFunc(all, func(a, b projects.Row) int { return int(b.Priority) - int(a.Priority) }) {
		t.Error("not sorted by priority")
	}
	for _, row := range all {
		if row.Project != "WEB" || row.Assignee != "Jun Park" || row.Status == "done" {
			t.Errorf("%s is listed: %+v", row.Key(), row)
		}
	}
	board, err := h.Dashboard(h.ctx(), h.member)
	h.no(err)
	if diff := cmp.Diff(first.Tickets[:10], board.Mine); diff != "" || board.MineCount != 75 {
		t.Errorf("the dashboard counts %d: %s", board.MineCount, diff)
	}
}
