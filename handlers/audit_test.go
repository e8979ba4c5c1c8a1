package handlers_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

func TestAuditLogIsReadInPlainWords(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme Robotics")
	s.Join(t, owner, s.Account(t, "Mira Okafor", "mira@example.com"), scope.Member)
	b := s.SignIn(t, dana)
	b.Post("/orgs/acme/settings", url.Values{"name": {"Acme Works"}, "time_zone": {"Europe/Berlin"}}).Want(200)
	b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200)
	mira := people(t, s, "mira@example.com")
	b.Post("/orgs/acme/people/"+mira+"/role", url.Values{"role": {"admin"}}).Want(200)
	page := b.Get("/orgs/acme/audit").Want(200)
	page.Says("Dana Whitfield changed the role of Mira Okafor from Member to Admin", "invited nina@example.com as Guest",
		"changed the organization", "name: from Acme Robotics to Acme Works", "made the organization", "from 192.0.2.1, an unknown browser", "not sealed yet")
	page.Silent("salt")
	if !strings.Contains(page.Body, "Dana Whitfield</a> changed") { // a space between who and what
		t.Error("who and what run together")
	}

	if err := s.Worker.Audit.Seal(context.Background(), owner.TenantID); err != nil {
		t.Fatal(err)
	}
	b.Get("/orgs/acme/audit").Says("seal 1", "seal 4").Silent("not sealed yet")
	if got := b.Get("/orgs/acme").Links(); !strings.Contains(strings.Join(got, " "), "/orgs/acme/audit") {
		t.Error("nothing leads to the log")
	}
}

// people finds an account's id.
func people(t *testing.T, s *webtest.Site, email string) string {
	t.Helper()
	var id uuid.UUID
	if err := s.App.DB.Direct().QueryRow(t.Context(), `select id from users where email = $1`, email).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func TestAuditLogIsNarrowedDown(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	mira := s.Join(t, owner, s.Account(t, "Mira Okafor", "mira@example.com"), scope.Admin)
	b := s.SignIn(t, dana)
	b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200)
	s.SignIn(t, "mira@example.com").Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "jun@example.com", "role", "guest").Want(200)
	today := time.Now().UTC().Format(time.DateOnly)
	for query, want := range map[string]string{
		"person=" + mira.Person.ID.String():             "jun",
		"person=" + owner.Person.ID.String():            "nina founded",
		"person=plinth":                                 "",
		"kind=invitation":                               "jun nina",
		"kind=organization":                             "founded",
		"action=organization.created":                   "founded",
		"from=" + today + "&to=" + today:                "jun nina founded",
		"from=2999-01-01":                               "",
		"to=2001-01-01":                                 "",
		"person=nobody&kind=%00&from=yesterday&after=1": "jun nina founded",
		"kind=x'+or+true":                               "jun nina founded", // what is no name narrows nothing down
		"person=plinth&action=organization.created":     "",
	} {
		page := b.Get("/orgs/acme/audit?" + query).Want(200)
		for _, c := range []struct{ name, text string }{{"jun", "invited jun@example.com"}, {"nina", "invited nina@example.com"}, {"founded", "made the organization"}} {
			if got := strings.Contains(page.Text(), c.text); got != strings.Contains(want, c.name) {
				t.Errorf("%s: shows %s: %t", query, c.name, got)
			}
		}
		if want == "" {
			page.Says("Nothing that happened is like this", "Show the whole log")
		}
	}
}

// entries adds n entries, many of them at the same moment.
func entries(t *testing.T, s *webtest.Site, o scope.Scope, n int) {
	t.Helper()
	if _, err := dbtest.At(t, s.Database.Super).Exec(t.Context(), `
		insert into events (tenant_id, id, at, actor_id, action, object_kind, object_name)
		select $1, gen_random_uuid(), now() - make_interval(mins => n / 40), $2, 'project.changed', 'project', 'Project ' || n from generate_series(1, $3) n`,
		o.TenantID, o.Person.ID, n); err != nil {
		t.Fatal(err)
	}
}

