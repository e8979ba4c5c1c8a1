package handlers_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/test/webtest"
)

const webImport = "/orgs/acme/projects/WEB/import"

func csvFile(text string) webtest.File {
	return webtest.File{Field: "file", Name: "tickets.csv", Type: "text/csv", Data: []byte(text)}
}

// begun sends a table, takes its columns as they are guessed, and has it looked through.
func begun(t *testing.T, s *webtest.Site, b *webtest.Browser, text string) *webtest.Page {
	t.Helper()
	page := b.Get(webImport).Want(200).Upload(webImport, csvFile(text)).Want(200).Says("What are the columns?")
	page = page.Submit(page.Path + "/columns").Want(200).Says("Looking through the file")
	s.Settle(t)
	return b.Get(page.Path).Want(200)
}

func TestImportATable(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 2)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "\ufeffIssue key;Summary;Status;Priority;Assignee;Labels;Labels;Created;Due Date;Description;Parent key\r\n"+
		"ENG-1;'=SUM(A1);Backlog;Highest;jun@example.com;bug;big;15/Oct/24 10:21 AM;2026-12-24;\"one\r\n\"\"two\"\"; three\";\r\n"+
		"ENG-2;Second;Done;Lowest;Somebody Else;;;2024-10-16;;;ENG-1\r\n"+
		";;;;;;;;;;\r\n"+
		"ENG-3;;Done;;;;;;;;\r\n"+
		"ENG-4;Fourth;To do;weird;;bug;;yesterday;;;ENG-2\r\n"+
		"ENG-5;"+strings.Repeat("long ", 60)+";todo;;;;;;;;ENG-5\r\n")
	page.Says("2 lines are not taken", "There is no title.", "This is no date that can be read.", "3 tickets will be made", "Backlog · 1 row", "Somebody Else · 1 row", "bug", "big")
	problems := table(t, b.Get(page.Path+"/problems.csv").Want(200).Body)
	if len(problems) != 2 || problems[0]["Line"] != "6" || problems[0]["Column"] != "Summary" || problems[1]["Line"] != "7" || problems[1]["Column"] != "Created" {
		t.Errorf("problems: %v", problems)
	}
	b.Post(page.Path+"/start", url.Values{"status": {"nothing"}, "person": {uuid.Nil.String()}}).Want(422).Says("Choose a status from the list.")
	b.Post(page.Path+"/start", url.Values{"status": {"+backlog"}}).Want(422)
	start := page.Form(page.Path + "/start")
	start.Set("status", "+backlog")
	b.Post(page.Path+"/start", start).Want(200).Says("Bringing tickets in")
	b.Post(page.Path+"/start", start).Want(200) // a second press begins nothing
	a.Settle(t)
	page = b.Get(page.Path).Want(200).Says("3 tickets came in.", "2 lines were not taken.").Silent("every 1s")
	if mails := a.Mails(t, "jun@example.com"); len(mails) > 0 {
		t.Errorf("somebody is told: %q", mails[0].Subject)
	}
	shown := b.Get(importLink(t, page)).Want(200).Says("=SUM(A1)", "Second", "long long", "One import").Silent("Ticket number 1")
	if got := shown.Text(); strings.Count(got, "WEB-") != 3 {
		t.Errorf("the list of the import: %s", got)
	}
	rows := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	first, second, last := rows[2], rows[3], rows[4]
	if first["Key"] != "WEB-3" || first["Title"] != "'=SUM(A1)" || first["Status"] != "Backlog" || first["Priority"] != "urgent" || first["Assignee e-mail"] != "jun@example.com" ||
		first["Labels"] != "big,bug" || first["Due"] != "2026-12-24" || first["Created"] != "2024-10-15T10:21:00.000000Z" || first["Description"] != "one\n\"two\"; three" {
		t.Errorf("the first ticket: %q", first)
	}
	if second["Parent"] != "WEB-3" || second["Priority"] != "low" || !strings.HasSuffix(second["Description"], "Assigned to Somebody Else") || second["Closed"] == "" {
		t.Errorf("the second: %q", second)
	}
	if len([]rune(last["Title"])) != 200 || last["Parent"] != "" || !strings.Contains(last["Description"], "long long") {
		t.Errorf("the last: %q", last)
	}

	// Taking it back leaves what somebody has worked on, and what stands above that.
	b.Get("/orgs/acme/projects/WEB/tickets/4").Want(200)
	b.Post("/orgs/acme/projects/WEB/tickets/4/priority", url.Values{"priority": {"high"}}).Want(200)
	page.Submit(page.Path + "/undo").Want(200).Says("Taking it back")
	a.Settle(t)
	page = b.Get(page.Path).Want(200).Says("Taken back", "1 ticket lies in the trash.", "2 tickets stayed")
	b.Get(importLink(t, page)).Want(200).Says("Second", "SUM(A1)").Silent("long long")
	b.Post(page.Path+"/undo", nil).Want(200) // again changes nothing
	for sql, want := range map[string]int{
		`select sum(tickets) from ticket_counts`: 4, `select count(*) from tickets where purge_at > now() + interval '29 days'`: 1, `select sum(opened) - 150 from ticket_days`: 2,
	} {
		var got int
		if err := a.Worker.DB.InTenant(t.Context(), a.owner, scalar(sql, &got)); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
		}
	}
	b.Get("/orgs/acme/audit").Says("brought 3 tickets into", "undid an import of 1 ticket into")
	b.Get(webImport).Want(200).Says("tickets.csv", "taken back; 2 tickets stayed")
}

