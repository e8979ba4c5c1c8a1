package projects_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
)

// operation is one way to a project's data; it works on WEB-1 and the comment in it.
type operation struct {
	name  string
	reads bool
	// manages is asked of those who may change the project itself.
	manages bool
	do      func(h *house, s scope.Scope, key string) error
}

func operations(comment, somebody uuid.UUID) []operation {
	return []operation{
		{"project", true, false, func(h *house, s scope.Scope, k string) error { _, err := h.Project(h.ctx(), s, k); return err }},
		{"list", true, false, func(h *house, s scope.Scope, k string) error {
			_, err := h.Tickets(h.ctx(), s, k, projects.ListQuery{})
			return err
		}},
		{"board", true, false, func(h *house, s scope.Scope, k string) error {
			_, err := h.Board(h.ctx(), s, k, projects.Filter{})
			return err
		}},
		{"card", true, false, func(h *house, s scope.Scope, k string) error { _, err := h.Card(h.ctx(), s, k, 1); return err }},
		{"ticket", true, false, func(h *house, s scope.Scope, k string) error {
			_, err := h.TicketPage(h.ctx(), s, k, 1, "")
			return err
		}},
		{"form for a ticket", true, false, func(h *house, s scope.Scope, k string) error { _, err := h.NewPage(h.ctx(), s, k); return err }},
		{"form to edit", true, false, func(h *house, s scope.Scope, k string) error { _, err := h.EditPage(h.ctx(), s, k, 1); return err }},
		{"dashboard", true, false, func(h *house, s scope.Scope, k string) error { _, err := h.ProjectDashboard(h.ctx(), s, k); return err }},
		{"settings", true, true, func(h *house, s scope.Scope, k string) error { _, err := h.Settings(h.ctx(), s, k); return err }},
		{"create ticket", false, false, func(h *house, s scope.Scope, k string) error {
			_, err := h.CreateTicket(h.ctx(), s, k, projects.NewTicket{ID: newID(), Title: "New"})
			return err
		}},
		{"edit ticket", false, false, func(h *house, s scope.Scope, k string) error {
			return h.EditTicket(h.ctx(), s, k, 1, projects.EditForm{Title: "Edited " + newID().String(), Revision: h.revision(k)})
		}},
		{"status", false, false, func(h *house, s scope.Scope, k string) error {
			next := projects.Done
			if h.status(k) == string(projects.Done) {
				next = projects.Todo
			}
			return h.SetTicketStatus(h.ctx(), s, k, 1, next)
		}},
		{"assignee", false, false, func(h *house, s scope.Scope, k string) error {
			if h.assigned(k) {
				return h.SetTicketAssignee(h.ctx(), s, k, 1, uuid.Nil)
			}
			return h.SetTicketAssignee(h.ctx(), s, k, 1, h.owner.Person.ID)
		}},
		{"priority", false, false, func(h *house, s scope.Scope, k string) error {
			name := "urgent"
			if h.one(`select priority from tickets where number = 1 and project_id = $1`, h.projectID(k)) == "4" {
				name = "low"
			}
			return h.SetTicketPriority(h.ctx(), s, k, 1, name)
		}},
		{"comment", false, false, func(h *house, s scope.Scope, k string) error {
			return h.AddComment(h.ctx(), s, k, 1, projects.CommentForm{ID: newID(), Body: "Said"})
		}},
		{"edit project", false, true, func(h *house, s scope.Scope, k string) error {
			v := h.one(`select visibility from projects where id = $1`, h.projectID(k))
			revision, err := strconv.Atoi(h.one(`select revision::text from projects where id = $1`, h.projectID(k)))
			h.no(err)
			return h.Update(h.ctx(), s, k, projects.ProjectForm{Name: "P " + newID().String()[24:], Visibility: v, Hue: "plum", Revision: int32(revision)})
		}},
		{"archive", false, true, func(h *house, s scope.Scope, k string) error {
			if err := h.SetArchived(h.ctx(), s, k, true); err != nil {
				return err
			}
			return h.SetArchived(h.ctx(), s, k, false)
		}},
		{"add member", false, true, func(h *house, s scope.Scope, k string) error { return h.AddMember(h.ctx(), s, k, somebody) }},
		{"remove member", false, true, func(h *house, s scope.Scope, k string) error {
			if err := h.RemoveMember(h.ctx(), s, k, somebody); err != nil {
				return err
			}
			return h.AddMember(h.ctx(), s, k, somebody)
		}},
		{"own comment", true, false, func(h *house, s scope.Scope, k string) error {
			_, err := h.CommentPage(h.ctx(), s, k, 1, comment)
			return err
		}},
		{"edit comment", false, false, func(h *house, s scope.Scope, k string) error {
			return h.EditComment(h.ctx(), s, k, 1, projects.CommentForm{ID: comment, Body: "Changed " + newID().String()})
		}},
		{"delete comment", false, false, func(h *house, s scope.Scope, k string) error { return h.DeleteComment(h.ctx(), s, k, 1, comment) }},
	}
}

