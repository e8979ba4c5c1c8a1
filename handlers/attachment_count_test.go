package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"plinth/internal/projects"
	"plinth/test/webtest"
)

// Boards and lists say how many files a ticket has, of itself and of its comments, and follow what becomes of them.
func TestFilesAreCounted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	board, list := "/orgs/acme/projects/WEB/board", webTickets+"?column=files"
	says := func(board, want string) {
		t.Helper()
		page := d.dana.Get(board).Want(200)
		if got := regexp.MustCompile(`Files: (\d+)`).FindString(page.Text()); got != want {
			t.Errorf("%s says %q, want %q", board, got, want)
		}
	}
	says(board, "")
	d.dana.Get(list).Want(200).Silent(" file")
	d.attach(t, d.jun, textFile("one.txt", "one")).Want(200)
	d.attach(t, d.jun, textFile("two.txt", "two")).Want(200)
	comments := d.ticket + "/comments"
	form := d.jun.Get(d.ticket).Form(comments)
	form.Set("body", "With a file")
	d.jun.UploadAll(comments, form, []webtest.File{textFile("said.txt", "said")}, nil).Want(303)
	unsaid := d.jun.Get(d.ticket).Form(comments).Get("id")
	d.jun.Upload(d.ticket+"/attachments", url.Values{"id": {unsaid}, "draft": {unsaid}}, textFile("unsaid.txt", "unsaid"), http.Header{"Hx-Request": {"true"}}).Want(200)
	says(board, "Files: 3")
	d.dana.Get(list).Want(200).Says("3 files")
	d.dana.HX(http.MethodPost, d.ticket+"/status?as=card", url.Values{"status": {"progress"}}).Want(200).Says("Files: 3")

	file := attachedOn(d.jun.Get(d.ticket))[0]
	d.jun.Post(file+"/remove", nil).Want(200)
	says(board, "Files: 2")
	d.jun.Post(comments+"/"+form.Get("id")+"/delete", nil).Want(200)
	says(board, "Files: 1")
	d.jun.Post(file+"/restore", nil).Want(200)
	d.jun.Post(comments+"/"+form.Get("id")+"/restore", nil).Want(200)
	d.jun.Post(d.ticket+"/delete", nil).Want(200)
	says(board, "")

	// A list of which all is in the trash says so, and what the next ticket is.
	d.dana.Get(webTickets).Want(200).Says("No ticket stands here any more", "lies in the trash for 30 days", "Look into the trash", "The next ticket is WEB-2.").Silent("WEB-1 ", "first ticket")
	d.jun.Post(d.ticket+"/restore", nil).Want(200)
	says(board, "Files: 3")
	d.project(t, "OPS", projects.ForOrganization)
	d.dana.Get("/orgs/acme/projects/OPS/tickets").Want(200).Says("No ticket stands here yet", "The first ticket is OPS-1.")
	d.jun.Get(d.ticket+"/move").Want(200).Submit(d.ticket+"/move", "project", "OPS").Want(200)
	says("/orgs/acme/projects/OPS/board", "Files: 3")
	d.dana.Get(webTickets).Want(200).Says("moved to another project or deleted for good", "The next ticket is WEB-2.").Silent("Look into the trash")
	d.dana.Get(webTickets + "?q=Gripper").Want(200).Says("The next ticket is WEB-2.")
}
