package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

var commentIDs = regexp.MustCompile(`id="comment-([0-9a-f-]{36})"`)

// say adds a comment and is its address.
func say(t *testing.T, b *webtest.Browser, ticket, body string) string {
	t.Helper()
	page := b.Get(ticket).Submit(ticket+"/comments", "body", body).Want(200)
	all := commentIDs.FindAllStringSubmatch(page.Body, -1)
	return ticket + "/comments/" + all[len(all)-1][1]
}

func TestACommentInItsPlace(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	jun, dana := a.SignIn(t, "jun@example.com"), a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	first := say(t, jun, ticket, "First words\nsecond line")
	item := "comment-" + first[len(first)-36:]

	// Edited in its place, and the same as the page has it. A second window that began before is told.
	form := jun.HX(http.MethodGet, first+"/edit", nil).Want(200).Says("First words")
	if strings.Contains(form.Body, "<html") || !strings.Contains(form.Body, `hx-target="#`+item+`"`) {
		t.Errorf("the form is not a piece of the page: %.300s", form.Body)
	}
	other := jun.Clone().Get(first + "/edit").Want(200)
	answer := jun.HX(http.MethodPost, first, url.Values{"body": {"Better words"}, "revision": {"0"}}).Want(200).Says("The comment is saved.")
	if got, want := piece(t, answer.Body, item), piece(t, jun.Get(ticket).Body, item); got != want {
		t.Errorf("the answer is\n%s\nthe page has\n%s", got, want)
	}
	lost := other.Submit(first, "body", "Other words").Want(409).Says("changed while you wrote", "Better words", "Other words")
	piece := jun.HX(http.MethodPost, first, url.Values{"body": {"Third words"}, "revision": {"0"}}).Want(409).Says("Better words", "Third words")
	if !strings.Contains(piece.Body, `id="`+item+`"`) || !strings.Contains(piece.Body, `name="revision" value="1"`) {
		t.Errorf("the conflict is not shown in its place:\n%s", piece.Body)
	}
	lost.Submit(first).Want(200).At(ticket).Says("Other words", "edited", "The comment is saved.")
	jun.HX(http.MethodPost, first, url.Values{"body": {" "}, "revision": {"2"}}).Want(422).Says("Write something first.")
	if cancel := jun.HX(http.MethodGet, first, nil).Want(200).Says("Other words"); strings.Contains(cancel.Body, "<textarea") {
		t.Error("giving up leaves the form")
	}

	// Quoted, without a script by a link.
	quoted := dana.Get(ticket + "?quote=" + first[len(first)-36:]).Want(200).Form(ticket + "/comments")
	if got := quoted.Get("body"); got != "> Other words\n\n" {
		t.Errorf("the quote is %q", got)
	}
	dana.Get(ticket + "?quote=nothing").Want(200)

	// What others answered leaves its place when it is deleted; what nobody answered leaves nothing.
	second := say(t, dana, ticket, "> Other words\n\nIndeed")
	dana.Get(first + "/edit").Want(403)
	jun.HX(http.MethodPost, first+"/delete", nil).Want(200).Says("The comment is deleted.", "Undo", "A comment was deleted", "Restore the comment")
	dana.Get(ticket).Want(200).Says("A comment was deleted", "Indeed").Silent("Restore the comment", `hidden><span class="dot">`)
	dana.Get(first).Want(200).At(ticket) // the link leads to the place
	dana.Post(first+"/restore", nil).Want(403)
	jun.Get(ticket).Submit(first+"/restore").Want(200).At(ticket).Says("The comment is back.", "brought a comment back", "Other words")
	jun.Post(first+"/restore", nil).Want(200)
	jun.Get("/orgs/acme/search?q=words").Says("WEB-1")
	if n := count(t, a.Site, `select comments from tickets where number = 1`); n != 2 {
		t.Errorf("%d comments are counted", n)
	}
	dana.Post(second+"/delete", nil).Want(200)
	if gone := jun.Get(ticket).Want(200); !strings.Contains(gone.Body, `id="comment-`+second[len(second)-36:]+`" hidden`) {
		t.Error("a comment that nobody answered leaves a line")
	}
	jun.Post(first+"/delete", nil).Want(200)
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), `update comments set deleted_at = deleted_at - interval '13 hours'`); err != nil {
		t.Fatal(err)
	}
	jun.Post(first+"/restore", nil).Want(404)
	jun.Get(ticket).Silent("Restore the comment")
}

func TestReactions(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "The first")
	jun, dana := a.SignIn(t, "jun@example.com"), a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	said := say(t, jun, ticket, "Shall we?")
	id := said[len(said)-36:]
	for range 2 { // a double click
		dana.HX(http.MethodPost, said+"/reactions", url.Values{"add": {"agree"}}).Want(200)
	}
	answer := jun.HX(http.MethodPost, said+"/reactions", url.Values{"add": {"agree"}}).Want(200)
	if !strings.Contains(answer.Body, `aria-label="Agree: Dana Whitfield, Jun Park" aria-pressed="true"`) {
		t.Errorf("the answer is %s", answer.Body)
	}
	page := jun.Get(ticket).Want(200)
	if got, want := piece(t, answer.Body, "reactions-"+id), piece(t, page.Body, "reactions-"+id); got != want {
		t.Errorf("the answer is\n%s\nthe page has\n%s", got, want)
	}
	page.Submit(said+"/reactions", "remove", "agree").Want(200).At(ticket)
	if left := dana.Get(ticket).Body; !strings.Contains(left, `aria-label="Agree: Dana Whitfield" aria-pressed="true"`) {
		t.Error("who took it back is still named")
	}
	dana.Post(said+"/reactions", url.Values{"add": {"clap"}}).Want(422)
	dana.Post(said+"/reactions", nil).Want(422)
	a.SignIn(t, "lukas@example.com").Post(said+"/reactions", url.Values{"add": {"agree"}}).Want(404)
	jun.Post(said+"/delete", nil).Want(200)
	dana.Post(said+"/reactions", url.Values{"add": {"happy"}}).Want(404)
	if n := count(t, a.Site, `select count(*) from reactions`); n != 1 {
		t.Errorf("%d reactions", n)
	}
}

// A link to a comment leads to the part of a long discussion that it stands in.
func TestALinkToAnEarlyComment(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	n := a.ticket(t, a.owner, "WEB", "The first")
	b := a.SignIn(t, dana)
	ticket := "/orgs/acme/projects/WEB/tickets/1"
	early := say(t, b, ticket, "The early one")
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), `
		insert into comments (tenant_id, id, ticket_id, author_id, body, created_at)
		select c.tenant_id, gen_random_uuid(), c.ticket_id, c.author_id, 'number ' || n, c.created_at + n * interval '1 minute'
		from comments c, generate_series(1, 130) n`); err != nil {
		t.Fatal(err)
	}
	b.Get(ticket).Silent("The early one")
	b.Get(early).Want(200).Says("The early one").Silent("number 1 ")
	b.Get(fmt.Sprintf("/orgs/acme/projects/WEB/tickets/%d/comments/%s", n, "00000000-0000-0000-0000-000000000001")).Want(404)
}
