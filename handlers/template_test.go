package handlers_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/projects"
)

// A project begins with the statuses and labels of a template, or with those of another project that one sees.
func TestProjectsFromTemplates(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Give(t, a.owner, "team")
	b := a.SignIn(t, dana)
	form := func() url.Values { return b.Get("/orgs/acme/projects/new").Want(200).Form("/orgs/acme/projects") }
	add := func(key, template string) url.Values {
		v := form()
		v.Set("name", "Project "+key)
		v.Set("key", key)
		v.Set("template", template)
		return v
	}
	b.Post("/orgs/acme/projects", add("ODD", "nonsense")).Want(422).Says("Choose from the list.")
	b.Post("/orgs/acme/projects", add("ODD", "copy:NONE")).Want(422).Says("Choose from the list.")
	b.Post("/orgs/acme/projects", add("SUP", "support")).Want(200).At("/orgs/acme/projects/SUP").Says("Waiting for an answer", "Closed unsolved")
	b.Get("/orgs/acme/projects/SUP/settings/labels").Want(200).Says("Incident", "Question", "Request")
	if err := a.App.Projects.AddStatus(t.Context(), a.owner, "SUP", projects.StatusForm{Name: "Escalated", Kind: projects.KindProgress, Limit: "3"}); err != nil {
		t.Fatal(err)
	}
	b.Get("/orgs/acme/projects/new").Want(200).Says("As Project SUP has it")
	b.Post("/orgs/acme/projects", add("TWO", "copy:SUP")).Want(200).At("/orgs/acme/projects/TWO").Says("Escalated", "Solved")
	b.Get("/orgs/acme/projects/TWO/settings/statuses").Want(200).Says("at most 3 wanted")
	b.Get("/orgs/acme/projects/TWO/settings/labels").Want(200).Says("Incident")
	for i, name := range projects.Templates() {
		_, err := a.App.Projects.Create(t.Context(), a.owner, projects.NewProject{ID: uuid.Must(uuid.NewV7()), Name: "One", Key: fmt.Sprintf("T%d", i), Template: name})
		if err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}

	// What one does not see cannot be copied.
	a.project(t, "SEC", projects.ForMembers)
	jun := a.SignIn(t, "jun@example.com")
	jun.Post("/orgs/acme/projects", url.Values{"id": {uuid.NewString()}, "name": {"Mine"}, "key": {"MINE"}, "template": {"copy:SEC"}}).Want(422).Says("Choose from the list.")
}