func TestAuditLogIsPaged(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	entries(t, s, owner, 170)
	b := s.SignIn(t, dana)
	seen, path := 0, "/orgs/acme/audit"
	var pages int
	for path != "" && pages < 10 {
		page := b.Get(path).Want(200)
		seen += strings.Count(page.Body, "<time ")
		pages++
		path = ""
		for _, link := range page.Links() {
			if strings.Contains(link, "after=") {
				path = link
			}
		}
	}
	var all int
	if err := dbtest.At(t, s.Database.Super).QueryRow(t.Context(), `select count(*) from events`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	if seen != all || pages != (all+events.LogPageSize-1)/events.LogPageSize {
		t.Errorf("%d entries on %d pages, want %d", seen, pages, all)
	}
	last := "/orgs/acme/audit?after=2001-01-01T00:00:00Z_" + uuid.NewString()
	b.Get(last).Want(200).Says("This is the end of the log", "First page")
}

func TestAuditLogIsForThoseWhoManage(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	s.Org(t, s.Account(t, "Olga", "olga@example.com"), "other", "Other")
	for _, role := range []scope.Role{scope.Admin, scope.Member, scope.Guest} {
		email := string(role) + "@example.com"
		s.Join(t, owner, s.Account(t, string(role), email), role)
		b, want := s.SignIn(t, email), http.StatusForbidden
		if role == scope.Admin {
			want = http.StatusOK
		}
		b.Get("/orgs/acme/audit").Want(want)
		b.Get("/orgs/acme/audit/export").Want(want)
		leads := strings.Contains(strings.Join(b.Get("/orgs/acme").Links(), " "), "/orgs/acme/audit")
		if leads != (role == scope.Admin) {
			t.Errorf("%s: a link to the log: %t", role, leads)
		}
	}
	stranger := s.SignIn(t, "olga@example.com")
	stranger.Get("/orgs/acme/audit").Want(404)
	stranger.Get("/orgs/acme/audit/export").Want(404)
	if _, err := (&events.Log{DB: s.App.DB}).Page(t.Context(), scope.Scope{TenantID: owner.TenantID, Role: scope.Member}, events.LogFilter{}, events.LogCursor{}); err == nil {
		t.Error("the operation lets a member read the log")
	}
}

// Owners and admins see every project, so the log shows those for members alone to them as well.
func TestAuditLogShowsProjectsForMembersToWhoManages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	s.Join(t, owner, s.Account(t, "Mira", "mira@example.com"), scope.Admin)
	s.Give(t, owner, "team")
	s.SignIn(t, dana).Get("/orgs/acme/projects/new").Submit("/orgs/acme/projects", "name", "Secret plans", "key", "SEC", "visibility", "members").Want(200)
	s.SignIn(t, "mira@example.com").Get("/orgs/acme/audit").Want(200).Says("made the project Secret plans")
}

