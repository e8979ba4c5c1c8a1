package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

// hugePNG says that it has so many pixels, in a head that is right.
func hugePNG(side uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), side), side)
	head = append(head, 8, 2, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), uint32(len(head)-4))
	return binary.BigEndian.AppendUint32(append(out, head...), crc32.ChecksumIEEE(head))
}

// zeroes is an archive that would become a hundred megabytes if anybody unpacked it.
func zeroes(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("zeroes")
	for range 100 {
		if err == nil {
			_, err = w.Write(make([]byte, 1<<20))
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is attached comes back as what it is called here, is kept by the browser and not opened, and runs nowhere.
func TestHostileFilesAreHarmless(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	hx := http.Header{"Hx-Request": {"true"}}
	send := func(f webtest.File) *webtest.Page {
		return d.jun.Upload(d.ticket+"/attachments", url.Values{"id": {uuid.NewString()}}, f, hx)
	}
	file := func(name, data string) webtest.File {
		return webtest.File{Field: "file", Name: name, Type: "image/png", Data: []byte(data)}
	}
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>`
	for _, c := range []struct {
		file         webtest.File
		name, served string
	}{
		{file("drawing.svg", svg), "drawing.svg", "application/octet-stream"},
		{file("page.html", "<!doctype html><script>alert(1)</script>"), "page.html", "application/octet-stream"},
		{file("a.js", "alert(1)"), "a.js", "text/plain; charset=utf-8"},
		{file("both.gif", "GIF89a=1;alert(1)//<script>alert(1)</script>"), "both.gif", "image/gif"},
		{file("both.pdf", "%PDF-1.4\n<html><script>alert(1)</script>"), "both.pdf", "application/pdf"},
		{file("bomb.zip", string(zeroes(t))), "bomb.zip", "application/zip"},
		{file("pixels.png", string(hugePNG(60_000))), "pixels.png", "image/png"},
		{file("wide.png", string(hugePNG(1<<31-1))), "wide.png", "image/png"},
		{file("../../etc/cron.d/evil.txt", "x"), "evil.txt", "text/plain; charset=utf-8"},
		{file("report\u202efdp.txt", "y"), "reportfdp.txt", "text/plain; charset=utf-8"},
		{file(strings.Repeat("n", 300)+".txt", "z"), strings.Repeat("n", 116) + ".txt", "text/plain; charset=utf-8"},
		{file(`x" onerror="alert(1).txt`, "w"), "x_ onerror=_alert(1).txt", "text/plain; charset=utf-8"},
	} {
		link := attachedOn(send(c.file).Want(200).Says(c.name))[0]
		d.Settle(t) // the job draws what it can
		got := d.dana.Get(link).Want(200)
		if got.Body != string(c.file.Data) || got.Header.Get("Content-Type") != c.served || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment; ") ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s comes as %v", c.name, got.Header)
		}
		d.dana.Get(link + "/thumbnail").Want(404)
	}
	for _, c := range []struct {
		file webtest.File
		says string
	}{
		{file("photo.png", svg), "called .png and is a page"}, {file("run.exe", "MZ"), "end in .exe"}, {file("tool", "\x7fELF\x02"), "not taken"},
		{file("a.txt", "a\x00b"), "not taken"}, {file("a\x07b.txt", "v"), "did not arrive as a whole"}, {file("none.txt", ""), "empty"},
	} {
		send(c.file).Want(422).Says(c.says)
	}
	if n := len(d.keptFiles(t)); n != 12 {
		t.Errorf("%d files are kept", n)
	}
}

// Too large, beyond the plan, cut off, and sent twice with something else: nothing of it is kept.
func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.App.Attached.MaxBytes = 50_000
	page := d.attach(t, d.jun, textFile("long.log", strings.Repeat("x", 50_001))).Want(413).Says("This file is larger than 50 KB.")
	kind, body := webtest.Multipart(t, url.Values{"id": {uuid.NewString()}}, []webtest.File{textFile("cut.log", strings.Repeat("y", 40_000))})
	ask := func(body io.Reader, length int64) int {
		t.Helper()
		r := d.jun.NewRequest(http.MethodPost, d.ticket+"/attachments", kind, body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		d.Handler.ServeHTTP(w, r)
		return w.Code
	}
	if got := ask(io.LimitReader(bytes.NewReader(body), 20_000), int64(len(body))); got != 422 {
		t.Errorf("cut off in the middle: %d", got)
	}
	if got := ask(neverAsked{t}, 1<<40); got != 413 {
		t.Errorf("a terabyte: %d", got)
	}
	if left := d.keptFiles(t); len(left) > 0 || d.total(t) != "0 files, 0 bytes" {
		t.Errorf("kept: %q, %s", left, d.total(t))
	}
	if got := ask(bytes.NewReader(body), int64(len(body))); got != 303 {
		t.Errorf("the same form once more, as a whole: %d", got)
	}

	// The free plan has 200 MB.
	conn := dbtest.Connect(t, d.Database.Super)
	if _, err := conn.Exec(t.Context(), `update file_totals set bytes = 199990000`); err != nil {
		t.Fatal(err)
	}
	page = page.Upload(d.ticket+"/attachments", textFile("more.log", strings.Repeat("z", 20_000))).Want(402).
		Says("The Free plan includes 200 MB of files, and 200 MB of them are in use.")
	comment := page.Form(d.ticket + "/comments")
	comment.Set("body", "What I typed")
	d.jun.Upload(d.ticket+"/comments", comment, textFile("more.log", strings.Repeat("z", 20_000)), nil).Want(402).Says("What I typed", "The Free plan includes 200 MB")
	if n := len(d.keptFiles(t)); n != 1 {
		t.Errorf("%d files are kept", n)
	}
	d.dana.Get("/orgs/acme/billing").Want(200).Says("Files", "200 MB of 200 MB")
	d.Give(t, d.owner, "business") // charges for what is beyond
	d.attach(t, d.jun, textFile("more.log", strings.Repeat("z", 20_000))).Want(200).Says("more.log")

	form := d.jun.Get(d.ticket).Form(d.ticket + "/attachments")
	d.jun.Upload(d.ticket+"/attachments", form, textFile("one.txt", "one"), nil).Want(303)
	d.jun.Upload(d.ticket+"/attachments", form, textFile("one.txt", "another"), nil).Want(409).Says("sent before, with another file")
	d.lukas.Upload(d.ticket+"/attachments", url.Values{"id": {uuid.NewString()}}, textFile("x.txt", "x"), nil).Want(404)
}

// neverAsked fails the test when it is read.
type neverAsked struct{ t *testing.T }

func (n neverAsked) Read([]byte) (int, error) {
	n.t.Error("what is too large is read")
	return 0, io.EOF
}
