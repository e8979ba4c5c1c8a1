package handlers_test

import (
	"fmt"
	"image"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

// desk is a ticket that people attach files to.
type desk struct {
	acme
	dana, jun, lukas *webtest.Browser
	ticket           string // its address
}

func newDesk(t *testing.T) desk {
	t.Helper()
	a := newAcme(t)
	a.project(t, "WEB", projects.ForOrganization)
	a.ticket(t, a.owner, "WEB", "Gripper stalls")
	return desk{acme: a, dana: a.SignIn(t, dana), jun: a.SignIn(t, "jun@example.com"), lukas: a.SignIn(t, "lukas@example.com"), ticket: "/orgs/acme/projects/WEB/tickets/1"}
}

func textFile(name, data string) webtest.File {
	return webtest.File{Field: "file", Name: name, Type: "text/plain", Data: []byte(data)}
}

func photo(t *testing.T, name string) webtest.File {
	t.Helper()
	f := webtest.PNG(t, 7)
	f.Field, f.Name = "file", name
	return f
}

// attach sends a file by the form on the ticket's page.
func (d desk) attach(t *testing.T, b *webtest.Browser, f webtest.File) *webtest.Page {
	t.Helper()
	return b.Get(d.ticket).Upload(d.ticket+"/attachments", f)
}

var attachedAt = regexp.MustCompile(`/orgs/acme/projects/WEB/tickets/1/attachments/[0-9a-f-]{36}$`)

// links are the addresses of the files that a page leads to, each once.
func attachedOn(page *webtest.Page) []string {
	var out []string
	for _, link := range page.Links() {
		if attachedAt.MatchString(link) && !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return out
}

func (d desk) keptFiles(t *testing.T) []string {
	t.Helper()
	return kept(t, d.Site, "tenants/"+d.owner.TenantID.String()+"/attachments/")
}

// total is the kept sum of files.
func (d desk) total(t *testing.T) string {
	t.Helper()
	var files, bytes int64
	if err := dbtest.At(t, d.Database.Super).QueryRow(t.Context(),
		`select coalesce(sum(files), 0), coalesce(sum(bytes), 0) from file_totals where tenant_id = $1`, d.owner.TenantID).Scan(&files, &bytes); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d files, %d bytes", files, bytes)
}

func TestAttachFilesToATicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	page := d.jun.Get(d.ticket).Want(200)
	form := page.Form(d.ticket + "/attachments")
	both := []webtest.File{textFile("bench.csv", "torque;current\n0.4;1.92\n"), photo(t, "thermal.png")}
	d.jun.UploadAll(d.ticket+"/attachments", form, both, nil).Want(303)
	d.jun.UploadAll(d.ticket+"/attachments", form, both, nil).Want(303) // the second press of the button
	page = d.jun.Get(d.ticket).Want(200).Says("bench.csv", "24 bytes", "thermal.png", "2 files are attached.", "attached bench.csv", "attached thermal.png")
	links := attachedOn(page)
	if len(links) != 2 || d.total(t) != fmt.Sprintf("2 files, %d bytes", len(both[0].Data)+len(both[1].Data)) || len(d.keptFiles(t)) != 2 {
		t.Fatalf("links %q, %s, kept %q", links, d.total(t), d.keptFiles(t))
	}

	got := d.dana.Get(links[0]).Want(200)
	if got.Body != string(both[0].Data) {
		t.Errorf("the file came back as %q", got.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "Content-Disposition": "attachment; filename=bench.csv", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox", "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	part := d.dana.Request(http.MethodGet, links[0], nil, http.Header{"Range": {"bytes=7-13"}, "Accept-Encoding": {"gzip"}}).Want(206)
	if part.Body != "current"[:0]+string(both[0].Data[7:14]) || part.Header.Get("Content-Range") != "bytes 7-13/24" || part.Header.Get("Content-Encoding") != "" {
		t.Errorf("a part is %q, %v", part.Body, part.Header)
	}
	d.dana.Request(http.MethodGet, links[0], nil, http.Header{"Range": {"bytes=90-"}}).Want(416)
	d.dana.Request(http.MethodGet, links[0], nil, http.Header{"If-None-Match": {got.Header.Get("Etag")}}).Want(304)

	d.Settle(t)
	thumb := d.dana.Get(links[1] + "/thumbnail").Want(200)
	if img, kind, err := image.DecodeConfig(strings.NewReader(thumb.Body)); err != nil || img.Width != 120 || img.Height != 80 || thumb.Header.Get("Content-Type") != "image/"+kind {
		t.Errorf("the thumbnail is %v %s, %v, sent as %s", img, kind, err, thumb.Header.Get("Content-Type"))
	}
	if whole := d.dana.Get(links[1]).Want(200); whole.Header.Get("Content-Disposition") != "inline; filename=thermal.png" || whole.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture comes as %v", whole.Header)
	}
	d.dana.Get(links[0] + "/thumbnail").Want(404)
}

func TestRemoveAFileAndBringItBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.attach(t, d.jun, textFile("notes.txt", "what I saw")).Want(200).Says("The file is attached.")
	link := attachedOn(d.jun.Get(d.ticket))[0]
	d.SignIn(t, "mira@example.com").Get(d.ticket).Want(200).Submit(link+"/remove").Want(200).Says("notes.txt is removed.", "Undo", "removed notes.txt")
	d.jun.Get(link).Want(404)
	if d.total(t) != "0 files, 0 bytes" {
		t.Errorf("after removing there are %s", d.total(t))
	}
	d.jun.Post(link+"/remove", nil).Want(200) // once more
	d.jun.Post(link+"/restore", nil).Want(200).Says("notes.txt is back.", "10 bytes")
	d.jun.Post(link+"/restore", nil).Want(200)
	d.jun.Get(link).Want(200)
	if d.total(t) != "1 files, 10 bytes" {
		t.Errorf("after bringing it back there are %s", d.total(t))
	}
	other := d.attach(t, d.dana, textFile("plan.txt", "mine"))
	theirs := attachedOn(other)[1]
	d.jun.Post(theirs+"/remove", nil).Want(403)
	d.jun.Get(theirs).Want(200)
	if piece := d.jun.HX(http.MethodPost, link+"/remove", nil); piece.Status != 200 || !strings.Contains(piece.Body, link+"/restore") || strings.Contains(piece.Body, "<html") {
		t.Errorf("for htmx the answer is %s", piece.Body)
	}

	// What was removed half a day ago does not come back, and after a day it is gone.
	conn := dbtest.Connect(t, d.Database.Super)
	age := func(by string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `update attachments set deleted_at = deleted_at - $1::interval`, by); err != nil {
			t.Fatal(err)
		}
	}
	age("13 hours")
	d.jun.Post(link+"/restore", nil).Want(404)
	tidy := func() {
		t.Helper()
		if more, err := d.Worker.Attached.Tidy(t.Context(), d.owner.TenantID); err != nil || more {
			t.Fatal(more, err)
		}
	}
	tidy()
	if len(d.keptFiles(t)) != 2 {
		t.Errorf("gone before its time: %q", d.keptFiles(t))
	}
	age("12 hours")
	tidy()
	if left := d.keptFiles(t); len(left) != 1 || !strings.Contains(left[0], theirs[len(theirs)-36:]) {
		t.Errorf("kept: %q", left)
	}
}

