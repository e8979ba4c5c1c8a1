package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plinth/internal/projects"
)

// What a text names is a link only for who sees it, and who may not see the project is not told.
func TestNamesInTexts(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECRET", projects.ForMembers)
	a.ticket(t, a.owner, "WEB", "The first")
	a.ticket(t, a.owner, "SECRET", "Not for everybody")
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	body := "@jun park and `@Mira Okafor` see WEB-1, SECRET-1, WEB-99, xWEB-1 and [WEB-1](https://x.example), not @Jun Parker or a@Jun Park"
	page := b.Get(ticket+"/edit").Submit(ticket, "body", body).Want(200).At(ticket)
	text := piece(t, page.Body, "ticket-text")
	for _, want := range []string{`class="mention" href="/orgs/acme/projects/WEB/tickets?assignee=` + a.member.Person.ID.String(), `title="The first"`, `title="Not for everybody"`} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	if n := strings.Count(text, `class="ref"`); n != 2 {
		t.Errorf("%d tickets are named, want 2:\n%s", n, text)
	}
	if n := strings.Count(text, `class="mention"`); n != 1 {
		t.Errorf("%d people are named, want 1:\n%s", n, text)
	}
	jun.Get(ticket).Says("SECRET-1").Silent("Not for everybody")
	if n := count(t, a.Site, `select count(*) from mentions`); n != 1 {
		t.Errorf("%d mentions are kept", n)
	}
	jun.Get(ticket).Says("Watching 2")

	// Edits add and remove, comments have their own, and only who may see the project is told.
	secret := "/orgs/acme/projects/SECRET/tickets/1"
	b.Get(secret).Submit(secret+"/comments", "body", "@Jun Park and @Mira Okafor").Want(200)
	if n := count(t, a.Site, `select count(*) from mentions m join users u on u.id = m.user_id where m.comment_id is not null and u.name = 'Mira Okafor'`); n != 1 {
		t.Errorf("%d mentions of who sees all projects", n)
	}
	if n := count(t, a.Site, `select count(*) from mentions where comment_id is not null`); n != 1 {
		t.Errorf("%d mentions in a project that one of them does not see", n)
	}
	b.Get(ticket+"/edit").Submit(ticket, "body", "nobody").Want(200)
	if n := count(t, a.Site, `select count(*) from mentions where comment_id is null`); n != 0 {
		t.Errorf("%d mentions are left behind", n)
	}
}

func TestTickATask(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	page := b.Get(ticket+"/edit").Submit(ticket, "body", "```\n- [ ] code\n```\n\n1. [ ] one\n   - [x] two\n\n> - [ ] three").Want(200)
	revision := page.Form(ticket + "/tasks").Get("revision")
	page.Submit(ticket+"/tasks", "task", "3").Want(200).At(ticket).Says("Task 3 is done", "ticked a task")
	stale := b.HX(http.MethodPost, ticket+"/tasks", url.Values{"task": {"1"}, "revision": {revision}}).Want(200).Says("The text was changed since you read it.")
	fresh := b.Get(ticket)
	if got, want := piece(t, stale.Body, "ticket-text"), piece(t, fresh.Body, "ticket-text"); got != want {
		t.Errorf("the answer is\n%s\nthe page has\n%s", got, want)
	}
	now := fresh.Form(ticket + "/tasks").Get("revision")
	b.HX(http.MethodPost, ticket+"/tasks", url.Values{"task": {"2"}, "revision": {now}}).Want(200).Says("Task 2 is open again")
	b.HX(http.MethodPost, ticket+"/tasks", url.Values{"task": {"9"}, "revision": {now}}).Want(200).Says("changed since")
	if got := b.Get(ticket + "/edit").Form(ticket).Get("body"); got != "```\n- [ ] code\n```\n\n1. [ ] one\n   - [ ] two\n\n> - [x] three" {
		t.Errorf("the text is %q", got)
	}
}

// Without a script the preview is a page that keeps what was typed.
func TestPreview(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	base := "/orgs/acme/projects/WEB/"
	hostile := "**bold** WEB-1 <script>alert(1)</script>"
	b.HX(http.MethodPost, "/orgs/acme/projects/WEB/preview", url.Values{"body": {hostile}}).Want(200).Says("bold", "<script>alert(1)</script>").Silent("<html")
	b.Post("/orgs/acme/projects/WEB/preview", url.Values{"body": {strings.Repeat("x", projects.MaxBody+1)}}).Want(422)
	for page, action := range map[string]string{"tickets/new": "tickets", "tickets/1/edit": "tickets/1", "tickets/1": "tickets/1/comments"} {
		shown := b.Get(base+page).Submit(base+action, "title", "Typed", "body", hostile, "preview", "1").Want(200)
		if got := shown.Form(base + action).Get("body"); got != hostile || !strings.Contains(shown.Body, "<strong>bold</strong>") {
			t.Errorf("%s: the preview keeps %q", page, got)
		}
	}
	if n := count(t, a.Site, `select count(*) from tickets`) + count(t, a.Site, `select count(*) from comments`); n != 1 {
		t.Errorf("%d things, want the ticket alone: a preview has written", n)
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "SECRET", projects.ForMembers)
	a.ticket(t, a.owner, "WEB", "100% of it")
	a.ticket(t, a.owner, "SECRET", "Not for everybody")
	jun := a.SignIn(t, "jun@example.com")
	complete := "/orgs/acme/projects/WEB/complete?q="
	jun.Get(complete + "@oka").Want(200).Says("Mira Okafor").Silent("Jun")
	jun.Get(complete + "%23100%25").Want(200).Says("WEB-1")
	jun.Get(complete + "%23%25%25").Want(200).Silent("WEB-1")
	jun.Get(complete + "WEB-1").Want(200).Says("100% of it")
	jun.Get(complete + "SECRET-1").Want(404)
	jun.Get("/orgs/acme/projects/SECRET/complete?q=@").Want(404)
}
