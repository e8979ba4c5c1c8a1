package handlers_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// stored is what the database says of the organization's imports and copies, and which of their files lie there.
func (a acme) stored(t *testing.T) (rows string, files []string) {
	t.Helper()
	err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select (select coalesce(string_agg(state || ' ' || size, ', ' order by created_at), '') from imports) || ' | ' ||
			(select coalesce(string_agg(state || ' ' || bytes, ', ' order by created_at), '') from project_exports)`).Scan(&rows)
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, kept(t, a.Site, "tenants/"+a.owner.TenantID.String()+"/exports/")
}

// What is sent and what is prepared takes the room that the plan has.
func TestImportsAndCopiesTakeRoom(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 9)
	b := a.SignIn(t, dana)
	a.exec(t, `insert into file_totals (tenant_id, files, bytes) select id, 1, 199990000 from tenants`) // the free plan has 200 MB
	large := csvFile("Title\n" + strings.Repeat("one more\n", 2000))
	b.Get(webImport).Upload(webImport, large).Want(402).Says("The Free plan includes 200 MB of files, and 200 MB of them are in use.")
	b.Get("/orgs/acme/imports").Upload("/orgs/acme/imports", zipFile([]byte("PK\x03\x04"+strings.Repeat(" ", 20_000)))).Want(402).Says("The Free plan includes 200 MB")
	if rows, files := a.stored(t); rows != " | " || len(files) > 0 {
		t.Errorf("what was refused is kept: %s, %q", rows, files)
	}
	page := begun(t, a.Site, b, "Title\n"+strings.Repeat("one more\n", 600)+"\n,\n").Says("600 tickets will be made")
	b.Get(webImport).Upload(webImport, csvFile("Title\n"+strings.Repeat("one more\n", 600))).Want(402) // two of them have no room
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("600 tickets came in.")
	if rows, files := a.stored(t); rows != "done 0 | " || len(files) != 1 {
		t.Errorf("a table that is in still takes room: %s, %q", rows, files)
	}

	// A copy that grows beyond the plan stops, and leaves nothing.
	begin := func() int {
		return b.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"csv"}}).Status
	}
	if got := begin(); got != 200 {
		t.Fatalf("a copy is begun: %d", got)
	}
	a.Settle(t)
	b.Get(webExport).Want(200).Says("It could not be finished. Nothing of it is kept. The Free plan includes 200 MB")
	if rows, files := a.stored(t); rows != "done 0 | failed 0" || len(files) != 1 {
		t.Errorf("a copy that failed takes room: %s, %q", rows, files)
	}
	a.exec(t, `update file_totals set bytes = 100000000`)
	if got := begin(); got != 200 {
		t.Fatalf("a copy is begun: %d", got)
	}
	a.Settle(t)
	b.Get(preparedLink(t, b.Get(webExport))).Want(200)
	a.exec(t, `update file_totals set bytes = 200000000 - (select sum(bytes) from project_exports)`)
	b.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"csv"}}).Want(402).Says("The Free plan includes 200 MB", "Tickets as a table")
	b.Get("/orgs/acme/billing").Want(200).Says("Files", "200 MB of 200 MB")
}

// Who begins one after the other waits.
func TestImportsAndCopiesInARow(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	for n, ask := range map[string]func() int{
		"import": func() int { return b.Upload(webImport, url.Values{"id": {uuid.NewString()}}, csvFile(""), nil).Status },
		"export": func() int { return b.Get(webExport + "/tickets.csv").Status },
	} {
		last, times := 0, 0
		for last != 429 && times < 60 {
			last, times = ask(), times+1
		}
		if times < 30 || times == 60 {
			t.Errorf("%s: %d after %d times", n, last, times)
		}
	}
	b.Get(webImport).Upload(webImport, csvFile("Title\none\n")).Want(429).Says("Too many attempts.")
	b.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"csv"}}).Want(429).Says("Too many attempts.", "Tickets as a table")
	if rows, files := a.stored(t); rows != " | " || len(files) > 0 {
		t.Errorf("what was refused is kept: %s, %q", rows, files)
	}
	a.SignIn(t, "mira@example.com").Get(webImport).Upload(webImport, csvFile("Title\none\n")).Want(200) // others are let in
}

// A week behind its last step nothing is left of what a file said.
func TestOldFilesAreForgotten(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	table := "Title,Status,Assignee,Labels\na secret,a word,Somebody Else,a label\n,x,,\n"
	page := begun(t, a.Site, b, table).Says("a word", "Somebody Else")
	in := begun(t, a.Site, b, table)
	in.Submit(in.Path + "/start").Want(200)
	a.Settle(t)
	in = b.Get(in.Path).Want(200).Says("1 ticket came in.", "There is no title.")
	tidy := func() {
		t.Helper()
		if err := a.Worker.Transfer.Tidy(t.Context(), a.owner.TenantID); err != nil {
			t.Fatal(err)
		}
	}
	a.exec(t, `update imports set updated_at = now() - interval '6 days'`)
	tidy()
	b.Get(page.Path).Want(200).Says("1 ticket will be made")
	a.exec(t, `update imports set updated_at = now() - interval '8 days'`)
	tidy()
	if _, files := a.stored(t); len(files) > 0 {
		t.Errorf("files are kept: %q", files)
	}
	var told string
	if err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select string_agg(layout::text || mapping::text || found::text || key, ' ') from imports`).Scan(&told)
	}); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"a secret", "a word", "Somebody", "somebody", "a label", "There is no title", "tenants/"} {
		if strings.Contains(told, word) {
			t.Errorf("%q is kept: %s", word, told)
		}
	}
	b.Get(page.Path).Want(200).Says("This import has stopped. The file is not kept any more.").Silent("Go on with it")
	b.Post(page.Path+"/resume", nil).Want(200).Says("This import has stopped.")
	b.Get(in.Path).Want(200).Says("1 ticket came in.").Silent("What is wrong")
	in.Submit(in.Path + "/undo").Want(200)
	a.Settle(t)
	b.Get(in.Path).Want(200).Says("1 ticket lies in the trash.")

	// Whoever tidies and dies before the file is deleted leaves a track.
	begun(t, a.Site, b, table)
	a.exec(t, `update imports set forgotten_at = now(), state = 'failed' where state = 'checked'`)
	if _, files := a.stored(t); len(files) != 2 {
		t.Fatalf("files: %q", files)
	}
	tidy()
	if rows, files := a.stored(t); len(files) > 0 {
		t.Errorf("files are kept: %q %s", files, rows)
	}
}
