package handlers_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

const exportPath = "/account/data/export"

// alter runs a statement as the superuser.
func alter(t *testing.T, s *webtest.Site, statement string, args ...any) {
	t.Helper()
	if _, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func rowsOf(t *testing.T, s *webtest.Site, query string, args ...any) int {
	t.Helper()
	var n int
	if err := dbtest.At(t, s.Database.Super).QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// fetchLink is where the page leads to the finished copy.
func fetchLink(t *testing.T, p *webtest.Page) string { return copyLink(t, p, "/account/data/exports/") }

func copyLink(t *testing.T, p *webtest.Page, under string) string {
	t.Helper()
	for _, link := range p.Links() {
		if strings.HasPrefix(link, under) {
			return link
		}
	}
	t.Fatalf("no link to a copy: %s", p.Text())
	return ""
}

// unzip reads a fetched copy: file to content.
func unzip(t *testing.T, p *webtest.Page) map[string]string { return unzipped(t, p, "plinth-data-") }

func unzipped(t *testing.T, p *webtest.Page, name string) map[string]string {
	t.Helper()
	p.Want(200)
	if got := p.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename=`+name) {
		t.Errorf("Content-Disposition %q", got)
	}
	z, err := zip.NewReader(strings.NewReader(p.Body), int64(len(p.Body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// copied asks for a copy, lets it be made, and returns its files.
func copied(t *testing.T, s *webtest.Site, b *webtest.Browser) map[string]string {
	t.Helper()
	b.Get("/account/data").Want(200).Submit(exportPath).Want(200).At("/account/data").Says("It is being prepared")
	s.Settle(t)
	return unzip(t, b.Get(fetchLink(t, b.Get("/account/data").Says("It is ready"))))
}

// wrote puts tickets into an organization, with the person as author, and gives each a word of its own.
func wrote(t *testing.T, s *webtest.Site, o scope.Scope, key, word string) {
	t.Helper()
	s.Fill(t, o, key, 3)
	alter(t, s, `update tickets set body = $2 where project_id = (select id from projects where tenant_id = $1 and key = $3)`, o.TenantID, word, key)
}

func TestACopyOfOnesData(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p, other := s.Account(t, "Dana", dana), s.Account(t, "Otto Owner", "otto@other.example")
	own := s.Org(t, p, "own", "Own")
	wrote(t, s, own, "OWN", "mine-in-own")
	acme := s.Org(t, other, "acme", "Acme")
	member := s.Join(t, acme, p, scope.Member)
	wrote(t, s, member, "PUB", "mine-in-acme")
	wrote(t, s, acme, "OTH", "of-otto")
	wrote(t, s, member, "HID", "mine-but-hidden")
	alter(t, s, `update projects set visibility = 'members' where key = 'HID'`)
	left := s.Join(t, s.Org(t, other, "left", "Left"), p, scope.Member)
	wrote(t, s, left, "OLD", "mine-in-left")
	alter(t, s, `update memberships set left_at = now() where tenant_id = $1 and user_id = $2`, left.TenantID, p.ID)
	s.Worker.Privacy.PageSize = 2
	alter(t, s, `insert into account_events (id, user_id, actor_id, action, person) values (gen_random_uuid(), $1, $2, 'account.suspended', '{"address": "desk-of-staff"}')`, p.ID, other.ID)

	b := s.SignIn(t, dana)
	files := copied(t, s, b)
	for file, word := range map[string]string{
		"account/profile.json": dana, "account/security.json": `"password"`, "account/events.json": "account.signed_in",
		"organizations/own/tickets.json": "mine-in-own", "organizations/own/comments.json": "A comment",
		"organizations/acme/tickets.json": "mine-in-acme", "organizations/acme/membership.json": `"member"`, "organizations/acme/activity.json": "ticket.status_changed",
		"organizations/left/membership.json": `"left_at": "2`,
	} {
		if !strings.Contains(files[file], word) {
			t.Errorf("%s does not say %q: %s", file, word, files[file])
		}
	}
	if n := strings.Count(files["organizations/own/tickets.json"], "mine-in-own"); n != 3 {
		t.Errorf("%d of 3 tickets, which are of two pages", n)
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".json") && !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON: %s", name, text)
		}
		for _, foreign := range []string{"otto@other.example", "of-otto", "mine-but-hidden", "mine-in-left", "$argon2", "desk-of-staff", "salt"} {
			if strings.Contains(text, foreign) {
				t.Errorf("%s says %q", name, foreign)
			}
		}
		if strings.HasPrefix(name, "organizations/left/") && name != "organizations/left/membership.json" {
			t.Errorf("%s is of an organization that was left", name)
		}
	}
	if told(t, s, "The copy of your data is ready") != 1 {
		t.Error("no mail says that the copy is ready")
	}
	if n := rowsOf(t, s, `select count(*) from account_events where user_id = $1 and action in ('account.export_asked', 'account.export_fetched')`, p.ID); n != 2 {
		t.Errorf("%d of 2 events", n)
	}
}

func TestACopyIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	page, second := b.Get("/account/data"), b.Get("/account/data")
	page.Submit(exportPath).Want(200)
	page.Submit(exportPath).Want(200)   // the same form again
	second.Submit(exportPath).Want(200) // and one of another window
	if n := rowsOf(t, s, `select count(*) from account_exports`); n != 1 {
		t.Errorf("%d copies", n)
	}
	s.Settle(t)
	page.Submit(exportPath).Want(200).Says("It is ready") // long after
	if n := rowsOf(t, s, `select count(*) from account_exports`); n != 1 {
		t.Errorf("%d copies", n)
	}
	b.Post("/account/data/export", url.Values{"id": {"x"}}).Want(422)

	// A new one takes the place of the old.
	old := fetchLink(t, b.Get("/account/data"))
	b.Get("/account/data").Submit(exportPath).Want(200)
	s.Settle(t)
	b.Get(old).Want(404)
	b.Get(fetchLink(t, b.Get("/account/data"))).Want(200)
}

func TestACopyIsForItsPersonAlone(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b, other := s.Person(t, "Dana", dana), s.Person(t, "Otto", "otto@other.example")
	copied(t, s, b)
	link := fetchLink(t, b.Get("/account/data"))
	other.Get(link).Want(404)
	other.Get("/account/data").Silent("exports/")
	s.Browser(t).Get(link).At("/signin")
	b.Get("/account/data/exports/" + uuid.NewString()).Want(404)
	b.Get("/account/data/exports/nothing").Want(404)

	alter(t, s, `update sessions set proven_at = now() - interval '1 day'`)
	b.Get(link).At("/confirm")
	b.Get("/account/data").Want(200).Submit(exportPath).Want(403).Says("Confirm that it is you")
	if n := rowsOf(t, s, `select count(*) from account_exports`); n != 1 {
		t.Errorf("%d copies", n)
	}
}

func TestACopyExpires(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	copied(t, s, b)
	link := fetchLink(t, b.Get("/account/data"))
	alter(t, s, `update account_exports set expires_at = now() - interval '1 second'`)
	b.Get(link).Want(404)
	b.Get("/account/data").Says("Prepare a copy")
	if err := s.Worker.Privacy.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := rowsOf(t, s, `select count(*) from account_exports`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	err := s.Worker.Privacy.Files.Each(t.Context(), "", func(key string) error {
		t.Errorf("the file %s is left", key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// brokenFiles is a place for files where none can be written.
func brokenFiles(t *testing.T) *blob.Store {
	t.Helper()
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := blob.Open("file://" + file + "/below")
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestACopyThatFails(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	good := s.Worker.Privacy.Files
	s.Worker.Privacy.Files = brokenFiles(t)
	b.Get("/account/data").Submit(exportPath).Want(200)
	alter(t, s, `update river.river_job set max_attempts = 1 where kind = 'export_account'`)
	s.Settle(t)
	b.Get("/account/data").Says("could not be finished", "Try again")
	s.Worker.Privacy.Files = good
	b.Get("/account/data").Submit(exportPath).Want(200)
	s.Settle(t)
	b.Get(fetchLink(t, b.Get("/account/data").Says("It is ready"))).Want(200)
}

// What takes long is done in turns.
func TestACopyInTurns(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Worker.Privacy.RunFor = 1
	b := s.Person(t, "Dana", dana)
	if files := copied(t, s, b); !strings.Contains(files["account/profile.json"], dana) || files["account/events.json"] == "" {
		t.Errorf("the copy has %v", files)
	}
}

// A copy whose job was lost does not stand in the way for ever.
func TestACopyThatStandsStill(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	b := s.Person(t, "Dana", dana)
	b.Get("/account/data").Submit(exportPath).Want(200)
	alter(t, s, `delete from river.river_job`)
	alter(t, s, `update account_exports set updated_at = now() - interval '2 hours'`)
	form := url.Values{"id": {uuid.NewString()}}
	b.Post(exportPath, form).Want(200).Says("It is being prepared")
	s.Settle(t)
	b.Get("/account/data").Says("It is ready")
}

func TestTheCopyFollowsItsPerson(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p, other := s.Account(t, "Dana", dana), s.Account(t, "Otto", "otto@other.example")
	member := s.Join(t, s.Org(t, other, "acme", "Acme"), p, scope.Member)
	wrote(t, s, member, "PUB", "mine-in-acme")
	b := s.SignIn(t, dana)
	b.Get("/account/data").Submit(exportPath).Want(200)
	// Removed after the copy was asked for and before it is made: the right counts that there is, not the one there was.
	alter(t, s, `update memberships set left_at = now() where user_id = $1`, p.ID)
	s.Settle(t)
	for name, text := range unzip(t, b.Get(fetchLink(t, b.Get("/account/data")))) {
		if strings.Contains(text, "mine-in-acme") {
			t.Errorf("%s has what its person no longer sees", name)
		}
	}
	// An account that is gone gets none.
	b.Get("/account/data").Submit(exportPath).Want(200)
	alter(t, s, `update users set anonymised_at = now() where id = $1`, p.ID)
	s.Settle(t)
	if n := rowsOf(t, s, `select count(*) from account_exports where state = 'failed'`); n != 1 {
		t.Errorf("%d failed copies", n)
	}
	if got := b.Request(http.MethodGet, "/account/data", nil, nil).Status; got == 200 {
		t.Errorf("a closed account is shown its page: %d", got)
	}
}
