package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/test/webtest"
)

const (
	newTicket  = "/orgs/acme/projects/WEB/tickets/new"
	webTickets = "/orgs/acme/projects/WEB/tickets"
	aheadOfWeb = "/orgs/acme/projects/WEB/attachments"
)

var aheadAt = regexp.MustCompile(`/orgs/acme/files/[0-9a-f-]{36}`)

// ahead sends a file as a script does, for a ticket that is not there yet.
func (d desk) ahead(t *testing.T, b *webtest.Browser, draft string, f webtest.File) *webtest.Page {
	t.Helper()
	return b.Upload(aheadOfWeb, url.Values{"id": {uuid.NewString()}, "draft": {draft}, "place": {"0"}}, f, http.Header{"Hx-Request": {"true"}})
}

// A file that is sent before its ticket is there is its sender's alone, counts, and is the ticket's as soon as that is made.
func TestFilesBeforeTheirTicket(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	page := d.jun.Get(newTicket).Want(200)
	form := page.Form(webTickets)
	line := d.ahead(t, d.jun, form.Get("id"), photo(t, "shot.png")).Want(200)
	link := aheadAt.FindString(line.Body)
	if !strings.Contains(line.Body, `data-markdown="![shot.png](`+link+`)"`) || !strings.HasPrefix(d.total(t), "1 files") {
		t.Fatalf("the line is %s, and there are %s", line.Body, d.total(t))
	}
	d.Settle(t)
	if got := d.jun.Get(link).Want(200).Header; got.Get("Content-Security-Policy") != "default-src 'none'; style-src 'none'; sandbox" || got.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("it comes with %v", got)
	}
	d.jun.Get(link + "/thumbnail").Want(200)
	for _, other := range []*webtest.Browser{d.dana, d.lukas} {
		other.Get(link).Want(404)
		other.Get(link + "/thumbnail").Want(404)
		other.Post(link+"/remove", nil).Want(404)
	}
	d.dana.Post(aheadOfWeb, url.Values{"from": {form.Get("id")}, "draft": {uuid.NewString()}}).Want(200).Silent("shot.png")
	d.lukas.Upload(aheadOfWeb, url.Values{"id": {uuid.NewString()}, "draft": {uuid.NewString()}}, textFile("x.txt", "x"), nil).Want(404)
	d.jun.Upload(aheadOfWeb, url.Values{"id": {uuid.NewString()}}, textFile("x.txt", "x"), http.Header{"Hx-Request": {"true"}}).Want(422)
	d.jun.HX(http.MethodPost, aheadOfWeb, url.Values{"draft": {uuid.NewString()}}).Want(422).Says("Choose a file first.")
	d.ahead(t, d.jun, form.Get("id"), textFile("rx4.png", "<html><script>alert(1)</script></html>")).Want(422).Says("is called .png and is a page")

	// One is taken away again; what is wrong with the form leaves the other where it is.
	gone := aheadAt.FindString(d.ahead(t, d.jun, form.Get("id"), textFile("gone.txt", "gone")).Want(200).Body)
	d.jun.HX(http.MethodPost, gone+"/remove", nil).Want(200).Says("gone.txt is removed.")
	d.jun.Get(gone).Want(404)
	form.Set("body", "Look: ![shot]("+link+")")
	again := d.jun.UploadAll(webTickets, form, []webtest.File{textFile("bench.csv", "torque;current\n")}, nil).Want(422).
		Says("Enter a title.", "Look: ![shot]", "bench.csv", "shot.png").Silent("gone.txt")
	if again.Form(webTickets).Get("id") != form.Get("id") || again.Form(webTickets).Get("place") != "2" {
		t.Errorf("the form came back as %v", again.Form(webTickets))
	}
	made := d.jun.Post(webTickets, url.Values{"id": form["id"], "title": {"With files"}, "body": form["body"]}).Want(200).At(webTickets+"/2").Says("shot.png", "bench.csv")
	if !slices.Contains(made.Images(), link+"/thumbnail") || !strings.Contains(made.Body, `class="picture"`) || len(attachedTo2(made)) != 2 {
		t.Errorf("the pictures are %q, the files %q", made.Images(), attachedTo2(made))
	}
	d.dana.Get(link).Want(200)
	d.dana.Get(attachedTo2(made)[0]).Want(200)
	d.lukas.Get(link).Want(404)
	d.jun.Post(link+"/remove", nil).Want(404) // it is the ticket's now

	// The form sent again, with one file more: it finds its ticket, which gets the file.
	form.Set("title", "With files")
	form.Set("place", "7")
	d.jun.UploadAll(webTickets, form, []webtest.File{textFile("late.txt", "late")}, nil).Want(303)
	d.dana.Get(webTickets+"/2").Says("late.txt", "bench.csv", "shot.png", "attached late.txt").Silent("attached bench.csv")
	d.dana.Get(webTickets + "/3").Want(404)

	// With other words it is another ticket, and what came with it goes along.
	form.Set("title", "Something else")
	form.Set("place", "9")
	other := d.jun.UploadAll(webTickets, form, []webtest.File{textFile("moved.txt", "moved")}, nil).Want(409).Says("has made WEB-2 already", "moved.txt").Silent("late.txt")
	other.Submit(webTickets).Want(200).At(webTickets + "/3").Says("moved.txt")

	if err := d.App.Projects.SetArchived(t.Context(), d.owner, "WEB", true); err != nil {
		t.Fatal(err)
	}
	d.ahead(t, d.jun, uuid.NewString(), textFile("x.txt", "x")).Want(409)
	form.Set("title", "Typed before it was archived")
	archived := d.jun.UploadAll(webTickets, form, []webtest.File{{Field: "file", Type: "application/octet-stream"}}, nil).Want(409).Says("This project is archived")
	if got := archived.Form(webTickets).Get("title"); got != "Typed before it was archived" {
		t.Errorf("the form came back with %q", got)
	}
}

