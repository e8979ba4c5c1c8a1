package projects_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
)

// countsAreRight compares the kept counts with the tickets, by a way of its own.
func (h *house) countsAreRight() {
	h.t.Helper()
	for what, sql := range map[string]string{
		"status": `select count(*) from (
			select project_id, status, tickets::bigint from ticket_counts where tickets <> 0
			except select project_id, status, count(*) from tickets group by 1, 2) x`,
		"status, the other way": `select count(*) from (
			select project_id, status, count(*) from tickets group by 1, 2
			except select project_id, status, tickets::bigint from ticket_counts) x`,
		"opened": `select count(*) from (
			select d.project_id, d.day, d.opened::bigint from ticket_days d where d.opened <> 0
			except select t.project_id, (t.created_at at time zone n.time_zone)::date, count(*)
			from tickets t join tenants n on n.id = t.tenant_id group by 1, 2) x`,
		"closed": `select count(*) from (
			select d.project_id, d.day, d.closed::bigint from ticket_days d where d.closed <> 0
			except select t.project_id, (t.closed_at at time zone n.time_zone)::date, count(*)
			from tickets t join tenants n on n.id = t.tenant_id where t.closed_at is not null group by 1, 2) x`,
		"days missing": `select count(*) from tickets t join tenants n on n.id = t.tenant_id where not exists (
			select from ticket_days d where d.project_id = t.project_id and d.day = (t.created_at at time zone n.time_zone)::date and d.opened > 0)`,
		"closed_at":    `select count(*) from tickets where (status = 'done') <> (closed_at is not null)`,
		"comments":     `select count(*) from tickets t where t.comments <> (select count(*) from comments c where c.ticket_id = t.id and c.deleted_at is null)`,
		"below nought": `select count(*) from ticket_days where opened < 0 or closed < 0`,
	} {
		if got := h.one(sql); got != "0" {
			h.t.Errorf("%s: %s counts are wrong", what, got)
		}
	}
}

func TestCountsAfterRandomOperations(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`update tenants set time_zone = 'Pacific/Kiritimati' where id = $1`, h.owner.TenantID) // UTC+14
	clock := &steps{at: time.Date(2026, 3, 28, 9, 50, 0, 0, time.UTC)}
	h.Now = clock.now
	keys := []string{"WEB", "OPS"}
	for _, key := range keys {
		h.project(h.owner, key, projects.ForOrganization)
		for range 3 {
			h.ticket(h.owner, key, "Of the first")
		}
	}
	var all sync.WaitGroup
	for writer := range 6 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(writer), 7))
			for range 40 {
				if err := h.anything(r, keys[r.IntN(len(keys))], []scope.Scope{h.owner, h.member}[r.IntN(2)]); err != nil {
					t.Errorf("seed %d: %v", writer, err)
				}
			}
		})
	}
	all.Wait()
	h.countsAreRight()
	for _, id := range []string{"WEB", "OPS"} {
		mended, err := h.RecountProject(h.ctx(), scope.System(h.owner.TenantID), h.projectID(id), kiritimati(t))
		h.no(err)
		if mended {
			t.Errorf("a recount finds something to mend in %s", id)
		}
	}
}

// anything does one of the operations that change counts.
func (h *house) anything(r *rand.Rand, key string, s scope.Scope) error {
	status := projects.DefaultStatuses()[r.IntN(4)].Slug
	switch r.IntN(5) {
	case 0, 1:
		_, err := h.CreateTicket(h.ctx(), s, key, projects.NewTicket{ID: newID(), Title: "Another", Status: string(status)})
		return err
	case 2:
		return h.AddComment(h.ctx(), s, key, 1, projects.CommentForm{ID: newID(), Body: "Said"})
	default:
		return h.SetTicketStatus(h.ctx(), s, key, 1+r.IntN(3), status)
	}
}