// ownComment marks the operations on a comment: whoever sees it without having written it is refused.
func (o operation) ownComment() bool {
	return o.name == "own comment" || o.name == "edit comment" || o.name == "delete comment"
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	comments := map[string]uuid.UUID{}
	for _, key := range []string{"WEB", "SEC"} {
		h.ticket(h.owner, key, "The first")
		comments[key] = newID()
		h.no(h.AddComment(h.ctx(), h.owner, key, 1, projects.CommentForm{ID: comments[key], Body: "By the owner"}))
	}
	somebody := h.join("Some Body", scope.Member)
	h.no(h.AddMember(h.ctx(), h.owner, "WEB", somebody.Person.ID))
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", somebody.Person.ID))
	left := h.join("Left Since", scope.Member)
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", left.Person.ID))
	h.no(h.tenants.Leave(h.ctx(), left))

	matrix := []struct {
		who      string
		s        scope.Scope
		web, sec bool
	}{
		{"owner", h.owner, true, true}, {"admin", h.admin, true, true}, {"member", h.member, true, false},
		{"guest", h.guest, false, false}, {"project member", somebody, true, true}, {"who has left", left, false, false},
		{"another organization's owner", h.foreigner, false, false},
		{"another organization's owner with this one's id", foreignWith(h.foreigner, h.owner.TenantID), false, false},
		{"nobody", scope.Scope{TenantID: h.owner.TenantID, Role: scope.Owner}, false, false},
	}
	for _, m := range matrix {
		for key, sees := range map[string]bool{"WEB": m.web, "SEC": m.sec} {
			for _, o := range operations(comments[key], somebody.Person.ID) {
				t.Run(fmt.Sprintf("%s/%s/%s", m.who, key, o.name), func(t *testing.T) { h.tries(t, o, m.s, key, sees) })
			}
		}
		h.lists(m.who, m.s, m.web, m.sec)
	}
	h.countsAreRight()
}

// tries does the operation and looks whether it was let through as it should, without a trace when it was not.
func (h *house) tries(t *testing.T, o operation, s scope.Scope, key string, sees bool) {
	before := h.fingerprint()
	err := o.do(h, s, key)
	after := h.fingerprint()
	manager := s.May(scope.ManageProjects)
	switch {
	case !sees:
		if !fault.Is(err, fault.NotFound) || fault.As(err).Public != "" {
			t.Errorf("answer %v, want the 404 of everything unknown", err)
		}
	case o.manages && !manager, o.ownComment() && s.Person.ID != h.owner.Person.ID:
		if !fault.Is(err, fault.Denied) {
			t.Errorf("answer %v, want a refusal", err)
		}
	default:
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		if !o.reads && o.name != "add member" && before == after {
			t.Error("nothing has changed")
		}
		if o.name == "delete comment" {
			h.exec(`update comments set deleted_at = null`)
			h.exec(`update tickets t set comments = (select count(*) from comments c where c.ticket_id = t.id)`)
		}
		return
	}
	if before != after {
		t.Error("a refused operation has changed something")
	}
}

