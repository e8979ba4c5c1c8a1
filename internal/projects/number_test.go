package projects_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
)

func TestNumbersUnderParallelCreates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.project(h.owner, "WEB", projects.ForOrganization)
	const writers, each = 30, 4
	numbers := make(chan int, writers*each)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				if i == 1 { // a failure in between leaves no gap
					_, err := h.CreateTicket(h.ctx(), h.owner, key, projects.NewTicket{ID: newID(), Title: "x", Assignee: h.foreigner.Person.ID})
					if !fault.Is(err, fault.Invalid) {
						t.Errorf("a ticket for a foreigner: %v", err)
					}
				}
				n, err := h.CreateTicket(h.ctx(), h.member, key, projects.NewTicket{ID: newID(), Title: fmt.Sprintf("ticket %d of %d", i, w)})
				if err != nil {
					t.Error(err)
					return
				}
				numbers <- n
			}
		})
	}
	all.Wait()
	close(numbers)
	var got []int
	for n := range numbers {
		got = append(got, n)
	}
	slices.Sort(got)
	for i, n := range got {
		if n != i+1 {
			t.Fatalf("number %d stands at place %d: %v", n, i+1, got)
		}
	}
	if len(got) != writers*each {
		t.Errorf("%d numbers, want %d", len(got), writers*each)
	}
	h.countsAreRight()
}

func TestNumbersOfProjectsAreTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, key := range []string{"WEB", "OPS"} {
		h.project(h.owner, key, projects.ForOrganization)
		for want := 1; want <= 3; want++ {
			if got := h.ticket(h.member, key, "A ticket"); got != want {
				t.Errorf("%s-%d, want %d", key, got, want)
			}
		}
	}
}

func TestDoubleSubmits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const clicks = 8
	project := projects.NewProject{ID: newID(), Name: "Website", Key: "WEB"}
	ticket := projects.NewTicket{ID: newID(), Title: "Once"}
	comment := projects.CommentForm{ID: newID(), Body: "Once"}
	click(t, clicks, func() (string, error) { return h.Create(h.ctx(), h.owner, project) })
	click(t, clicks, func() (string, error) {
		n, err := h.CreateTicket(h.ctx(), h.owner, "WEB", ticket)
		return fmt.Sprint(n), err
	})
	click(t, clicks, func() (string, error) { return "", h.AddComment(h.ctx(), h.owner, "WEB", 1, comment) })

	if got := h.ticket(h.owner, "WEB", "Next"); got != 2 {
		t.Errorf("the ticket after a double submit is number %d", got)
	}
	if got, want := h.events(), "project.created ticket.created ticket.commented ticket.created"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if got := h.one(`select comments from tickets where number = 1`); got != "1" {
		t.Errorf("%s comments are counted", got)
	}
	h.countsAreRight()

	_, err := h.CreateTicket(h.ctx(), h.owner, "WEB", projects.NewTicket{Title: "Without an id"})
	h.is(err, fault.Invalid)
	_, err = h.Create(h.ctx(), h.owner, projects.NewProject{Name: "Without an id"})
	h.is(err, fault.Invalid)
	h.is(h.AddComment(h.ctx(), h.owner, "WEB", 1, projects.CommentForm{Body: "Without an id"}), fault.Invalid)
}

// A form's id is not a way to somebody else's thing.
func TestDoubleSubmitOfSomebodyElsesForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "OPS", projects.ForOrganization)
	form := projects.NewTicket{ID: newID(), Title: "Mine"}
	_, err := h.CreateTicket(h.ctx(), h.owner, "WEB", form)
	h.no(err)
	_, err = h.CreateTicket(h.ctx(), h.member, "WEB", form)
	h.is(err, fault.NotFound)
	_, err = h.CreateTicket(h.ctx(), h.owner, "OPS", form)
	h.is(err, fault.NotFound)
	if got := h.one(`select string_agg(last_number::text, ',' order by last_number) from ticket_counters`); got != "0,1" {
		t.Errorf("counters are at %s", got)
	}
	id := uuid.MustParse(h.one(`select id from projects where key = 'WEB'`))
	_, err = h.Create(h.ctx(), h.member, projects.NewProject{ID: id, Name: "Taken over", Key: "MINE"})
	h.wrong(err, "key")
}

// click sends the same form several times at once; all must be told the same.
func click(t *testing.T, times int, send func() (string, error)) {
	t.Helper()
	answers := make([]string, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() {
			var err error
			if answers[i], err = send(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
}
