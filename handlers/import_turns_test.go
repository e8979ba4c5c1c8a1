package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/jobs"
)

// largeArchive has so many tickets, ties and comments that each of them takes more than one turn.
func largeArchive(t *testing.T, tickets int) []byte {
	t.Helper()
	ids := make([]string, tickets)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	person, talk := uuid.NewString(), uuid.NewString()
	var people, lines, comments strings.Builder
	fmt.Fprintf(&people, `{"id":%q,"name":"Jun Park","email":"jun@example.com"}`+"\n", person)
	for i, id := range ids {
		fmt.Fprintf(&lines, `{"id":%q,"number":%d,"title":"Number %d","body":"","status":"todo","author":%q,"parent":%q,"blocks":[%q,%q],"created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}`+"\n",
			id, i+1, i+1, person, ids[(i+1)%tickets], ids[(i+7)%tickets], ids[(i+7)%tickets]) // the parents are one circle
		comment := uuid.NewString()
		if i == tickets-2 {
			comment = talk
		}
		fmt.Fprintf(&comments, `{"id":%q,"ticket":%q,"author":%q,"body":"Said of %d","created_at":"2026-01-02T03:04:05Z"}`+"\n", comment, ids[i/2], person, i+1)
	}
	file := uuid.NewString()
	return packed(t, [2]string{"plinth.json", `{"format":"plinth-project","version":1,"organization":"x","project":{"key":"BIG","name":"Big","statuses":[{"slug":"todo","name":"To do","kind":"todo"}],"labels":[],"visibility":"organization"}}`},
		[2]string{"people.jsonl", people.String()}, [2]string{"tickets.jsonl", lines.String()}, [2]string{"comments.jsonl", comments.String()},
		[2]string{"attachments.jsonl", fmt.Sprintf(`{"id":%q,"ticket":%q,"comment":%q,"author":%q,"name":"notes.txt"}`+"\n", file, ids[(tickets-2)/2], talk, person)}, [2]string{"files/" + file, "the notes"})
}

// until lets the worker have turn after turn of the newest import until its row says so.
func (a acme) until(t *testing.T, sql string) uuid.UUID {
	t.Helper()
	for range 200 {
		var id uuid.UUID
		var there bool
		if err := a.App.DB.InTenant(t.Context(), a.owner, func(ctx context.Context, tx txn) error {
			return tx.QueryRow(ctx, `select id, `+sql+` from imports order by created_at desc limit 1`).Scan(&id, &there)
		}); err != nil {
			t.Fatal(err)
		}
		if there {
			return id
		}
		if _, err := a.Worker.Transfer.RunImport(t.Context(), a.owner.TenantID, id); err != nil {
			t.Fatalf("before %s: %v", sql, err)
		}
	}
	t.Fatalf("%s is never so", sql)
	return uuid.Nil
}

// What stops in the middle of anything goes on there, and nothing of it comes twice.
func TestAnArchiveInManyTurns(t *testing.T) {
	t.Parallel()
	const tickets = 1100
	a := newAcme(t)
	a.project(t, "WEB", "organization")
	b := a.SignIn(t, dana)
	a.Worker.Transfer.RunFor = time.Nanosecond
	page := b.Get("/orgs/acme/imports").Upload("/orgs/acme/imports", zipFile(largeArchive(t, tickets))).Want(200)
	id := a.until(t, `step = 2 and at > 0`) // comments are looked through
	stop := func(then string) {
		t.Helper()
		if err := a.Worker.Transfer.GiveUpImport(t.Context(), a.owner.TenantID, id); err != nil {
			t.Fatal(err)
		}
		page = b.Get(page.Path).Want(200).Says("This import has stopped.")
		page.Submit(page.Path + "/resume").Want(200).Says(then)
	}
	stop("Looking through the archive")
	a.until(t, `state = 'checked'`)
	if _, files := a.stored(t); len(files) != 2 {
		t.Errorf("besides the archive and its index are kept: %q", files)
	}
	page = b.Get(page.Path).Want(200).Says("1,100 tickets, 1,100 comments, 1 file")
	page.Submit(page.Path + "/start").Want(200)
	for _, middle := range []string{`step = 0 and at > 0`, `step = 1 and at > 0 and at < 1099`, `step = 1 and at > 1099`, `step = 2 and at > 0`} {
		a.until(t, middle)
		if strings.HasSuffix(middle, "> 1099") { // people tie some that the archive would tie the other way round
			b.Post("/orgs/acme/projects/BIG/tickets/1007/links", url.Values{"kind": {"blocks"}, "ticket": {"BIG-1000"}}).Want(200)
		}
		stop("Bringing")
	}

	// Meanwhile the organization closes, and is opened again.
	a.exec(t, `update tenants set closing_at = now()`)
	if more, err := a.Worker.Transfer.RunImport(t.Context(), a.owner.TenantID, id); more || !errors.Is(err, jobs.ErrNothingToDo) {
		t.Errorf("while it closes: %v, %v", more, err)
	}
	a.exec(t, `update tenants set closing_at = null`)
	b.Get(page.Path).Want(200).Says("This import has stopped. This organization can only be read at the moment.").Submit(page.Path + "/resume").Want(200)
	a.Settle(t)
	a.until(t, `state = 'done'`) // a job that finds another's turn comes later
	b.Get(page.Path).Want(200).Says("1,100 tickets came in.")
	for sql, want := range map[string]int{
		`select count(*) from tickets`: tickets, `select count(*) from comments`: tickets, `select sum(comments) from tickets`: tickets, `select count(*) from ticket_links`: tickets - 1,
		`select count(*) from tickets where parent_id is not null`: tickets - 1, `select sum(tickets) from ticket_counts`: tickets, `select count(*) from search_docs where ticket_id is not null`: 2 * tickets,
		`select count(*) from ticket_links a join ticket_links b on b.blocker_id = a.blocked_id and b.blocked_id = a.blocker_id`: 0,
		`select count(*) from attachments f join comments c on c.id = f.comment_id where c.body = 'Said of 1099'`:                1,
	} {
		var got int
		if err := a.Worker.DB.InTenant(t.Context(), a.owner, scalar(sql, &got)); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
		}
	}
}

