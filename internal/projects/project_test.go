package projects_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
)

func TestKeyFrom(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Website": "WEB", "Spare parts": "SP", "2026 Spare parts": "SP", "Firmware of the motor board": "FOTMB",
		"a b c d e f g h": "ABCDEF", "Q": "", "": "", "日本語": "", "42": "", "Go": "GO", "x-ray": "XR", "  web ": "WEB",
	} {
		if got := projects.KeyFrom(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestProjectForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	for name, c := range map[string]struct {
		form  projects.NewProject
		field string
	}{
		"no name":         {projects.NewProject{}, "name"},
		"blank name":      {projects.NewProject{Name: " \t"}, "name"},
		"unseen name":     {projects.NewProject{Name: "\u200d\ufe0f\u00ad", Key: "OK"}, "name"},
		"long name":       {projects.NewProject{Name: strings.Repeat("ä", 61), Key: "OK"}, "name"},
		"two lines":       {projects.NewProject{Name: "a\nb", Key: "OK"}, "name"},
		"key taken":       {projects.NewProject{Name: "Website", Key: "WEB"}, "key"},
		"key taken, made": {projects.NewProject{Name: "Webshop"}, "key"},
		"short key":       {projects.NewProject{Name: "Shop", Key: "S"}, "key"},
		"long key":        {projects.NewProject{Name: "Shop", Key: "SHOPSHO"}, "key"},
		"digit first":     {projects.NewProject{Name: "Shop", Key: "1A"}, "key"},
		"hostile key":     {projects.NewProject{Name: "Shop", Key: "A'; --"}, "key"},
		"key from none":   {projects.NewProject{Name: "日本語"}, "key"},
		"visibility":      {projects.NewProject{Name: "Shop", Key: "SHOP", Visibility: "public"}, "visibility"},
		"hue":             {projects.NewProject{Name: "Shop", Key: "SHOP", Hue: "red"}, "hue"},
		"description":     {projects.NewProject{Name: "Shop", Key: "SHOP", Description: strings.Repeat("x", 2001)}, "description"},
	} {
		c.form.ID = newID()
		_, err := h.Create(h.ctx(), h.owner, c.form)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[c.field] == "" || len(f.Fields) != 1 {
			t.Errorf("%s: %v, want something about %s", name, err, c.field)
		}
	}
	if got := h.one(`select count(*) from projects`); got != "1" {
		t.Errorf("%s projects are there", got)
	}
	_, err := h.Create(h.ctx(), h.guest, projects.NewProject{ID: newID(), Name: "Shop"})
	h.is(err, fault.Denied)
	key, err := h.Create(h.ctx(), h.member, projects.NewProject{ID: newID(), Name: "  Spare parts ", Key: " spr "})
	h.no(err)
	_, err = h.Project(h.ctx(), h.guest, key)
	h.is(err, fault.NotFound)
	p, err := h.Project(h.ctx(), h.owner, key)
	h.no(err)
	if p.Key != "SPR" || p.Name != "Spare parts" || p.Visibility != "organization" || p.Creator != "Jun Park" || p.Hue == "" {
		t.Errorf("the project is %+v", p)
	}
}

func TestUpdateProject(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	form := projects.ProjectForm{Name: "Web shop", Description: "What we sell", Visibility: "members", Hue: "brick", Revision: 1}
	h.no(h.Update(h.ctx(), h.owner, "WEB", form))
	h.no(h.Update(h.ctx(), h.owner, "WEB", form)) // nothing new, nothing said
	if got, want := h.events(), "project.created project.changed"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	_, err := h.Project(h.ctx(), h.member, "WEB")
	h.is(err, fault.NotFound)
	form.Name = ""
	h.wrong(h.Update(h.ctx(), h.owner, "WEB", form), "name")
	h.is(h.Update(h.ctx(), h.member, "WEB", form), fault.NotFound) // the rights are asked before the form
}

func TestProjectMembers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "SEC", projects.ForMembers)
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID))
	h.no(h.AddMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID))
	h.wrong(h.AddMember(h.ctx(), h.owner, "SEC", h.foreigner.Person.ID), "user")
	h.wrong(h.AddMember(h.ctx(), h.owner, "SEC", uuid.Nil), "user")
	set, err := h.Settings(h.ctx(), h.owner, "SEC")
	h.no(err)
	if diff := cmp.Diff([]string{"Dana Whitfield", "Lukas Brandt"}, names(set.Members)); diff != "" {
		t.Error(diff)
	}
	if len(set.Candidates) != 2 {
		t.Errorf("candidates %+v", set.Candidates)
	}
	h.no(h.RemoveMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID))
	h.is(h.RemoveMember(h.ctx(), h.owner, "SEC", h.guest.Person.ID), fault.NotFound)
	_, err = h.Project(h.ctx(), h.guest, "SEC")
	h.is(err, fault.NotFound)
	if got, want := h.events(), "project.created project.member_added project.member_removed"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if got := h.one(`select count(*) from events where changes::text like '%Lukas%'`); got != "0" {
		t.Error("a name stands among the changes of an event")
	}
}

