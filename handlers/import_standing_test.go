package handlers_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/jobs"
)

// Whoever sent a file may leave, at any moment: others who manage the project begin it, go on with it, and take it back.
func TestWhoSentAFileLeaves(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b, mira := a.SignIn(t, dana), a.SignIn(t, "mira@example.com")
	a.exec(t, `update users set time_zone = 'Asia/Tokyo' where email = 'mira@example.com'`)
	waiting := begun(t, a.Site, mira, "Title,Created\nwaits,2026-01-02 03:00\n").Says("1 ticket will be made")
	half := begun(t, a.Site, mira, "Title\none\ntwo\n")
	archive := looked(t, a.Site, mira, "acme", largeArchive(t, 9))
	b.Get(archive.Path).Want(404) // it has no project yet, and is its sender's alone
	half.Submit(half.Path + "/start").Want(200)
	a.Worker.Transfer.RunFor = time.Nanosecond
	archive.Submit(archive.Path + "/start").Want(200)
	id := a.until(t, `step = 2`)
	b.Post("/orgs/acme/people/"+a.admin.Person.ID.String()+"/remove", nil).Want(200)
	if more, err := a.Worker.Transfer.RunImport(t.Context(), a.owner.TenantID, id); more || !errors.Is(err, jobs.ErrNothingToDo) {
		t.Errorf("who has left goes on: %v, %v", more, err)
	}
	a.Settle(t)

	const stopped = "This import has stopped. Who went on with this last sees the project no more."
	page := b.Get(half.Path).Want(200).Says(stopped)
	page.Submit(page.Path + "/resume").Want(200)
	b.Get(waiting.Path).Submit(waiting.Path + "/start").Want(200)
	past := b.Get("/orgs/acme/projects/BIG/import").Want(200)
	if !slices.Contains(past.Links(), archive.Path) {
		t.Errorf("no way to the archive: %q", past.Links())
	}
	b.Get(archive.Path).Want(200).Says(stopped).Submit(archive.Path + "/resume").Want(200)
	a.Settle(t)
	b.Get(archive.Path).Want(200).Says("9 tickets came in.")
	b.Get(waiting.Path).Want(200).Says("1 ticket came in.")
	rows := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv").Want(200).Body, "\ufeff"))
	i := slices.IndexFunc(rows, func(row map[string]string) bool { return row["Title"] == "waits" })
	if i < 0 || rows[i]["Author"] != "Mira Okafor" || rows[i]["Created"] != "2026-01-01T18:00:00.000000Z" {
		t.Errorf("what was hers is not any more: %q", rows)
	}
	page = b.Get(half.Path).Want(200).Says("2 tickets came in.")
	page.Submit(page.Path + "/undo").Want(200)
	a.Settle(t)
	b.Get(half.Path).Want(200).Says("Taken back", "2 tickets lie in the trash.")
	b.Get("/orgs/acme/projects/WEB/trash").Want(200).Says("deleted by Dana Whitfield").Silent("deleted by Mira")
	jun := a.SignIn(t, "jun@example.com")
	jun.Get(archive.Path).Want(404)
	jun.Get(half.Path).Want(403)
}