func TestAuditExport(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	entries(t, s, owner, 1200)
	conn := dbtest.Connect(t, s.Database.Super)
	for _, name := range []string{"=1+1", "+1", "-1", "@sum", "\tx", "\rx", "a \"quoted\", name"} {
		if _, err := conn.Exec(t.Context(), `insert into events (tenant_id, id, action, object_kind, object_name) values ($1, $2, 'project.changed', 'project', $3)`,
			owner.TenantID, uuid.Must(uuid.NewV7()), name); err != nil {
			t.Fatal(err)
		}
	}
	var all int
	if err := conn.QueryRow(t.Context(), `select count(*) from events`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	b := s.SignIn(t, dana)
	file := b.Get("/orgs/acme/audit/export?format=csv").Want(200)
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="audit-log-acme-`) || !strings.HasSuffix(got, `.csv"`) {
		t.Errorf("content disposition %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(rows) != all+2 { // with the head, and the export itself
		t.Fatalf("%d rows of %d: %v", len(rows), all, err)
	}
	if rows[1][3] != "audit.exported" || rows[1][1] != "Dana Whitfield" {
		t.Errorf("the newest entry is %v, not the export", rows[1])
	}
	ids := map[string]bool{}
	for _, row := range rows[1:] {
		ids[row[15]] = true
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
	if len(ids) != all+1 {
		t.Errorf("%d different entries, want %d", len(ids), all+1)
	}
	if !strings.Contains(file.Body, "'=1+1") {
		t.Error("what was named is lost")
	}

	lines := bytes.Split(bytes.TrimSpace([]byte(b.Get("/orgs/acme/audit/export?format=jsonl&kind=audit").Want(200).Body)), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines, want the two exports", len(lines))
	}
	var line struct {
		Action  string
		Changes map[string][2]string
	}
	if err := json.Unmarshal(lines[0], &line); err != nil || line.Action != "audit.exported" || line.Changes["format"][1] != "jsonl" || line.Changes["kind"][1] != "audit" {
		t.Errorf("%s: %v", lines[0], err)
	}
	b.Get("/orgs/acme/audit?kind=audit").Says("exported this log as CSV", "exported this log as JSON Lines", "kind: audit")
}

func TestAuditExportRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	b := s.SignIn(t, dana)
	b.Get("/orgs/acme/audit/export?format=xlsx").Want(422)
	b.Request(http.MethodHead, "/orgs/acme/audit/export", nil, nil).Want(200) // reads nothing, so it notes nothing
	b.Get("/orgs/acme/audit").Silent("exported this log")
}

// reader takes an answer part by part and hangs up after some of them.
type reader struct {
	http.ResponseWriter
	parts, most int
}

func (r *reader) Write(b []byte) (int, error) {
	if r.parts >= r.most {
		return 0, errors.New("gone")
	}
	return r.ResponseWriter.Write(b)
}

func (r *reader) Flush() { r.parts++ }

// An export goes out in parts, and one that fails in the middle is cut off, so that half a file is not taken for a whole.
func TestAuditExportGoesOutInParts(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme")
	entries(t, s, owner, 1600)
	b := s.SignIn(t, dana)
	export := func(most int) (w *reader, end any) {
		r := httptest.NewRequest(http.MethodGet, "http://"+webtest.Host+"/orgs/acme/audit/export?format=jsonl", nil)
		for name, value := range b.Cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w = &reader{ResponseWriter: httptest.NewRecorder(), most: most}
		defer func() { end = recover() }()
		s.Handler.ServeHTTP(w, r)
		return w, nil
	}
	if w, end := export(99); w.parts != 4 || end != nil {
		t.Errorf("%d parts, want 4; ended with %v", w.parts, end)
	}
	if w, end := export(2); w.parts != 2 || !aborted(end) {
		t.Errorf("%d parts, want 2; ended with %v", w.parts, end)
	}
}

// What was erased is shown without the person, and says so.
func TestAuditLogShowsErased(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	owner := s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	nina := s.Account(t, "Nina", "nina@example.com")
	b := s.SignIn(t, dana)
	b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200)
	if err := s.App.DB.InAdmin(t.Context(), func(ctx context.Context, tx txn) error {
		_, err := events.EraseTx(ctx, tx, nina.ID, 1000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.Get("/orgs/acme/audit").Want(200).Says("invited somebody as Guest", "personal values erased", "erased the personal values of one entry").Silent("nina@example.com")
	if err := s.Worker.Audit.Seal(t.Context(), owner.TenantID); err != nil {
		t.Fatal(err)
	}
	report, err := s.Worker.Audit.Verify(t.Context(), owner.TenantID)
	if err != nil || report.Erased != 1 || len(report.Faults) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

// aborted says whether a handler broke its answer off.
func aborted(end any) bool {
	err, ok := end.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