func TestRecountMends(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "OPS", projects.ForMembers)
	for range 5 {
		h.no(h.SetTicketStatus(h.ctx(), h.owner, "WEB", h.ticket(h.owner, "WEB", "A ticket"), projects.Done))
	}
	h.exec(`update ticket_counts set tickets = tickets + 3 where status in ('done', 'todo')`)
	h.exec(`update ticket_days set closed = 99`)
	h.exec(`update tickets set files = 9 where number = 1`)
	h.exec(`insert into ticket_days (tenant_id, project_id, day, opened) select tenant_id, id, '2020-02-02', 7 from projects`)
	worker := *h.Projects
	worker.DB = h.database.AsWorker(t)
	h.no(worker.Recount(h.ctx(), scope.System(h.owner.TenantID), uuid.Nil, uuid.Nil))
	h.countsAreRight()
	var files int
	h.no(h.super.QueryRow(h.ctx(), `select sum(files) from tickets`).Scan(&files))
	if files != 0 {
		t.Errorf("tickets without files say they have %d", files)
	}
	mended, err := worker.RecountProject(h.ctx(), scope.System(h.owner.TenantID), h.projectID("WEB"), time.UTC)
	h.no(err)
	if mended {
		t.Error("the second recount finds something to mend")
	}
}

func TestRecountWhileTicketsMove(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for range 4 {
		h.ticket(h.owner, "WEB", "A ticket")
	}
	var all sync.WaitGroup
	for writer := range 4 {
		all.Go(func() {
			for i := range 30 {
				if err := h.SetTicketStatus(h.ctx(), h.member, "WEB", writer+1, projects.DefaultStatuses()[(i+writer)%4].Slug); err != nil {
					t.Error(err)
				}
			}
		})
	}
	moved := make(chan struct{})
	go func() { all.Wait(); close(moved) }()
	for recounts := 0; ; recounts++ {
		mended, err := h.RecountProject(h.ctx(), scope.System(h.owner.TenantID), h.projectID("WEB"), time.UTC)
		if err != nil || mended {
			t.Fatalf("recount %d mended %v: %v", recounts, mended, err)
		}
		select {
		case <-moved:
			h.countsAreRight()
			return
		default:
		}
	}
}

// Every organization gets a recount of its own, once however often the night comes.
func TestRecountAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	worker := *h.Projects
	worker.DB = h.database.AsWorker(t)
	for range 2 {
		h.no(worker.RecountAll(h.ctx(), uuid.Nil))
	}
	waiting := `select string_agg(distinct args ->> 'tenant_id', ' ' order by args ->> 'tenant_id') || ' ' || count(*) from river.river_job where kind = 'recount_tickets'`
	if got, want := h.one(waiting), h.one(`select string_agg(id::text, ' ' order by id::text) || ' 2' from tenants`); got != want {
		t.Errorf("jobs for %s, want %s", got, want)
	}
}

// Reopening takes the closing back on the day it was, also when the organization's day is not UTC's.
func TestDaysAreThoseOfTheOrganization(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`update tenants set time_zone = 'America/Los_Angeles' where id = $1`, h.owner.TenantID)
	clock := &steps{at: time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)} // still the last of February there
	h.Now = clock.still
	h.project(h.owner, "WEB", projects.ForOrganization)
	n := h.ticket(h.owner, "WEB", "Late in the evening")
	h.no(h.SetTicketStatus(h.ctx(), h.owner, "WEB", n, projects.Done))
	days := `select string_agg(day || ' ' || opened || ' ' || closed, ', ' order by day) from ticket_days`
	if got := h.one(days); got != "2026-02-28 1 1" {
		t.Errorf("days %s", got)
	}
	clock.at = clock.at.Add(72 * time.Hour)
	h.no(h.SetTicketStatus(h.ctx(), h.owner, "WEB", n, projects.InProgress))
	if got := h.one(days); got != "2026-02-28 1 0" {
		t.Errorf("days after reopening %s", got)
	}
	board, err := h.Dashboard(h.ctx(), h.owner)
	h.no(err)
	if got := board.Days[len(board.Days)-1].Day.Format(time.DateOnly); got != "2026-03-03" {
		t.Errorf("the chart ends on %s", got)
	}
	if got := board.Days[len(board.Days)-4]; got.Day.Format(time.DateOnly) != "2026-02-28" || got.Opened != 1 || got.Closed != 0 {
		t.Errorf("the day of the ticket is %+v", got)
	}
	h.countsAreRight()
}

func (h *house) projectID(key string) uuid.UUID {
	h.t.Helper()
	return uuid.MustParse(h.one(`select id from projects where key = $1 and tenant_id = $2`, key, h.owner.TenantID))
}

func kiritimati(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Pacific/Kiritimati")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// steps is a clock that goes on a few minutes each time it is asked, over midnight and over weeks.
type steps struct {
	mu sync.Mutex
	at time.Time
}

func (c *steps) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(17 * time.Minute)
	return c.at
}

func (c *steps) still() time.Time { return c.at }