// What is too long or too old is said, and takes nothing else with it.
func TestFormsWithFilesKeepTheirWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := d.jun.Get(newTicket).Form(webTickets)
	form.Set("title", "A long story")
	form.Set("body", strings.Repeat("long ", 60<<10))
	form.Set("priority", "high")
	again := d.jun.UploadAll(webTickets, form, []webtest.File{{Field: "file", Type: "application/octet-stream"}}, nil).Want(422).Says("Use at most 100 KB of text")
	if got := again.Form(webTickets); got.Get("title") != "A long story" || got.Get("priority") != "high" || len(got.Get("body")) != 300<<10 {
		t.Errorf("the form came back with %s and %d bytes", got.Get("priority"), len(got.Get("body")))
	}

	// A form that stood open for a day less an hour has its files, and one that stood open for longer has none.
	super := dbtest.Connect(t, d.Database.Super)
	older := func(by string) {
		t.Helper()
		if _, err := super.Exec(t.Context(), `update attachments set created_at = created_at - $1::interval`, by); err != nil {
			t.Fatal(err)
		}
	}
	tidy := func() {
		t.Helper()
		if _, err := d.Worker.Attached.Tidy(t.Context(), d.owner.TenantID); err != nil {
			t.Fatal(err)
		}
	}
	form.Set("body", "")
	d.ahead(t, d.jun, form.Get("id"), textFile("old.txt", "old")).Want(200)
	older("23 hours 30 minutes")
	tidy()
	d.jun.UploadAll(webTickets, form, []webtest.File{{Field: "file", Type: "application/octet-stream"}}, nil).Want(303)
	d.dana.Get(webTickets + "/2").Want(200).Says("old.txt")
	left, now := uuid.NewString(), uuid.NewString()
	d.ahead(t, d.jun, left, textFile("left.txt", "left")).Want(200)
	older("23 hours")
	d.jun.HX(http.MethodPost, aheadOfWeb, url.Values{"from": {left}, "draft": {now}}).Want(200).Says("left.txt")
	older("2 hours") // it was taken up since, so it stays
	tidy()
	d.jun.Post(webTickets, url.Values{"id": {now}, "title": {"Brought back"}}).Want(200).At(webTickets + "/3").Says("left.txt")
	late := uuid.NewString()
	d.ahead(t, d.jun, late, textFile("late.txt", "late")).Want(200)
	older("25 hours")
	tidy()
	d.jun.Post(webTickets, url.Values{"id": {late}, "title": {"Too late"}}).Want(200).At(webTickets + "/4").Silent("late.txt")
	if d.total(t) != "2 files, 7 bytes" {
		t.Errorf("there are %s", d.total(t))
	}
}

// A page of a list that was emptied leads to the first one.
func TestPageThatWasEmptied(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.jun.Get(webTickets + "?after=number.0.1").Want(200).At(webTickets).Says("WEB-1")
	d.jun.Get(webTickets + "?priority=none&after=number.0.1").Want(200).Says("WEB-1")
	d.jun.Get(webTickets + "?q=zeppelin&after=number.0.1").Want(200).Says("Nothing matches")
}

var attachedTo2At = regexp.MustCompile(`/orgs/acme/projects/WEB/tickets/2/attachments/[0-9a-f-]{36}$`)

