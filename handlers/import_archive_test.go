package handlers_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/test/webtest"
)

func zipFile(data []byte) webtest.File {
	return webtest.File{Field: "file", Name: "WEB.zip", Type: "application/zip", Data: data}
}

// packed makes an archive of files, by name.
func packed(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// claiming makes an archive that says of so many files of a ticket that they have so many bytes.
func claiming(t *testing.T, files [][2]string, ticket string, n int, bytesEach uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for range n {
		id := uuid.NewString()
		files[4][1] += fmt.Sprintf(`{"id":%q,"ticket":%q,"name":"large.txt"}`+"\n", id, ticket)
		if _, err := z.CreateRaw(&zip.FileHeader{Name: "files/" + id, UncompressedSize64: bytesEach}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// looked sends an archive and has it looked through.
func looked(t *testing.T, s *webtest.Site, b *webtest.Browser, slug string, data []byte) *webtest.Page {
	t.Helper()
	page := b.Get("/orgs/"+slug+"/imports").Want(200).Upload("/orgs/"+slug+"/imports", zipFile(data)).Want(200).Says("Looking through the archive.")
	s.Settle(t)
	return b.Get(page.Path).Want(200)
}

// whole is all that a project holds, one line for each thing, without ids.
func whole(t *testing.T, a acme, o scope.Scope, key string) []string {
	t.Helper()
	var out []string
	err := a.App.DB.InTenant(t.Context(), o, func(ctx context.Context, tx txn) error {
		rows, err := tx.Query(ctx, `
			with p as (select * from projects where key = $1), k as (select t.* from tickets t join p on t.project_id = p.id where t.deleted_at is null)
			select 'project ' || (select row(name, description, hue, visibility)::text from p)
			union all select 'status ' || row(st.slug, st.name, st.kind, st.position, st.ticket_limit)::text from statuses st join p on st.project_id = p.id
			union all select 'label ' || row(l.name, l.hue)::text from labels l join p on l.project_id = p.id
			union all select 'ticket ' || row(k.number, k.title, k.body, k.status, k.priority, u.email, w.email, k.comments, k.revision, k.created_at, k.updated_at, k.closed_at, k.started_at, k.rank, k.due_on, k.estimate,
				(select x.number from tickets x where x.id = k.parent_id))::text from k left join users u on u.id = k.assignee_id join users w on w.id = k.author_id
			union all select 'label of ' || row(k.number, l.name)::text from k join ticket_labels tl on tl.ticket_id = k.id join labels l on l.id = tl.label_id
			union all select 'watcher ' || row(k.number, u.email, w.watching, w.since)::text from k join ticket_watchers w on w.ticket_id = k.id join users u on u.id = w.user_id
			union all select 'link ' || row(k.number, b.number)::text from k join ticket_links i on i.blocker_id = k.id join k b on b.id = i.blocked_id
			union all select 'comment ' || row(k.number, u.email, c.body, c.created_at, c.updated_at, c.edited_at, c.revision)::text from k join comments c on c.ticket_id = k.id join users u on u.id = c.author_id where c.deleted_at is null
			union all select 'reaction ' || row(k.number, c.body, r.kind, u.email, r.created_at)::text from k join comments c on c.ticket_id = k.id join reactions r on r.comment_id = c.id join users u on u.id = r.user_id
			union all select 'file ' || row(k.number, k.files, f.name, f.size, f.sha256, f.content_type, c.body, u.email)::text from k join attachments f on f.ticket_id = k.id and f.deleted_at is null join users u on u.id = f.author_id left join comments c on c.id = f.comment_id
			union all select 'count ' || row(n.status, n.tickets)::text from ticket_counts n join p on n.project_id = p.id where n.tickets > 0
			union all select 'words ' || count(*) from search_docs d join k on k.id = d.ticket_id
			order by 1`, key)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			out = append(out, line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAProjectComesBackAsItWas(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 9)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme/projects/WEB/tickets/1").Upload("/orgs/acme/projects/WEB/tickets/1/attachments", webtest.File{Field: "file", Name: "notes.txt", Type: "text/plain", Data: []byte("the notes")}).Want(200)
	for _, sql := range []string{
		`insert into labels (tenant_id, id, project_id, name, hue) select tenant_id, gen_random_uuid(), id, v, 'plum' from projects, unnest(array['bug', 'big one']) v`,
		`insert into ticket_labels (tenant_id, ticket_id, label_id, number) select l.tenant_id, t.id, l.id, t.number from labels l join tickets t on t.project_id = l.project_id where t.number < 5`,
		`update tickets set parent_id = (select id from tickets where number = 7), due_on = '2027-01-02', estimate = 8, revision = 4 where number in (2, 3)`,
		`insert into ticket_links (tenant_id, blocker_id, blocked_id, created_by) select t.tenant_id, t.id, o.id, t.author_id from tickets t join tickets o on o.number = 5 where t.number = 4`,
		`update tickets set assignee_id = (select id from users where email = 'jun@example.com') where number > 5`,
		`update comments set author_id = (select id from users where email = 'jun@example.com'), edited_at = now() where id in (select id from comments limit 3)`,
		`insert into reactions (tenant_id, comment_id, user_id, kind) select tenant_id, id, author_id, 'thanks' from comments limit 4`,
		`insert into ticket_watchers (tenant_id, ticket_id, user_id, watching) select tenant_id, id, author_id, false from tickets where number = 9`,
		`update tickets set comments = (select count(*) from comments c where c.ticket_id = tickets.id)`,
		`insert into search_docs (tenant_id, id, project_id, ticket_id, words) select c.tenant_id, c.id, t.project_id, t.id, '' from comments c join tickets t on t.id = c.ticket_id`,
		`update tickets set started_at = least(closed_at, created_at + interval '1 minute') where number < 6`,
		`update attachments set comment_id = (select id from comments limit 1)`,
	} {
		a.exec(t, sql)
	}
	archive := []byte(prepared(t, a.Site, b, "zip").Body)

	// Into the same organization: equal, row for row.
	page := looked(t, a.Site, b, "acme", archive).Says("9 tickets, 10 comments, 1 file").Silent("Not found here")
	page.Submit(page.Path + "/start").Want(422).Says("This key is taken.")
	page.Submit(page.Path+"/start", "key", "TWO").Want(200).Says("Bringing tickets in")
	b.Post(page.Path+"/start", url.Values{"name": {"Project WEB"}, "key": {"SIX"}}).Want(200) // late, and nothing of it
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("9 tickets came in.")
	was, is := whole(t, a, a.owner, "WEB"), whole(t, a, a.owner, "TWO")
	if diff := cmp.Diff(was, is); diff != "" || len(was) < 45 {
		t.Errorf("%d lines; what came back differs:\n%s", len(was), diff)
	}
	b.Get("/orgs/acme/projects/SIX").Want(404)
	link := copyLink(t, b.Get("/orgs/acme/projects/TWO/tickets/1").Want(200).Says("notes.txt"), "/orgs/acme/projects/TWO/tickets/1/attachments/")
	if got := b.Get(link).Want(200).Body; got != "the notes" {
		t.Errorf("the file: %q", got)
	}
	b.Get("/orgs/acme/projects/TWO/tickets/new").Submit("/orgs/acme/projects/TWO/tickets", "title", "The next").Want(200).At("/orgs/acme/projects/TWO/tickets/10")

	// Into another one: who is not there is named.
	other := a.Org(t, a.Account(t, "Otto Owner", "otto@other.example"), "other", "Other")
	o := a.SignIn(t, "otto@other.example")
	page = looked(t, a.Site, o, "other", archive).Says("Not found here", "Dana Whitfield, Jun Park")
	page.Submit(page.Path + "/start").Want(200)
	a.Settle(t)
	o.Get(page.Path).Want(200).Says("9 tickets came in.")
	o.Get("/orgs/other/projects/WEB/tickets/7").Want(200).Says("Assigned to Jun Park", "Written by Dana Whitfield")
	if n := len(whole(t, a, other, "WEB")); n < 40 {
		t.Errorf("%d lines came into the other organization", n)
	}
	b.Get(strings.Replace(page.Path, "other", "acme", 1)).Want(404)
}

func TestArchivesThatAreRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	project := `{"key":"EVL","name":"Evil","statuses":[{"slug":"todo","name":"To do","kind":"todo"}],"labels":[],"visibility":"organization"}`
	manifest := [2]string{"plinth.json", `{"format":"plinth-project","version":1,"organization":"x","project":` + project + `}`}
	ticket := func(more string) string {
		return fmt.Sprintf(`{"id":%q,"number":1,"title":"One","body":"","status":"todo","author":%q%s}`+"\n", uuid.NewString(), uuid.NewString(), more)
	}
	rest := func(tickets string) [][2]string {
		return [][2]string{manifest, {"people.jsonl", ""}, {"tickets.jsonl", tickets}, {"comments.jsonl", ""}, {"attachments.jsonl", ""}}
	}
	good := packed(t, rest(ticket(""))...)
	lying := bytes.Replace(bytes.Clone(good), []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1)
	one := ticket("")
	owner, file := uuid.NewString(), uuid.NewString()
	line := fmt.Sprintf(`{"id":%q,"ticket":%q,"name":"notes.txt"}`+"\n", file, owner)
	again := append(rest(fmt.Sprintf(`{"id":%q,"number":1,"title":"One","status":"todo"}`+"\n", owner)), [2]string{"files/" + file, "the notes"})
	again[4][1] = line + line
	noID := append(rest(fmt.Sprintf(`{"id":%q,"number":1,"title":"One","status":"todo"}`+"\n", owner)), [2]string{"files/" + uuid.Nil.String(), "x"})
	noID[4][1] = fmt.Sprintf(`{"ticket":%q,"name":"x.txt"}`+"\n", owner)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"text":          {[]byte("PK\x03\x04 and then nothing"), "This is no archive that can be read."},
		"directory":     {lying, "This is no archive that can be read."},
		"cut":           {good[:len(good)-30], "This is no archive that can be read."},
		"way up":        {packed(t, append(rest(one), [2]string{"../../etc/passwd", "x"})...), "files that do not belong there"},
		"absolute":      {packed(t, append(rest(one), [2]string{"/etc/passwd", "x"})...), "files that do not belong there"},
		"backslash":     {packed(t, append(rest(one), [2]string{`files\..\x`, "x"})...), "files that do not belong there"},
		"twice":         {packed(t, append(rest(one), manifest)...), "a file twice"},
		"other format":  {packed(t, [2]string{"plinth.json", `{"format":"other"}`}), "no archive of a Plinth project"},
		"version":       {packed(t, [2]string{"plinth.json", `{"format":"plinth-project","version":9}`}), "version 9"},
		"file twice":    {packed(t, again...), "Line 2 of attachments.jsonl is a file that was there before."},
		"no such year":  {packed(t, [2]string{"plinth.json", strings.Replace(manifest[1], `{`, `{"made_at":"9999-12-31T23:00:00-10:00",`, 1)}), "When this archive was made cannot be read."},
		"file, no id":   {packed(t, noID...), "Line 1 of attachments.jsonl has no id."},
		"2 GB":          {claiming(t, rest(fmt.Sprintf(`{"id":%q,"number":1,"title":"One","status":"todo"}`+"\n", owner)), owner, 90, 24_000_000), "larger than 2 GB together"},
		"no id":         {packed(t, rest(fmt.Sprintf(`{"id":%q,"number":1,"title":"One","status":"todo"}`+"\n", uuid.Nil))...), "Line 1 of tickets.jsonl has no id."},
		"not whole":     {packed(t, manifest), "is missing"},
		"no ticket":     {packed(t, rest(ticket(`,"priority":9`))...), "Line 1 of tickets.jsonl is no ticket."},
		"twin":          {packed(t, rest(one+one)...), "Line 2 of tickets.jsonl is a ticket that was there before."},
		"number":        {packed(t, rest(ticket("")+ticket(""))...), "a number that was there before"},
		"no JSON":       {packed(t, rest("{\n")...), "Line 1 of tickets.jsonl cannot be read."},
		"status":        {packed(t, rest(strings.Replace(one, `"todo"`, `"gone"`, 1))...), "is no ticket"},
		"large number":  {packed(t, rest(ticket(`,"number":2147483647`))...), "is no ticket"},
		"many ties":     {packed(t, rest(ticket(`,"blocks":["`+strings.Repeat(uuid.NewString()+`","`, 200)+uuid.NewString()+`"]`))...), "is no ticket"},
		"twin statuses": {packed(t, [2]string{"plinth.json", strings.Replace(manifest[1], `"statuses":[`, `"statuses":[{"slug":"x","name":"TO DO","kind":"todo"},`, 1)}, [2]string{"people.jsonl", ""}, [2]string{"tickets.jsonl", ""}), "of its project cannot be read"},
		"twin labels":   {packed(t, [2]string{"plinth.json", strings.Replace(manifest[1], `"labels":[`, `"labels":[{"name":"Bug"},{"name":"bug"}`, 1)}, [2]string{"people.jsonl", ""}, [2]string{"tickets.jsonl", ""}), "of its project cannot be read"},
		"bomb":          {packed(t, rest(strings.Repeat(" ", 3<<20))...), "cannot be read behind line 0"},
		"large table":   {packed(t, rest(strings.Repeat(strings.Repeat(" ", 1<<19)+"{}\n", 1+1<<10))...), ""},
		"long manifest": {packed(t, [2]string{"plinth.json", strings.Repeat(" ", 2<<20)}), "too large"},
	} {
		page := looked(t, a.Site, b, "acme", c.data)
		if text := page.Text(); !strings.Contains(text, "This import has stopped.") || !strings.Contains(text, c.want) {
			t.Errorf("%s: %s", name, text[strings.Index(text, "Import a project"):])
		}
	}
	b.Get("/orgs/acme/imports").Upload("/orgs/acme/imports", zipFile([]byte("%PDF-1.4 PK\x03\x04"))).Want(422).Says("This is no ZIP archive.")
	many := [][2]string{}
	for range 20_001 {
		many = append(many, [2]string{"files/" + uuid.NewString(), ""})
	}
	looked(t, a.Site, b, "acme", packed(t, many...)).Says("more than 20000 files")
	oddArchive(t, a, b, &manifest, rest)
}

// oddArchive has texts with what no text has, ties in a circle, a time that cannot be written, and files of no ticket's: harmless.
func oddArchive(t *testing.T, a acme, b *webtest.Browser, manifest *[2]string, rest func(string) [][2]string) {
	t.Helper()
	x, y, z := uuid.NewString(), uuid.NewString(), uuid.NewString()
	odd := fmt.Sprintf(`{"id":%[1]q,"number":5,"title":"A\u0000B","body":"=1+1\u0000 and \\u0000","status":"review","revision":2147483647,"assignee":%[3]q,"rank":"zzz'","parent":%[2]q,"blocks":[%[1]q,%[2]q,%[2]q],"created_at":"2999-01-01T00:00:00Z"}`+"\n"+
		`{"id":%[2]q,"number":2,"title":"Two","status":"todo","parent":%[1]q,"watchers":[{"person":%[1]q}]}`+"\n", x, y, z)
	manifest[1] = strings.Replace(manifest[1], `"kind":"todo"}]`, `"kind":"todo"},{"slug":"review","name":"In review","kind":"review"}]`, 1)
	manifest[1] = strings.Replace(manifest[1], `{`, `{"made_at":"2020-01-01T00:00:00+24:00",`, 1) // which cannot be written so
	files := rest(odd)
	files[1][1] = fmt.Sprintf(`{"id":%q,"name":"Lukas Guest","email":"lukas@example.com"}`+"\n", z)
	page := looked(t, a.Site, b, "acme", packed(t, files...)).Says("2 tickets")
	a.exec(t, `update imports set found = jsonb_set(found, '{bytes}', '9000000000000')`)
	page.Submit(page.Path + "/start").Want(402).Says("of files")
	b.Get("/orgs/acme/projects/EVL").Want(404)
	a.exec(t, `update imports set found = jsonb_set(found, '{bytes}', '0')`)
	page.Submit(page.Path + "/start").Want(200)
	// Before they are in, somebody adds one, and takes a status away.
	b.Get("/orgs/acme/projects/EVL/tickets/new").Submit("/orgs/acme/projects/EVL/tickets", "title", "Meanwhile").Want(200).At("/orgs/acme/projects/EVL/tickets/6")
	a.exec(t, `update statuses set deleted_at = now(), moves_to = 'todo' where slug = 'review' and project_id = (select id from projects where key = 'EVL')`)
	a.Settle(t)
	b.Get(page.Path).Want(200).Says("2 tickets came in.")
	b.Get("/orgs/acme/projects/EVL/tickets/5").Want(200).Says("AB", `=1+1 and \u0000`, "Assigned to Lukas Guest")
	if held := whole(t, a, a.owner, "EVL"); !slices.Contains(held, "count (todo,3)") {
		t.Errorf("what stands in lanes: %q", held)
	}
	a.SignIn(t, "lukas@example.com").Get("/orgs/acme/imports").Want(403)
	b.Post("/orgs/acme/imports/"+uuid.NewString()+"/resume", nil).Want(404)
}
