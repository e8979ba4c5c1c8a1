package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/tenants"
	"plinth/test/webtest"
)

// Files go into the copies of an organization and of a person, stay while a deletion can be taken back, and go with the
// organization.
func TestFilesFollowTheirOrganization(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mine, theirs := textFile("bench.csv", "torque;current\n"), textFile("=plan.txt", strings.Repeat("plan\n", 9))
	d.attach(t, d.jun, mine).Want(200)
	d.attach(t, d.dana, theirs).Want(200)
	link := attachedOn(d.dana.Get(d.ticket))[0]
	d.jun.Upload(d.ticket+"/attachments", url.Values{"id": {link[len(link)-36:]}, "draft": {link[len(link)-36:]}}, textFile("draft.txt", "nobody's yet"), http.Header{"Hx-Request": {"true"}}).Want(200)

	name := "WEB-1/" + link[len(link)-12:] + "-bench.csv"
	whole := exported(t, d.Site, d.dana)
	if whole["files/"+name] != string(mine.Data) || !strings.Contains(whole["attachments.json"], `"bench.csv"`) || !strings.Contains(whole["attachments.csv"], `'=plan.txt`) {
		t.Errorf("the copy of the organization has %q, and says %s", keysOf(whole), whole["attachments.json"])
	}
	if strings.Contains(whole["attachments.json"], "draft.txt") || whole["tickets.json"] == "" {
		t.Errorf("the copy says %s", whole["attachments.json"])
	}
	own := copied(t, d.Site, d.jun)
	if own["organizations/acme/files/"+name] != string(mine.Data) || strings.Contains(own["organizations/acme/attachments.json"], "plan.txt") || !strings.Contains(own["organizations/acme/attachments.json"], `"bench.csv"`) {
		t.Errorf("Jun's copy has %q", keysOf(own))
	}

	d.deleted(t, d.dana)
	d.jun.Get(link).Want(410)
	d.dana.Get(orgDeletion).Submit(orgDeletion + "/restore").Want(200)
	d.jun.Get(link).Want(200)
	d.deleted(t, d.dana)
	d.passes(t, tenants.RestoreFor+time.Hour)
	if left := kept(t, d.Site, "tenants/"); len(left) > 0 {
		t.Errorf("of a deleted organization there is %q", left)
	}
	if got := count(t, d.Site, `select (select count(*) from attachments) + (select count(*) from file_totals)`); got != 0 {
		t.Errorf("%d rows are left", got)
	}
}

func keysOf(files map[string]string) []string {
	var out []string
	for name := range files {
		out = append(out, name)
	}
	return out
}

// What was sent and never used is gone after a day; what is used stays, and so does the sum.
func TestOrphansArePurged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	hx := http.Header{"Hx-Request": {"true"}}
	comments := d.ticket + "/comments"
	form := d.jun.Get(d.ticket).Form(comments)
	d.jun.Upload(d.ticket+"/attachments", url.Values{"id": {form.Get("id")}, "draft": {form.Get("id")}}, photo(t, "unsaid.png"), hx).Want(200)
	d.ahead(t, d.jun, uuid.NewString(), textFile("unmade.txt", "for a ticket that nobody makes")).Want(200)
	form = d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "With a file")
	d.jun.UploadAll(comments, form, []webtest.File{textFile("said.txt", "said")}, nil).Want(303)
	form = d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "To be deleted")
	d.jun.UploadAll(comments, form, []webtest.File{textFile("deleted.txt", "deleted")}, nil).Want(303)
	d.jun.Post(comments+"/"+form.Get("id")+"/delete", nil).Want(200)
	d.attach(t, d.jun, textFile("stays.txt", "stays")).Want(200)
	d.Settle(t)
	conn := dbtest.Connect(t, d.Database.Super)
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	tidy := func() {
		t.Helper()
		if err := d.Worker.Attached.TidyAll(t.Context(), uuid.Nil); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
		exec(`delete from river.river_job`) // so that the next is not the same
	}
	tidy()
	if n := len(d.keptFiles(t)); n != 6 {
		t.Fatalf("%d files, with a thumbnail, before their time is over: %q", n, d.keptFiles(t))
	}
	exec(`update attachments set created_at = created_at - interval '25 hours'`)
	exec(`update comments set deleted_at = deleted_at - interval '25 hours'`)
	exec(`update file_totals set bytes = 1000, files = 70`) // and what is wrong is mended
	tidy()
	if n := len(d.keptFiles(t)); n != 2 || d.total(t) != "2 files, 9 bytes" {
		t.Errorf("%d files are kept, and the sum is %s", n, d.total(t))
	}
	d.dana.Get(d.ticket).Says("said.txt", "stays.txt").Silent("unsaid.png", "deleted.txt")
}
