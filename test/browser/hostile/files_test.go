package hostile

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// files are what somebody attaches to attack those who open it, by name; the last one is a picture that can be drawn.
func files(t *testing.T) []webtest.File {
	t.Helper()
	var drawn bytes.Buffer
	if err := gif.Encode(&drawn, image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	page := "<!doctype html><html><body onload=" + script + "><script>" + script + "</script></body></html>"
	list := [][2]string{
		{"drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="` + script + `"><script>` + script + `</script></svg>`},
		{"page.html", page}, {"page.xhtml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>` + script + `</script></html>`},
		{"both.gif", "GIF89a=1;" + script + "//<script>" + script + "</script>"},
		{"both.pdf", "%PDF-1.4\n" + page + "\n1 0 obj <</Type/Catalog/OpenAction<</S/JavaScript/JS(" + script + ")>>>> endobj"},
		{"run.js", script}, {"run.mjs", "export default " + script}, {"run.css", "@import '//evil.example/x.css'; body { background: url(javascript:" + script + ") }"},
		{`"><img src=x onerror=` + script + `>.txt`, "a name"}, {"](javascript:" + script + ").txt", "another name"},
		{"drawn.gif", drawn.String() + ";" + script + "//" + page},
	}
	var out []webtest.File
	for _, f := range list {
		out = append(out, webtest.File{Field: "file", Name: f[0], Type: "text/html", Data: []byte(f[1])})
	}
	return out
}

// attack tries, in a page that is open, all ways in which a browser makes something of a file at an address of the same
// origin; the console tells when a script ran.
const attack = `(async () => {
	window.tried = 0;
	const url = %q;
	const show = (tag, more) => new Promise((done) => {
		const e = Object.assign(document.createElement(tag), { onload: done, onerror: done }, more);
		document.body.append(e);
		setTimeout(done, 300);
	});
	await show("script", { src: url });
	await show("script", { src: url, type: "module" });
	await show("link", { rel: "stylesheet", href: url });
	await show("img", { src: url });
	await show("iframe", { src: url });
	await show("embed", { src: url });
	await show("object", { data: url });
	try { new Worker(url); } catch { }
	await navigator.serviceWorker?.register(url).then(() => console.error("ran"), () => {});
	await import(url).catch(() => {});
	window.tried = 1;
})(), true`

// What is attached runs nowhere: not where it is listed, not when it is opened, and not when a page makes something of it.
func TestNothingThatIsAttachedRuns(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := "http://" + listener.Addr().String()
	s := webtest.New(t, func(c *config.Config) { c.URL = at })
	owner := s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme")
	s.Join(t, owner, s.Account(t, "Jun Park", "jun@example.com"), scope.Member)
	if _, err := s.App.Projects.Create(t.Context(), owner, projects.NewProject{ID: id(), Name: "Website", Key: "WEB"}); err != nil {
		t.Fatal(err)
	}
	const ticket = "/orgs/acme/projects/WEB/tickets/1"
	form, dana := id().String(), s.SignIn(t, "dana@example.com")
	hx := http.Header{"Hx-Request": {"true"}}
	send := func(f webtest.File) *webtest.Page {
		return dana.Upload("/orgs/acme/projects/WEB/attachments", url.Values{"id": {id().String()}, "draft": {form}}, f, hx)
	}
	send(webtest.File{Field: "file", Name: "photo.png", Type: "image/png", Data: files(t)[1].Data}).Want(422).Says("is called .png and is a page")
	var links []string
	for _, f := range files(t) {
		links = append(links, regexp.MustCompile(`/orgs/acme/files/[0-9a-f-]{36}`).FindString(send(f).Want(200).Body))
	}
	body := ""
	for _, link := range links {
		body += "![x](" + link + ")\n\n[x](" + link + ")\n\n"
	}
	dana.Post("/orgs/acme/projects/WEB/tickets", url.Values{"id": {form}, "title": {"Attached"}, "body": {body}}).Want(200)
	s.Settle(t)

	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	// What is refused is told by the console, and that is as it should be; that something ran is not.
	page := chrome.New(t, chrome.Options{Base: at, Allow: []string{"status of 404", "status of 503", "Refused to", "MIME type", "Content Security Policy", "frame", "Not allowed to load"}})
	page.Open("/signin")
	page.Fill("E-mail", "jun@example.com")
	page.Fill("Password", webtest.Password)
	page.Press("main form button.btn-primary")
	page.At("/orgs/acme")
	jun := s.SignIn(t, "jun@example.com")
	for i, link := range links {
		drawn, got := i == len(links)-1, jun.Get(link).Want(200)
		want := map[bool]string{true: "inline;", false: "attachment;"}[drawn]
		if !strings.HasPrefix(got.Header.Get("Content-Disposition"), want) || got.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(got.Header.Get("Content-Type"), "html") {
			t.Errorf("file %d comes as %v", i, got.Header)
		}
		page.Open(ticket)
		page.See("Attached")
		if !page.Truth(fmt.Sprintf(attack, link)) {
			t.Fatal("nothing was tried")
		}
		page.Until("all was tried", func() bool { return page.Truth(`window.tried === 1`) })
		if !page.Truth(fmt.Sprintf(`setTimeout(() => { window.tried = 2; location.assign(%q); }), true`, link)) {
			t.Fatal("it was not opened")
		}
		if drawn {
			page.Until("the picture is opened", func() bool {
				return page.Truth(`document.contentType === "image/gif" && document.scripts.length === 0`)
			})
			continue
		}
		page.Until("the page stays", func() bool { return page.Truth(`window.tried === 2`) }) // the browser keeps the file
		page.See("Attached")
	}
	page.Open("/orgs/acme/projects/WEB/tickets/1?show=history")
	page.Open("/orgs/acme/projects/WEB/board")
	page.See(fmt.Sprint(len(links)))
}