// A signed link opens a file without signing in, for an hour, and as long as whoever made it may see the file.
func TestASignedLink(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.attach(t, d.dana, textFile("plan.txt", "the plan")).Want(200)
	file := attachedOn(d.jun.Get(d.ticket))[0]
	sign := func(b *webtest.Browser) string {
		t.Helper()
		page := b.Post(file+"/link", nil).Want(200).Says("whoever has this link opens plan.txt")
		return regexp.MustCompile(`/files/[\w-]+`).FindString(page.Body)
	}
	link, stranger := sign(d.jun), d.Browser(t)
	got := stranger.Get(link).Want(200)
	if got.Body != "the plan" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") || got.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%q comes with %v", got.Body, got.Header)
	}
	d.lukas.Post(file+"/link", nil).Want(404)
	made := []byte(link)
	made[len(made)-9] ^= 1
	for _, bad := range []string{string(made), "/files/x", link[:len(link)-4], link + "A"} {
		stranger.Get(bad).Want(404).Silent("the plan")
	}
	d.App.Attached.Now = func() time.Time { return time.Now().Add(61 * time.Minute) }
	stranger.Get(link).Want(404)
	d.App.Attached.Now = nil
	danas := sign(d.dana)
	alter(t, d.Site, `update memberships set left_at = now() where user_id = $1`, d.member.Person.ID)
	stranger.Get(link).Want(404)
	stranger.Get(danas).Want(200)
	d.dana.Post(file+"/remove", nil).Want(200)
	stranger.Get(danas).Want(404)
}