func attachedTo2(page *webtest.Page) []string {
	var out []string
	for _, link := range page.Links() {
		if attachedTo2At.MatchString(link) && !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return out
}

// Without a script the form brings its files itself: a bad one keeps the good ones and the words. A text that was left and
// is brought back into another form brings its files along, also into a comment.
func TestFilesOfAFormThatIsShownAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := d.jun.Get(newTicket).Form(webTickets)
	form.Set("title", "Words that took long")
	sent := []webtest.File{textFile("ok.txt", "fine"), textFile("run.exe", "MZ")}
	d.jun.UploadAll(webTickets, form, sent, nil).Want(422).Says("Files that end in .exe are not taken", "ok.txt").
		Submit(webTickets).Want(200).At(webTickets+"/2").Says("Words that took long", "ok.txt").Silent("run.exe")
	shown := d.jun.Get(newTicket).Form(webTickets)
	shown.Set("title", "Seen before")
	shown.Set("preview", "1")
	d.jun.UploadAll(webTickets, shown, []webtest.File{textFile("early.txt", "early")}, nil).Want(200).Says("early.txt").
		Submit(webTickets).Want(200).At(webTickets + "/3").Says("early.txt")

	// One is taken away again with what was typed staying, and does not stand in the way of the next.
	unsure := d.jun.Get(newTicket).Form(webTickets)
	unsure.Set("body", "Which of them?")
	two := d.jun.UploadAll(webTickets, unsure, []webtest.File{textFile("a.txt", "a"), textFile("b.txt", "b")}, nil).Want(422).Says("a.txt", "b.txt")
	unsure = two.Form(webTickets)
	unsure.Set("remove", regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(two.Body)[1])
	one := d.jun.UploadAll(webTickets, unsure, []webtest.File{textFile("c.txt", "c")}, nil).Want(200).Says("Which of them?", "b.txt", "c.txt").Silent("a.txt")
	d.jun.UploadAll(webTickets, unsure, []webtest.File{{Field: "file", Type: "application/octet-stream"}}, nil).Want(200).Silent("a.txt") // a double click
	unsure = one.Form(webTickets)
	unsure.Set("title", "Three files, less one")
	d.jun.UploadAll(webTickets, unsure, []webtest.File{textFile("d.txt", "d")}, nil).Want(303)
	d.jun.Get(webTickets+"/4").Want(200).Says("b.txt", "c.txt", "d.txt").Silent("a.txt")

	left, now := uuid.NewString(), uuid.NewString()
	d.ahead(t, d.jun, left, textFile("left.txt", "left")).Want(200)
	d.jun.HX(http.MethodPost, aheadOfWeb, url.Values{"from": {left}, "draft": {now}}).Want(200).Says("left.txt")
	d.jun.Post(webTickets, url.Values{"id": {now}, "title": {"Brought back"}}).Want(200).At(webTickets + "/5").Says("left.txt")
	hx := http.Header{"Hx-Request": {"true"}}
	d.jun.Upload(d.ticket+"/attachments", url.Values{"id": {left}, "draft": {left}}, textFile("said.txt", "said"), hx).Want(200)
	d.jun.HX(http.MethodPost, d.ticket+"/attachments", url.Values{"from": {left}, "draft": {now}}).Want(200).Says("said.txt")
	d.jun.HX(http.MethodPost, d.ticket+"/attachments", url.Values{"from": {left}, "draft": {"x"}}).Want(422)
	d.jun.Post(d.ticket+"/comments", url.Values{"id": {now}, "body": {"And a comment"}}).Want(200).Says("And a comment", "said.txt")

	if d.total(t) != "7 files, 20 bytes" {
		t.Errorf("there are %s", d.total(t))
	}
}

// The tickets that a file belongs to are not told from another person's form: somebody who knows the id of a form makes
// nothing of what lies there.
func TestAFormOfSomebodyElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := uuid.NewString()
	d.ahead(t, d.jun, form, textFile("mine.txt", "mine")).Want(200)
	made := d.dana.Post(webTickets, url.Values{"id": {form}, "title": {"Taken first"}}).Want(200).At(webTickets + "/2").Silent("mine.txt")
	if len(attachedTo2(made)) != 0 {
		t.Errorf("it has %q", attachedTo2(made))
	}
	d.dana.Get(webTickets + "/2").Silent("mine.txt")
	d.project(t, "SEC", projects.ForMembers)
	d.jun.Upload("/orgs/acme/projects/SEC/attachments", url.Values{"id": {uuid.NewString()}, "draft": {form}}, textFile("x.txt", "x"), nil).Want(404)
}
