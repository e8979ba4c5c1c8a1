package handlers_test

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/views/ui/uitest"
)

// pageBudget is how large a signed-in page may be, compressed.
const pageBudget = 25 << 10

// Pages full of tickets hold to the pages' policy and to their size; an id is used once, and every field has a name.
func TestProjectPagesAreSound(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 400)
	a.project(t, "NEW", projects.ForMembers)
	b := a.SignIn(t, dana)
	b.Post("/orgs/acme/projects/WEB/tickets/1/comments", url.Values{"id": {uuid.NewString()}, "body": {"# Title\n\n- [ ] a task\n\n|a|\n|-|\n|b|"}})
	for _, path := range []string{
		"", "/tickets", "/projects", "/projects?archived=1", "/projects/new", "/projects/WEB", "/projects/WEB/tickets", "/projects/WEB/tickets?q=zzz",
		"/projects/WEB/tickets?status=todo&assignee=me&sort=-updated", "/projects/WEB/tickets?group=status&column=created&column=estimate", "/projects/WEB/tickets?group=label&due=none", "/projects/WEB/board", "/projects/WEB/board?q=1", "/projects/WEB/settings",
		"/projects/WEB/tickets/new", "/projects/WEB/tickets/1", "/projects/WEB/tickets/1?show=history", "/projects/WEB/tickets/1/edit",
		"/projects/NEW", "/projects/NEW/tickets", "/projects/NEW/board", "/projects/NEW/tickets/new",
	} {
		page := b.Get("/orgs/acme" + path).Want(200)
		for _, problem := range uitest.Problems(page.Body) {
			t.Errorf("%s: %s", path, problem)
		}
		if size := compressed(t, page.Body); size > pageBudget {
			t.Errorf("%s is %d bytes compressed, budget %d", path, size, pageBudget)
		} else {
			t.Logf("%s is %d bytes compressed", path, size)
		}
	}
	form := b.Get("/orgs/acme/projects/WEB/tickets/new")
	for _, problem := range uitest.Problems(form.Submit("/orgs/acme/projects/WEB/tickets", "title", "", "status", "x").Want(422).Body) {
		t.Errorf("a form with errors: %s", problem)
	}
}

func compressed(t *testing.T, body string) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