func names(members []projects.Member) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.Name)
	}
	return out
}

func TestPlanLimitsProjects(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.plan("") // Free: two projects
	h.project(h.owner, "ONE", projects.ForOrganization)
	second := projects.NewProject{ID: newID(), Name: "Second", Key: "TWO"}
	click(t, 4, func() (string, error) { return h.Create(h.ctx(), h.owner, second) }) // the last place, clicked four times
	_, err := h.Create(h.ctx(), h.owner, projects.NewProject{ID: newID(), Name: "Third", Key: "THREE"})
	h.is(err, fault.PaymentRequired)
	h.no(h.SetArchived(h.ctx(), h.owner, "ONE", true))
	_, err = h.Create(h.ctx(), h.owner, projects.NewProject{ID: newID(), Name: "Third", Key: "THREE"})
	h.is(err, fault.PaymentRequired) // what is put away still counts
	h.no(h.SetArchived(h.ctx(), h.owner, "ONE", false))
}

func TestArchivedProjectIsReadOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.ticket(h.owner, "WEB", "The first")
	comment := newID()
	h.no(h.AddComment(h.ctx(), h.owner, "WEB", 1, projects.CommentForm{ID: comment, Body: "Said"}))
	h.no(h.SetArchived(h.ctx(), h.owner, "WEB", true))
	h.no(h.AddMember(h.ctx(), h.owner, "WEB", h.guest.Person.ID))
	for _, o := range operations(comment, h.guest.Person.ID) {
		err := o.do(h, h.owner, "WEB")
		writes := !o.reads && !o.manages
		if writes && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s in an archived project: %v", o.name, err)
		}
		if !writes && err != nil {
			t.Errorf("%s in an archived project: %v", o.name, err)
		}
		if o.name == "archive" {
			h.no(h.SetArchived(h.ctx(), h.owner, "WEB", true))
		}
	}
	list, err := h.List(h.ctx(), h.owner, true, projects.ListCursor{})
	h.no(err)
	if len(list.Projects) != 1 || list.Counts.Archived != 1 || list.Counts.Open != 0 {
		t.Errorf("the list of archived projects is %+v", list)
	}
}

func TestListOfProjectsIsPaged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`insert into projects (tenant_id, id, key, name, visibility, created_by)
		select $1, gen_random_uuid(), 'P' || i, 'Same name', 'organization', $2 from generate_series(100, 219) i`,
		h.owner.TenantID, h.owner.Person.ID)
	seen := map[string]bool{}
	pages, after := 0, projects.ListCursor{}
	for {
		list, err := h.List(h.ctx(), h.member, false, after)
		h.no(err)
		pages++
		for _, p := range list.Projects {
			if seen[p.Key] {
				t.Errorf("%s is listed twice", p.Key)
			}
			seen[p.Key] = true
		}
		if list.Next == nil {
			break
		}
		after = *list.Next
	}
	if pages != 3 || len(seen) != 120 {
		t.Errorf("%d pages with %d projects", pages, len(seen))
	}
}

func TestReassign(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.project(h.owner, "WEB", projects.ForOrganization)
	h.project(h.owner, "SEC", projects.ForMembers)
	leaving := h.join("Leaving Soon", scope.Admin)
	h.exec(`insert into tickets (tenant_id, id, project_id, number, title, status, assignee_id, author_id)
		select $1, gen_random_uuid(), $2, i, 'Of many', 'todo', $3, $3 from generate_series(1, 700) i`,
		h.owner.TenantID, h.projectID("WEB"), leaving.Person.ID)
	secret := h.ticket(h.owner, "SEC", "Nobody else sees it")
	h.no(h.SetTicketAssignee(h.ctx(), h.owner, "SEC", secret, leaving.Person.ID))
	h.exec(`update tickets set status = 'done', closed_at = now() where number = 700`)

	worker := *h.Projects
	worker.DB = h.database.AsWorker(t)
	waiting := `select count(*) from river.river_job where kind = 'reassign_tickets'`
	run := func() {
		h.no(worker.Reassign(h.ctx(), scope.System(h.owner.TenantID), leaving.Person.ID, h.member.Person.ID, h.owner.Person.ID))
	}
	run()
	if got := h.one(waiting); got != "1" {
		t.Errorf("%s jobs go on after the first batch", got)
	}
	run()
	run() // a retry finds nothing to do
	if got := h.one(waiting); got != "1" {
		t.Errorf("%s jobs after the last batch", got)
	}
	for sql, want := range map[string]string{
		`select count(*) from tickets where assignee_id = '` + h.member.Person.ID.String() + `'`: "699",
		`select count(*) from tickets where assignee_id is null`:                                 "1",
		`select number from tickets where assignee_id = '` + leaving.Person.ID.String() + `'`:    "700",
		`select count(*) from events where action = 'tickets.reassigned'`:                        "2",
	} {
		if got := h.one(sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}