// A file of an archive waits for whoever works on its ticket; neither stands in the way of the other.
func TestAFileOfAnArchiveWaitsForItsTicket(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b, ctx := a.SignIn(t, dana), t.Context()
	page := looked(t, a.Site, b, "acme", largeArchive(t, 9))
	a.Worker.Transfer.RunFor = time.Nanosecond
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `step = 3`)
	tx, err := dbtest.Connect(t, a.Database.Super).Begin(ctx)
	if err == nil {
		_, err = tx.Exec(ctx, `select from tickets for no key update`)
	}
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error)
	go func() {
		_, err := a.Worker.Transfer.RunImport(ctx, a.owner.TenantID, id)
		answer <- err
	}()
	for looking, waiting := dbtest.Connect(t, a.Database.Super), 0; waiting == 0; {
		if err := looking.QueryRow(ctx, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(ctx, `select from tenants for update`); err != nil { // as whoever attaches a file: the ticket, then the organization
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("9 tickets came in.").Silent("was not taken", "were not taken")
	var files int
	if err := a.Worker.DB.InTenant(ctx, a.owner, scalar(`select count(*) from attachments where arrived_at is not null`, &files)); err != nil || files != 1 {
		t.Errorf("%d files came in (%v)", files, err)
	}
}

// The parents of a table are set in turns too; what somebody chose meanwhile stays.
func TestParentsOfATableInManyTurns(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	a.Worker.Transfer.RunFor = time.Nanosecond
	var text strings.Builder
	text.WriteString("Key,Title,Parent\n")
	for i := range 1200 {
		fmt.Fprintf(&text, "%d,Row %d,%d\n", i, i, i-1) // a row of parents as long as it is
	}
	page := begun(t, a.Site, b, text.String())
	page.Submit(page.Path + "/start").Want(200)
	id := a.until(t, `step = 1 and at > 0`)
	a.exec(t, `update tickets set parent_id = (select id from tickets where number = 1) where title = 'Row 1190'`)
	// What somebody puts below one that comes to stand above it: that one stays where it is.
	b.Post("/orgs/acme/projects/WEB/tickets/602/links", url.Values{"kind": {"parent"}, "ticket": {"WEB-652"}}).Want(200)
	if err := a.Worker.Transfer.GiveUpImport(t.Context(), a.owner.TenantID, id); err != nil {
		t.Fatal(err)
	}
	b.Get(page.Path).Want(200).Submit(page.Path + "/resume").Want(200).Says("Putting tickets below their parents.")
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("1,200 tickets came in.")
	for sql, want := range map[string]int{
		`select count(*) from tickets t join tickets o on o.id = t.parent_id where t.number = o.number + 1`: 1196,
		`select count(*) from tickets where title = 'Row 650' and parent_id is null`:                        1,
		`select o.number from tickets t join tickets o on o.id = t.parent_id where t.title = 'Row 1190'`:    1,
	} {
		var got int
		if err := a.Worker.DB.InTenant(t.Context(), a.owner, scalar(sql, &got)); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
		}
	}
}

// A project takes a hundred labels, also when somebody makes the last ones while an import is under way.
func TestLabelsOfATable(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 1)
	b := a.SignIn(t, dana)
	more := func(n int) {
		t.Helper()
		a.exec(t, fmt.Sprintf(`insert into labels (tenant_id, id, project_id, name, hue) select tenant_id, gen_random_uuid(), id, 'label ' || gen_random_uuid(), 'plum' from projects, generate_series(1, %d) where key = 'WEB'`, n))
	}
	more(98)
	three := begun(t, a.Site, b, "Title,Labels\none,\"red, green, blue\"\n")
	b.Post(three.Path+"/start", nil).Want(409).Says("A project has at most 100 labels.")
	two := begun(t, a.Site, b, "Title,Labels\none,\"red, green\"\n")
	two.Submit(two.Path + "/start").Want(200)
	more(1)
	a.Settle(t)
	b.Get(two.Path).Want(200).Says("This import has stopped. A project has at most 100 labels.")
	b.Post(three.Path+"/start", url.Values{"no_labels": {"true"}}).Want(200)
	a.Settle(t)
	b.Get(three.Path).Want(200).Says("1 ticket came in.")
	a.exec(t, `delete from labels where id in (select id from labels limit 1)`)
	b.Get(two.Path).Submit(two.Path + "/resume").Want(200)
	a.Settle(t)
	b.Get(two.Path).Want(200).Says("1 ticket came in.")
	b.Get(importLink(t, b.Get(two.Path))).Want(200).Says("red", "green")
}