func TestFilesOfAComment(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	comments := d.ticket + "/comments"
	form := d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "See what I found")
	d.jun.UploadAll(comments, form, []webtest.File{textFile("log.txt", "E217"), textFile("log2.txt", "E218")}, nil).Want(303)
	d.jun.UploadAll(comments, form, []webtest.File{textFile("log.txt", "E217"), textFile("log2.txt", "E218")}, nil).Want(303)
	page := d.dana.Get(d.ticket).Want(200).Says("See what I found", "log.txt", "log2.txt")
	if links := attachedOn(page); len(links) != 2 || d.total(t) != "2 files, 8 bytes" {
		t.Fatalf("%q, %s", links, d.total(t))
	}

	// A script sends each file by itself, before the comment is said. Until then it is nobody else's.
	form = d.jun.Get(d.ticket).Form(comments)
	hx := http.Header{"Hx-Request": {"true"}}
	draft := url.Values{"id": {form.Get("id")}, "draft": {form.Get("id")}, "place": {"0"}}
	piece := d.jun.Upload(d.ticket+"/attachments", draft, photo(t, "shot [1].png"), hx).Want(200)
	link := attachedOn(piece)[0]
	if !strings.Contains(piece.Body, `data-markdown="![shot (1).png](`+link+`)"`) {
		t.Errorf("the line is %s", piece.Body)
	}
	d.jun.Get(link).Want(200)
	d.dana.Get(link).Want(404)
	d.dana.Get(d.ticket).Want(200).Silent("shot [1].png")
	d.dana.Post(link+"/remove", nil).Want(404)
	body := "Look:\n\n![shot](" + link + ")"
	d.jun.Post(comments, url.Values{"id": {form.Get("id")}, "body": {body}}).Want(200).Says("shot [1].png")
	d.Settle(t)
	page = d.dana.Get(d.ticket).Want(200).Says("shot [1].png")
	if !slices.Contains(page.Images(), link+"/thumbnail") || !strings.Contains(page.Body, `class="picture"`) {
		t.Errorf("the picture is not in the text: %q", page.Images())
	}

	// A file that is not taken: what was typed stays, beside what is wrong.
	form = d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "Words that took long")
	d.jun.UploadAll(comments, form, []webtest.File{textFile("ok.txt", "fine"), textFile("run.exe", "MZ")}, nil).Want(422).
		Says("Words that took long", "Files that end in .exe are not taken", "ok.txt").Submit(comments).Want(200).Says("Words that took long", "ok.txt").Silent("run.exe")

	// A form that comes back sends further files under another id: what was taken away does not stand in their way.
	unsaid := url.Values{"id": {uuid.NewString()}}
	for _, name := range []string{"first.txt", "second.txt", "third.txt"} {
		shown := d.jun.Post(comments, unsaid).Want(422)
		sends := regexp.MustCompile(`data-draft="` + unsaid.Get("id") + `"[^>]* data-form="([^"]+)"`).FindStringSubmatch(shown.Body)
		if sends == nil {
			t.Fatal("the form says nothing of how it sends files")
		}
		place := url.Values{"id": {sends[1]}, "draft": unsaid["id"], "place": {"0"}}
		line := d.jun.Upload(d.ticket+"/attachments", place, textFile(name, name), hx).Want(200)
		if name == "first.txt" {
			d.jun.HX(http.MethodPost, attachedOn(line)[0]+"/remove", nil).Want(200)
		}
	}
	d.jun.Post(comments, unsaid).Want(422).Says("second.txt", "third.txt").Silent("first.txt")

	// With the comment its files are gone.
	at := regexp.MustCompile(`id="comment-([0-9a-f-]{36})"`).FindAllStringSubmatch(d.jun.Get(d.ticket).Body, -1)
	d.jun.Post(comments+"/"+at[0][1]+"/delete", nil).Want(200).Silent("log2.txt")
	d.dana.Get(attachedOn(page)[0]).Want(404)
}