// What was sent and is not wanted goes at once, and with it what was read of it.
func TestAFileIsThrownAway(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b, mira, jun := a.SignIn(t, dana), a.SignIn(t, "mira@example.com"), a.SignIn(t, "jun@example.com")
	empty := func(why string) {
		t.Helper()
		if rows, files := a.stored(t); rows != " | " || len(files) > 0 {
			t.Errorf("%s: %s is left, and %q", why, rows, files)
		}
	}
	page := b.Get(webImport).Upload(webImport, csvFile("Title\none\n")).Want(200)
	b.Get(page.Path+"?throw=ask").Want(200).Says("Throw this file away?", "Nothing of it has come in.")
	page.Submit(page.Path + "/throw").Want(200).At(webImport).Says("The file is thrown away.")
	empty("a table that nobody looked through")
	b.Get(page.Path).Want(404)
	b.Post(page.Path+"/throw", nil).Want(404)

	page = begun(t, a.Site, b, "Title,Status\none,To do\n,Done\n").Says("There is no title.")
	jun.Post(page.Path+"/throw", nil).Want(403)
	page.Submit(page.Path + "/start").Want(200)
	b.Post(page.Path+"/throw", nil).Want(200).Says("Bringing tickets in") // late
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("1 ticket came in.").Silent("Throw this file away")
	b.Post(page.Path+"/throw", nil).Want(200).Says("1 ticket came in.")
	a.exec(t, `delete from imports`)
	if err := a.Worker.Transfer.Store.DeleteAll(t.Context(), ""); err != nil {
		t.Fatal(err)
	}

	// Of what is in already something stays, and can be taken back.
	page = begun(t, a.Site, mira, "Title\n"+strings.Repeat("one more\n", 600))
	a.Worker.Transfer.RunFor = time.Nanosecond
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `made > 0`)
	if err := a.Worker.Transfer.GiveUpImport(t.Context(), a.owner.TenantID, id); err != nil {
		t.Fatal(err)
	}
	page = b.Get(page.Path).Want(200).Says("500 tickets are in already.")
	page = page.Submit(page.Path+"/throw").Want(200).At(page.Path).Says("The file is not kept any more.", "500 tickets are in already.").Silent("Go on with it", "Throw this file away")
	if _, files := a.stored(t); len(files) > 0 {
		t.Errorf("what was thrown away is there: %q", files)
	}
	page.Submit(page.Path + "/undo").Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("500 tickets lie in the trash.")
	a.exec(t, `delete from imports`)

	// An archive goes with its row, and one that has a project without.
	archive := looked(t, a.Site, b, "acme", largeArchive(t, 9))
	mira.Post(archive.Path+"/throw", nil).Want(404)
	archive.Submit(archive.Path + "/throw").Want(200).At("/orgs/acme/imports").Says("The file is thrown away.")
	empty("an archive")
	archive = looked(t, a.Site, b, "acme", []byte("PK\x03\x04 and then nothing")).Says("This import has stopped.")
	// Whoever dies before the file is deleted leaves a row, and the night deletes the file.
	a.exec(t, `update imports set forgotten_at = now()`)
	if err := a.Worker.Transfer.Tidy(t.Context(), a.owner.TenantID); err != nil {
		t.Fatal(err)
	}
	if _, files := a.stored(t); len(files) > 0 {
		t.Errorf("the night leaves %q", files)
	}
	b.Get(archive.Path).Want(200).Says("Take it off the list").Submit(archive.Path + "/throw").Want(200).At("/orgs/acme/imports")
	empty("what the night has tidied")
}

// Whoever dies while a file is sent leaves it without a row. A day later it goes.
func TestFilesWithoutAnImport(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	b.Get(webImport).Upload(webImport, csvFile("Title\none\n")).Want(200)
	_, mine := a.stored(t)
	store, err := blob.Open(string(a.App.Config.BlobURL))
	if err != nil {
		t.Fatal(err)
	}
	folder := "tenants/" + a.owner.TenantID.String() + "/exports/imports/"
	var planted []string
	for range 3 {
		planted = append(planted, folder+uuid.NewString()+"/cut")
		if err := store.Write(t.Context(), planted[len(planted)-1], func(w io.Writer) error { _, err := io.WriteString(w, "half"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	tidied := func(after time.Duration) []string {
		t.Helper()
		a.Worker.Transfer.Now = func() time.Time { return time.Now().Add(after) }
		if err := a.Worker.Transfer.Tidy(t.Context(), a.owner.TenantID); err != nil {
			t.Fatal(err)
		}
		_, files := a.stored(t)
		return files
	}
	if got := tidied(23 * time.Hour); len(got) != len(mine)+len(planted) {
		t.Errorf("what may be on its way went: %q", got)
	}
	if got := tidied(25 * time.Hour); !slices.Equal(got, mine) {
		t.Errorf("a day later there are %q, want %q", got, mine)
	}
}

// Nobody makes a ticket with an id by which it would look brought in, and would stand in the way of what is.
func TestATicketWithTheIDOfAnImport(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	page := begun(t, a.Site, b, "Title\none\ntwo\n")
	id := uuid.MustParse(page.Path[strings.LastIndex(page.Path, "/")+1:])
	id[12], id[13], id[14], id[15] = 0, 0, 0, 2
	const tickets = "/orgs/acme/projects/WEB/tickets"
	for _, copied := range []string{"", "1"} {
		again := jun.Post(tickets, url.Values{"id": {id.String()}, "title": {"In its place"}, "copy": {copied}}).Want(409).Says("This form cannot be used for a ticket.")
		if got := again.Form(tickets).Get("title"); got != "In its place" {
			t.Errorf("what was typed came back as %q", got)
		}
	}
	var last int
	if err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
		return tx.QueryRow(ctx, `select last_number from ticket_counters`).Scan(&last)
	}); err != nil || last != 1 {
		t.Errorf("a number is used up: %d (%v)", last, err)
	}
	id[11] ^= 0xff // as comments of the import have
	jun.Post(tickets+"/1/comments", url.Values{"id": {id.String()}, "body": {"In its place"}}).Want(409)
	jun.Get(tickets+"/new").Submit(tickets, "title", "Beside it").Want(200).At(tickets + "/2")
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
}
