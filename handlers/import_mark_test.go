package handlers_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/test/webtest"
)

// Whoever a file names as the author of something, pages say that it came from that file, and who brought it.
func TestWhatAFileSaysIsMarked(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.project(t, "OPS", projects.ForOrganization)
	a.Give(t, a.owner, "team")
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	person, ticket := uuid.NewString(), uuid.NewString()
	archive := packed(t, [2]string{"plinth.json", `{"format":"plinth-project","version":1,"organization":"x","project":{"key":"BIG","name":"Big","statuses":[{"slug":"todo","name":"To do","kind":"todo"}],"labels":[],"visibility":"organization"}}`},
		[2]string{"people.jsonl", fmt.Sprintf(`{"id":%q,"name":"Jun Park","email":"jun@example.com"}`+"\n", person)},
		[2]string{"tickets.jsonl", fmt.Sprintf(`{"id":%q,"number":1,"title":"Words in a mouth","body":"I resign","status":"todo","author":%q,"created_at":"2026-01-02T03:04:05Z"}`+"\n", ticket, person)},
		[2]string{"comments.jsonl", fmt.Sprintf(`{"id":%q,"ticket":%q,"author":%q,"body":"And I mean it","created_at":"2026-01-02T03:04:05Z"}`+"\n", uuid.NewString(), ticket, person)},
		[2]string{"attachments.jsonl", ""})
	page := looked(t, a.Site, b, "acme", archive)
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	const mark = "brought in by Dana Whitfield from "
	marks := func(page *webtest.Page, file string, want int) {
		t.Helper()
		if got := strings.Count(page.Want(200).Text(), mark+file); got != want {
			t.Errorf("%d marks, want %d: %s", got, want, page.Text())
		}
	}
	at := "/orgs/acme/projects/BIG/tickets/1"
	marks(jun.Get(at).Says("opened by Jun Park", "I resign", "And I mean it"), "WEB.zip", 2)
	say(t, jun, at, "Not my words")
	marks(jun.Get(at), "WEB.zip", 2) // what is said here has none
	marks(jun.Get("/orgs/acme/projects/BIG/tickets/new").Submit("/orgs/acme/projects/BIG/tickets", "title", "A new one"), "", 0)
	jun.Post(at+"/move", url.Values{"project": {"OPS"}}).Want(200)
	marks(jun.Get("/orgs/acme/projects/OPS/tickets/1").Says("Not my words"), "WEB.zip", 2)

	// No file is taken under an id that would make what others wrote, or brought in, its own.
	for _, sql := range []string{`select id from tickets where title = 'A new one'`, `select id from imports`} {
		var of uuid.UUID
		if err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error { return tx.QueryRow(ctx, sql).Scan(&of) }); err != nil {
			t.Fatal(err)
		}
		of[15] ^= 1
		form := url.Values{"id": {of.String()}}
		b.Upload(webImport, form, csvFile("Title\nmine\n"), nil).Want(409)
		b.Upload("/orgs/acme/imports", form, zipFile(archive), nil).Want(409)
		b.Get(webImport + "/" + of.String()).Want(404)
	}

	table := begun(t, a.Site, b, "Title,Author\nAgain,jun@example.com\n")
	table.Submit(table.Path + "/start").Want(200)
	a.Settle(t)
	marks(jun.Get("/orgs/acme/projects/WEB/tickets/1").Says("opened by Jun Park", "Again"), "tickets.csv", 1)
}

// A database may take two letters for one where we take them for two: Turkish has an I without a dot.
func TestNamesThatAreOneToTheDatabase(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	a.exec(t, `alter table labels alter column name type text collate "tr-x-icu"`)
	a.exec(t, `alter table statuses alter column name type text collate "tr-x-icu"`)
	page := begun(t, a.Site, b, "Title,Status,Labels\none,ISI,KIZ\ntwo,ısı,kız\n").Says("ISI", "ısı", "KIZ", "kız")
	start := page.Form(page.Path + "/start")
	start["status"] = []string{"+review", "+review"}
	b.Post(page.Path+"/start", start).Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
	rows := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	if rows[1]["Status"] != rows[2]["Status"] || rows[1]["Labels"] != rows[2]["Labels"] || rows[1]["Labels"] == "" {
		t.Errorf("one name became two: %q, %q", rows[1], rows[2])
	}
	for _, lists := range []string{
		`"statuses":[{"slug":"todo","name":"ISI","kind":"todo"},{"slug":"two","name":"ısı","kind":"todo"}],"labels":[]`,
		fmt.Sprintf(`"statuses":[{"slug":"todo","name":"To do","kind":"todo"}],"labels":[{"id":%q,"name":"KIZ"},{"id":%q,"name":"kız"}]`, uuid.NewString(), uuid.NewString()),
	} {
		page := looked(t, a.Site, b, "acme", packed(t, [2]string{"plinth.json", `{"format":"plinth-project","version":1,"organization":"x","project":{"key":"BIG","name":"Big",` + lists + `,"visibility":"organization"}}`},
			[2]string{"people.jsonl", ""}, [2]string{"tickets.jsonl", ""}, [2]string{"comments.jsonl", ""}, [2]string{"attachments.jsonl", ""}))
		page.Submit(page.Path + "/start").Want(422).Says("have names that are one name here")
		b.Get("/orgs/acme/projects/BIG").Want(404)
	}
}