// A comment that is sent again brings what its form has by now, and one that is not sent yet loses what is taken away.
func TestCommentBringsItsFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	comments := d.ticket + "/comments"
	// The form sent again with one file more: the comment gets it, and the history says so.
	twice := d.jun.Get(d.ticket).Form(comments)
	twice.Set("body", "Said once")
	d.jun.UploadAll(comments, twice, []webtest.File{textFile("first-said.txt", "1")}, nil).Want(303)
	twice.Set("place", "1")
	d.jun.UploadAll(comments, twice, []webtest.File{textFile("second-said.txt", "2")}, nil).Want(303)
	d.dana.Get(d.ticket).Says("first-said.txt", "attached second-said.txt").Silent("attached first-said.txt")

	// Without a script a file is taken away by the form of the comment, and what was typed stays.
	form := d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "Not so fast")
	unsent := d.jun.UploadAll(comments, form, []webtest.File{textFile("oops.txt", "oops"), textFile("run.exe", "MZ")}, nil).Want(422).Says("oops.txt")
	if !strings.Contains(unsent.Body, `href="#file"`) || !strings.Contains(unsent.Body, `id="file" multiple aria-describedby="file-e" aria-invalid="true"`) {
		t.Errorf("the summary leads nowhere:\n%s", unsent.Body)
	}
	form = unsent.Form(comments)
	form.Set("remove", regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(unsent.Body)[1])
	d.jun.Post(comments, form).Want(200).Says("Not so fast").Silent("oops.txt")
	form.Set("remove", uuid.NewString())
	d.jun.Post(comments, form).Want(200).Says("Not so fast") // what is not there is gone
}

// What was typed when the session had ended comes back after signing in, without the files.
func TestSessionEndsOverAFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := d.jun.Get(d.ticket).Form(d.ticket + "/comments")
	form.Set("body", "Typed for an hour")
	if _, err := dbtest.At(t, d.Database.Super).Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	page := d.jun.Upload(d.ticket+"/comments", form, textFile("log.txt", "E217"), nil).Want(401)
	page.Submit("/signin", "email", "jun@example.com", "password", webtest.Password).Want(200).Says("Typed for an hour")
	if got := d.total(t); got != "0 files, 0 bytes" {
		t.Errorf("kept for nobody: %s", got)
	}
}

func TestForeignFilesAreUnknown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.acme
	a.project(t, "SEC", projects.ForMembers)
	a.ticket(t, a.owner, "SEC", "Closed to most")
	secret := "/orgs/acme/projects/SEC/tickets/1"
	d.dana.Get(secret).Upload(secret+"/attachments", textFile("plan.txt", "concealed")).Want(200)
	hidden := regexp.MustCompile(`/orgs/acme/projects/SEC/tickets/1/attachments/[0-9a-f-]{36}`).FindString(d.dana.Get(secret).Body)
	id := hidden[len(hidden)-36:]
	d.attach(t, d.dana, textFile("open.txt", "open"))
	open := attachedOn(d.dana.Get(d.ticket))[0]

	other := a.Org(t, a.Account(t, "Olga Petrova", "olga@example.com"), "other", "Other")
	a.Fill(t, other, "WEB", 1)
	olga := a.SignIn(t, "olga@example.com")
	random := d.ticket + "/attachments/" + uuid.NewString()
	unknown := d.jun.Get(random).Want(404)
	for _, c := range []struct {
		b    *webtest.Browser
		path string
	}{
		{d.jun, hidden}, {d.jun, d.ticket + "/attachments/" + id}, {d.lukas, open}, {d.jun, d.ticket + "/attachments/x"}, {d.jun, "/orgs/acme/projects/WEB/tickets/2/attachments/" + id},
		{olga, open}, {olga, "/orgs/other/projects/WEB/tickets/1/attachments/" + open[len(open)-36:]},
	} {
		for _, path := range []string{c.path, c.path + "/thumbnail"} {
			got := c.b.Get(path).Want(404).Silent("plan.txt", "open.txt", "concealed")
			if c.b == d.jun && len(got.Header) != len(unknown.Header) {
				t.Errorf("%s answers with %v, an unknown one with %v", path, got.Header, unknown.Header)
			}
		}
		c.b.Post(c.path+"/remove", nil).Want(404)
		c.b.Post(c.path+"/restore", nil).Want(404)
	}
	d.jun.Upload(secret+"/attachments", url.Values{"id": {uuid.NewString()}}, textFile("x.txt", "x"), nil).Want(404)
	d.dana.Get(hidden).Want(200)
	d.dana.Get(open).Want(200)
}
