package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/test/webtest"
)

const webExport = "/orgs/acme/projects/WEB/export"

// prepared lets somebody ask for a copy of the kind, has it made, and fetches it.
func prepared(t *testing.T, s *webtest.Site, b *webtest.Browser, kind string) *webtest.Page {
	t.Helper()
	form := url.Values{"id": {uuid.NewString()}, "kind": {kind}}
	b.Post(webExport, form).Want(200).At(webExport).Says("Being prepared: 0 of")
	b.Post(webExport, form).Want(200) // a second press begins nothing
	s.Settle(t)
	page := b.Get(webExport).Want(200).Silent("Being prepared", "every 2s")
	return b.Get(preparedLink(t, page)).Want(200)
}

// preparedLink is where the newest copy on the page is fetched.
func preparedLink(t *testing.T, page *webtest.Page) string {
	t.Helper()
	for _, link := range page.Links() {
		if id, ok := strings.CutPrefix(link, webExport+"/"); ok && uuid.Validate(id) == nil {
			return link
		}
	}
	t.Fatalf("nothing to fetch: %s", page.Text())
	return ""
}

func TestTicketsAsATable(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 7)
	b := a.SignIn(t, dana)
	hostile := "=HYPERLINK(\"http://evil.example\")"
	a.exec(t, `update tickets set title = '`+hostile+`', body = E'one,\n"two"; three', due_on = '2027-02-03', estimate = 5 where number = 3`)
	a.exec(t, `update tickets set title = '''=quoted' where number = 4`)
	a.exec(t, `update tickets set deleted_at = now() where number = 7`)
	a.exec(t, `insert into labels (tenant_id, id, project_id, name, hue) select tenant_id, gen_random_uuid(), id, v, 'plum' from projects, unnest(array['bug, urgent', '@team']) v where key = 'WEB'`)
	a.exec(t, `insert into ticket_labels (tenant_id, ticket_id, label_id, number) select l.tenant_id, t.id, l.id, 3 from labels l join tickets t on t.number = 3 and t.project_id = l.project_id`)

	list := b.Get("/orgs/acme/projects/WEB/tickets?status=todo&sort=updated").Want(200)
	if !slices.Contains(list.Links(), webExport+"?status=todo") {
		t.Errorf("the list does not lead to its export: %q", list.Links())
	}
	b.Get(webExport + "?status=todo").Want(200).Says("What the list shows with its filter: 1 ticket.")
	page := b.Get(webExport + "/tickets.csv").Want(200)
	if got := page.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=WEB-") {
		t.Errorf("kept as %q", got)
	}
	body, marked := strings.CutPrefix(page.Body, "\ufeff")
	rows := table(t, body)
	if !marked || len(rows) != 6 {
		t.Fatalf("%d rows, mark %v: %s", len(rows), marked, page.Body)
	}
	three := rows[2]
	if three["Key"] != "WEB-3" || three["Title"] != "'"+hostile || three["Description"] != "one,\n\"two\"; three" || three["Labels"] != "'@team,\"bug, urgent\"" ||
		three["Due"] != "2027-02-03" || three["Estimate"] != "5" || three["Assignee e-mail"] != dana || rows[3]["Title"] != "''=quoted" {
		t.Errorf("row 3: %q, row 4: %q", three, rows[3]["Title"])
	}
	if got := table(t, strings.TrimPrefix(b.Get(webExport+"/tickets.csv?status=todo").Body, "\ufeff")); len(got) != 1 || got[0]["Status"] != "To do" {
		t.Errorf("with the filter: %v", got)
	}

	// As a job, in pages: the same table.
	a.Worker.Transfer.PageSize = 2
	if got := prepared(t, a.Site, b, "csv"); got.Body != page.Body {
		t.Errorf("the job's table differs:\n%s\n%s", got.Body, page.Body)
	}
	// Another person's copy is not there, and what they may not see is not in theirs.
	link := preparedLink(t, b.Get(webExport))
	mira := a.SignIn(t, "mira@example.com")
	mira.Get(link).Want(404)
	guest := a.SignIn(t, "lukas@example.com")
	guest.Get(webExport).Want(404)
	guest.Get(webExport + "/tickets.csv").Want(404)
	guest.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"csv"}}).Want(404)
	a.exec(t, `insert into project_members (tenant_id, project_id, user_id) select p.tenant_id, p.id, u.id from projects p, users u where p.key = 'WEB' and u.email = 'lukas@example.com'`)
	guest.Get(webExport + "/tickets.csv").Want(200).Silent(dana)
	guest.Get(webExport).Want(200).Silent("Whole project")
	guest.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"zip"}}).Want(403)
	b.Post("/orgs/acme/projects/WEB/export", url.Values{"id": {"x"}, "kind": {"csv"}}).Want(422)
	b.Post(webExport, url.Values{"id": {uuid.NewString()}, "kind": {"exe"}}).Want(422)
	b.Get("/orgs/acme/audit").Says("prepared a copy of", "took a copy of")
}

func TestAWholeProjectAsAnArchive(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Fill(t, a.owner, "WEB", 5)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme/projects/WEB/tickets/1").Upload("/orgs/acme/projects/WEB/tickets/1/attachments", webtest.File{Field: "file", Name: "notes.txt", Type: "text/plain", Data: []byte("the notes")}).Want(200)
	a.Worker.Transfer.PageSize = 3
	page := prepared(t, a.Site, b, "zip")
	z, err := zip.NewReader(bytes.NewReader([]byte(page.Body)), int64(len(page.Body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "files/") {
			f.Name = "files/"
		}
		files[f.Name] = string(data)
	}
	lines := func(name string) int { return strings.Count(files[name], "\n") }
	if lines("tickets.jsonl") != 5 || lines("comments.jsonl") != 10 || lines("attachments.jsonl") != 1 || lines("people.jsonl") != 1 || files["files/"] != "the notes" {
		t.Errorf("the archive has %v", files)
	}
	var m struct {
		Format  string
		Version int
		Project struct {
			Key      string
			Statuses []struct{ Slug, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(files["plinth.json"]), &m); err != nil || m.Format != "plinth-project" || m.Version != 1 || m.Project.Key != "WEB" || len(m.Project.Statuses) != 4 {
		t.Errorf("the manifest: %v %+v", err, m)
	}
	if strings.Contains(page.Body, "tenants/") {
		t.Error("the archive says where files lie")
	}
	link := preparedLink(t, b.Get(webExport))
	for range 40 {
		page = b.Get(link)
	}
	page.Want(429) // nobody fetches it over and over
}