// lists looks at the reads that go over all projects.
func (h *house) lists(who string, s scope.Scope, web, sec bool) {
	h.t.Helper()
	want := int64(0)
	for _, sees := range []bool{web, sec} {
		if sees {
			want++
		}
	}
	list, err := h.List(h.ctx(), s, false, projects.ListCursor{})
	h.no(err)
	if int64(len(list.Projects)) != want || list.Counts.Open != want {
		h.t.Errorf("%s lists %d projects and counts %d, want %d", who, len(list.Projects), list.Counts.Open, want)
	}
	board, err := h.Dashboard(h.ctx(), s)
	h.no(err)
	if int64(len(board.Projects)) != want {
		h.t.Errorf("%s sees %d projects on the dashboard, want %d", who, len(board.Projects), want)
	}
	opened := 0
	for _, d := range board.Days {
		opened += d.Opened
	}
	if (opened > 0) != (want > 0) || (len(board.Activity) > 0) != (want > 0) {
		h.t.Errorf("%s sees %d tickets opened and %d events", who, opened, len(board.Activity))
	}
	for _, e := range board.Activity {
		if e.ProjectKey == "SEC" && !sec || e.ProjectKey == "WEB" && !web {
			h.t.Errorf("%s reads of %s in the activity", who, e.ProjectKey)
		}
	}
}

// fingerprint changes with every row of project data and every event.
func (h *house) fingerprint() string {
	h.t.Helper()
	return h.one(`select md5(string_agg(x, '|' order by x)) from (
		select t::text as x from tickets t union all select c::text from comments c union all select p::text from projects p
		union all select m::text from project_members m union all select k::text from ticket_counts k
		union all select d::text from ticket_days d union all select n::text from ticket_counters n
		union all select e.id::text from events e) all_rows`)
}

func foreignWith(s scope.Scope, tenantID uuid.UUID) scope.Scope {
	s.TenantID = tenantID
	return s
}

func (h *house) revision(key string) int32 {
	h.t.Helper()
	var out int32
	err := h.super.QueryRow(h.ctx(), `select revision from tickets where number = 1 and project_id = $1`, h.projectID(key)).Scan(&out)
	h.no(err)
	return out
}

func (h *house) status(key string) string {
	h.t.Helper()
	return h.one(`select status from tickets where number = 1 and project_id = $1`, h.projectID(key))
}

func (h *house) assigned(key string) bool {
	h.t.Helper()
	return h.one(`select assignee_id is not null from tickets where number = 1 and project_id = $1`, h.projectID(key)) == "true"
}

// Who comes back after leaving has lost what they were added to before.
func TestComingBackOpensNoOldProject(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "SEC", projects.ForMembers)
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID))
	_, err := h.Project(h.ctx(), h.guest, "SEC")
	h.no(err)
	h.no(h.tenants.Leave(h.ctx(), h.guest))
	h.exec(`update memberships set left_at = null, joined_at = now() where user_id = $1`, h.guest.Person.ID)
	_, err = h.Project(h.ctx(), h.guest, "SEC")
	h.is(err, fault.NotFound)
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID))
	_, err = h.Project(h.ctx(), h.guest, "SEC")
	h.no(err)
}

// The role counts that the person has in this moment, not the one that the guard read a moment ago.
func TestAnOldScopeOpensNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "SEC", projects.ForMembers)
	h.exec(`update memberships set role = 'guest' where user_id = $1`, h.admin.Person.ID)
	_, err := h.Project(h.ctx(), h.admin, "SEC")
	h.is(err, fault.NotFound)
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", h.admin.Person.ID))
	h.is(h.SetArchived(h.ctx(), h.admin, "SEC", true), fault.Denied)
	_, err = h.Create(h.ctx(), h.admin, projects.NewProject{ID: newID(), Name: "Mine now", Key: "MINE"})
	h.is(err, fault.Denied)
}

func TestWhoMadeAProjectManagesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.member, "MINE", projects.ForMembers)
	h.no(h.AddMember(h.ctx(), h.member, "MINE", h.guest.Person.ID))
	h.no(h.SetArchived(h.ctx(), h.member, "MINE", true))
	h.no(h.SetArchived(h.ctx(), h.admin, "MINE", false))
	h.is(h.SetArchived(h.ctx(), h.guest, "MINE", true), fault.Denied)
	h.exec(`update memberships set role = 'guest' where user_id = $1`, h.member.Person.ID)
	h.is(h.SetArchived(h.ctx(), h.member, "MINE", true), fault.Denied)
}