// Long words, names with a comma, and more words than a project has room for.
func TestWordsOfATable(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	long := "Waiting for " + strings.Repeat("somebody ", 8) + "who "
	page := begun(t, a.Site, b, "Title,Status,Assignee\none,"+long+"answers,\"Park, Jun\"\ntwo,"+long+"asks,\nthree,"+strings.Repeat("x", 201)+",\n").
		Says("2 tickets will be made", "A status has at most 200 characters.", "Park, Jun · 1 row")
	start := page.Form(page.Path + "/start")
	start["status"] = []string{"+done", "+review"}
	jun := ""
	if err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select id::text from users where email = 'jun@example.com'`).Scan(&jun)
	}); err != nil {
		t.Fatal(err)
	}
	start.Set("person", jun)
	b.Post(page.Path+"/start", start).Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
	rows := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	first, second := rows[1], rows[2]
	if first["Closed"] == "" || second["Closed"] != "" || first["Assignee e-mail"] != "jun@example.com" || first["Status"] == second["Status"] || len([]rune(second["Status"])) > 40 {
		t.Errorf("long words became %q and %q", first, second)
	}

	many := func(n int, column string) string {
		var out strings.Builder
		out.WriteString("Title," + column + "\n")
		for i := range n {
			fmt.Fprintf(&out, "t,word %d\n", i)
		}
		return out.String()
	}
	page = begun(t, a.Site, b, many(30, "Status"))
	start = page.Form(page.Path + "/start")
	for i := range start["status"] {
		start["status"][i] = "+todo"
	}
	b.Post(page.Path+"/start", start).Want(409).Says("A project has at most 30 statuses.")
	page = begun(t, a.Site, b, many(61, "Status")).Says("more unknown statuses than can be asked about")
	b.Post(page.Path+"/start", page.Form(page.Path+"/start")).Want(422).Says("more than 60 statuses")
	page = begun(t, a.Site, b, many(61, "Labels")).Says("There are more labels than these.")
	b.Post(page.Path+"/start", page.Form(page.Path+"/start")).Want(422).Says("more than 60 labels")
}

// Taking back leaves what others have worked on since, in whatever way, and what that hangs from.
func TestWhatSomebodyWorkedOnStays(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	a.project(t, "OPS", projects.ForOrganization)
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	page := begun(t, a.Site, b, "Key,Title,Parent\n2,commented,\n3,linked,\n4,above another,\n5,labelled,\n6,due,\n7,moved,\n8,above a row,\n9,estimated,8\n10,nothing,\n11,nothing either,10\n"+
		"12,at the top,\n13,in the middle,12\n14,at the bottom,13\n15,above a file,\n16,given a file,15\n")
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	page = b.Get(page.Path).Want(200).Says("15 tickets came in.")
	at := func(n string) string { return "/orgs/acme/projects/WEB/tickets/" + n }
	say(t, jun, at("2"), "Said, and taken back")
	a.exec(t, `update comments set deleted_at = now() where body = 'Said, and taken back'`)
	a.exec(t, `update tickets set comments = 0, updated_at = created_at where number = 2`)
	for _, form := range [][]string{
		{at("3") + "/links", "kind", "blocks", "ticket", "WEB-1"}, {at("1") + "/links", "kind", "parent", "ticket", "WEB-4"}, {at("5") + "/labels", "new", "hot"},
		{at("6") + "/due", "due", "2027-03-04"}, {at("7") + "/move", "project", "OPS"}, {at("9") + "/estimate", "estimate", "3"}, {at("14") + "/estimate", "estimate", "3"},
	} {
		sent := url.Values{}
		for i := 1; i < len(form); i += 2 {
			sent.Set(form[i], form[i+1])
		}
		b.Post(form[0], sent).Want(200)
	}
	jun.Get(at("16")).Upload(at("16")+"/attachments", webtest.File{Field: "file", Name: "notes.txt", Type: "text/plain", Data: []byte("the notes")}).Want(200)
	page.Submit(page.Path + "/undo").Want(200)
	a.Settle(t)
	page = b.Get(page.Path).Want(200).Says("2 tickets lie in the trash.", "13 tickets stayed, since somebody has worked on them, or on some below them.")
	shown := b.Get(importLink(t, page)).Want(200).Says("commented", "linked", "above another", "labelled", "due", "above a row", "estimated", "at the top", "in the middle", "at the bottom", "above a file", "given a file")
	shown.Silent("nothing")
	b.Get("/orgs/acme/projects/OPS/tickets/1").Want(200).Says("moved")
	b.Get("/orgs/acme/projects/WEB/trash").Want(200).Says("nothing", "nothing either").Silent("commented", "above a row")
	b.Get("/orgs/acme/audit").Says("undid an import of 2 tickets into")
}

// When work began comes with a table, or is told from what the table says.
func TestWhenWorkBegan(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Title,Status,Updated,Started,Closed\nunder way,In progress,2026-02-03 10:00,,\ntold,Done,2026-02-05,2026-02-01,2026-02-04\nbehind its end,Done,2026-02-05,2026-02-09,2026-02-04\nunknown,Done,2026-02-05,,2026-02-04\nto come,To do,2026-02-05,,\n").
		Says("5 tickets will be made")
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	rows := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	for i, want := range []string{"2026-02-03T10:00:00.000000Z", "2026-02-01T00:00:00.000000Z", "2026-02-04T00:00:00.000000Z", "", ""} {
		if got := rows[i+1]; got["Started"] != want {
			t.Errorf("%s: begun %q, want %q", got["Title"], got["Started"], want)
		}
	}

	// It comes back as it was, is kept by a move to another project, and in the trash.
	again := begun(t, a.Site, b, b.Get(webExport+"/tickets.csv").Body)
	again.Submit(again.Path + "/start").Want(200)
	a.Settle(t)
	back := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	for i, row := range rows[1:] {
		if got := back[len(rows)+1+i]; got["Title"] != row["Title"] || got["Started"] != row["Started"] {
			t.Errorf("%q came back as %q", row, got)
		}
	}
	a.project(t, "OPS", projects.ForOrganization)
	b.Post("/orgs/acme/projects/WEB/tickets/3/move", url.Values{"project": {"OPS"}}).Want(200)
	b.Post("/orgs/acme/projects/OPS/tickets/1/delete", nil).Want(200)
	b.Post("/orgs/acme/projects/OPS/tickets/1/restore", nil).Want(200)
	moved := table(t, strings.TrimPrefix(b.Get("/orgs/acme/projects/OPS/export/tickets.csv").Want(200).Body, "\ufeff"))
	if len(moved) != 1 || moved[0]["Title"] != "told" || moved[0]["Started"] != "2026-02-01T00:00:00.000000Z" {
		t.Errorf("moved: %q", moved)
	}
}

// What stops goes on with what was under way.
func TestAnImportThatStops(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	page := begun(t, a.Site, b, "Title\none\n")
	page.Submit(page.Path + "/start").Want(200)
	a.exec(t, `update imports set updated_at = now() - interval '61 minutes'`)
	if err := a.Worker.Transfer.Tidy(t.Context(), a.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	page = b.Get(page.Path).Want(200).Says("This import has stopped. Something went wrong on our side.")
	page.Submit(page.Path + "/resume").Want(200).Says("Bringing tickets in")
	a.exec(t, `update tenants set suspended_at = now(), suspended_reason = 'a reason'`)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("This organization can only be read at the moment.")
	a.exec(t, `update tenants set suspended_at = null, suspended_reason = null`)
	page.Submit(page.Path + "/resume").Want(200)
	a.Settle(t)
	page = b.Get(page.Path).Want(200).Says("1 ticket came in.")
	page.Submit(page.Path + "/undo").Want(200)
	a.exec(t, `update tenants set suspended_at = now(), suspended_reason = 'a reason'`)
	a.Settle(t)
	a.exec(t, `update tenants set suspended_at = null, suspended_reason = null`)
	b.Get(page.Path).Want(200).Submit(page.Path + "/resume").Want(200).Says("Taking it back")
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("1 ticket lies in the trash.")
}

// importLink is where the tickets of an import are listed.
func importLink(t *testing.T, page *webtest.Page) string {
	t.Helper()
	i := slices.IndexFunc(page.Links(), func(l string) bool { return strings.Contains(l, "/tickets?import=") })
	if i < 0 {
		t.Fatalf("no link to its tickets: %s", page.Text())
	}
	return page.Links()[i]
}

func TestTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	for name, c := range map[string]struct{ data, want string }{
		"empty": {"", "This file is empty."}, "utf-16": {"\xff\xfeT\x00i\x00", "UTF-16"}, "workbook": {"PK\x03\x04xl/workbook.xml", "Save the sheet as CSV"},
		"nul": {"Title\nA\x00B\n", "This is no table of text."}, "letters": {"Title\n\x81\x8d\xff\n", "The letters of this file cannot be read."},
		"wide": {strings.Repeat("a,", 150) + "\n", "Up to 100 can be read."}, "unclosed": {"\"" + strings.Repeat("x", 3<<20), "The first line cannot be read"},
	} {
		page := b.Get(webImport).Want(200)
		page.Upload(webImport, csvFile(c.data)).Want(422).Says(c.want)
		_ = name
	}
	b.Get(webImport).Submit(webImport).Want(422).Says("Choose a file first.")

	// Two files under one form: the first stands. A form that is sent twice brings it once.
	id := uuid.NewString()
	form := url.Values{"id": {id}}
	b.Upload("/orgs/acme/projects/WEB/import", form, csvFile("Title\none\n"), nil).Want(303)
	b.Upload(webImport, form, csvFile("Title\none\n"), nil).Want(303)
	b.Upload(webImport, form, csvFile("Title\ntwo\n"), nil).Want(409)
	page := b.Get(webImport + "/" + id).Want(200)
	b.Post(page.Path+"/columns", url.Values{"column": {""}}).Want(422).Says("Say which column is the title.")
	b.Post(page.Path+"/columns", url.Values{"column": {"title", "title"}}).Want(422)
	b.Post(page.Path+"/start", nil).Want(200).Says("What are the columns?") // not looked through yet
	b.Post(page.Path+"/resume", nil).Want(200)
	page = begun(t, a.Site, b, "Name\r\ncaf\xe9 \x93q\x94\r\n\"open")
	page.Says("1 ticket will be made", "1 line is not taken", "its quotes do not match")
	page = page.Submit(page.Path+"/remap").Want(200).Says("Windows-1252", "café “q”")

	// Who does not manage the project brings nothing in.
	jun, lukas := a.SignIn(t, "jun@example.com"), a.SignIn(t, "lukas@example.com")
	jun.Get(webImport).Want(403)
	jun.Get(page.Path).Want(403)
	jun.Post(page.Path+"/columns", url.Values{"column": {"title"}}).Want(403)
	jun.Upload(webImport, form, csvFile("Title\nthree\n"), nil).Want(403)
	lukas.Get(page.Path).Want(403)
	b.Get("/orgs/acme/projects/WEB/import/" + uuid.NewString()).Want(404)
	b.Get(page.Path + "x").Want(404)
	a.exec(t, `update projects set archived_at = now() where key = 'WEB'`)
	b.Upload(webImport, url.Values{"id": {uuid.NewString()}}, csvFile("Title\none\n"), nil).Want(409)
}

// What comes out of one project goes into another as it was, also when the worker dies on the way and begins again.
func TestTenThousandRowsThereAndBack(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 300) // so many that the database has looked at what tickets are like
	b := a.SignIn(t, dana)
	var text strings.Builder
	text.WriteString("Title,Description,Status,Labels,Created\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "Row %d of the table,\"Its text, line\n%d\",%s,\"odd, %c\",2025-%02d-%02d 10:00\n", i, i, []string{"To do", "Done"}[i%2], 'a'+i%5, 1+i%12, 1+i%28)
	}
	text.WriteString("The zeppelin,It flies.,To do,,\n")
	a.Worker.Transfer.RunFor = 500 * time.Millisecond // many turns
	page := begun(t, a.Site, b, text.String()).Says("10,001 tickets will be made")
	page.Submit(page.Path + "/start").Want(200)
	begin := time.Now()
	a.Settle(t)
	t.Logf("10,001 rows in %s", time.Since(begin))
	b.Get(page.Path).Want(200).Says("10,001 tickets came in.")
	b.Get("/orgs/acme/search?q=zeppelin").Want(200).Says("The zeppelin")
	b.Get("/orgs/acme/projects/WEB/tickets?q=Row+9999").Want(200).Says("Row 9999 of the table")
	var twins, open int
	err := a.Worker.DB.InTenant(t.Context(), a.owner, scalar(`select count(*) - count(distinct title) from tickets`, &twins))
	if err == nil {
		err = a.Worker.DB.InTenant(t.Context(), a.owner, scalar(`select tickets from ticket_counts where status = 'done'`, &open))
	}
	if err != nil || twins != 0 || open != 5_075 {
		t.Errorf("%d twins, %d done (%v)", twins, open, err)
	}
}

// scalar reads one number.
func scalar(sql string, into *int) func(ctx context.Context, tx txn) error {
	return func(ctx context.Context, tx txn) error { return tx.QueryRow(ctx, sql).Scan(into) }
}
