package webtest

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Page is an answer.
type Page struct {
	b      *Browser
	Method string
	Path   string
	Status int
	Header http.Header
	Body   string
	doc    *html.Node // nil until somebody looks inside
}

func newPage(b *Browser, method, path string, status int, header http.Header, body string) *Page {
	return &Page{b: b, Method: method, Path: path, Status: status, Header: header, Body: body}
}

// tree is the page as a browser reads it.
func (p *Page) tree() *html.Node {
	if p.doc == nil {
		p.doc, _ = html.Parse(strings.NewReader(p.Body)) // the parser takes anything, as browsers do
	}
	return p.doc
}

// Want fails the test unless the page has the status.
func (p *Page) Want(status int) *Page {
	p.b.t.Helper()
	if p.Status != status {
		p.b.t.Fatalf("%s %s: status %d, want %d\n%s\nlog: %s", p.Method, p.Path, p.Status, status, clip(p.Text()), tail(p.b.site.Log.String()))
	}
	return p
}

// At fails the test unless the page is the one at path.
func (p *Page) At(path string) *Page {
	p.b.t.Helper()
	if got, _, _ := strings.Cut(p.Path, "?"); got != path {
		p.b.t.Fatalf("at %s (%d), want %s\n%s", p.Path, p.Status, path, clip(p.Text()))
	}
	return p
}

// Says fails the test unless the page shows every text.
func (p *Page) Says(texts ...string) *Page {
	p.b.t.Helper()
	all := p.Text()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			p.b.t.Fatalf("%s %s does not say %q:\n%s", p.Method, p.Path, text, clip(all))
		}
	}
	return p
}

// Silent fails the test when the page has any of the texts, in sight or not.
func (p *Page) Silent(texts ...string) *Page {
	p.b.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.Body, text) {
			p.b.t.Fatalf("%s %s says %q", p.Method, p.Path, text)
		}
	}
	return p
}

// Text is what the page shows, white space folded.
func (p *Page) Text() string {
	var words []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "template") {
			return
		}
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(p.tree())
	return strings.Join(words, " ")
}

// Form returns what the form that posts to action would send as it stands; it fails the test when there is none.
func (p *Page) Form(action string) url.Values {
	p.b.t.Helper()
	form := find(p.tree(), func(n *html.Node) bool {
		return n.Data == "form" && attr(n, "action") == action
	})
	if form == nil {
		p.b.t.Fatalf("%s has no form to %s (status %d):\n%s", p.Path, action, p.Status, clip(p.Text()))
	}
	values := url.Values{}
	collect(form, values)
	return values
}

// HasForm says whether the page has a form to action.
func (p *Page) HasForm(action string) bool {
	return find(p.tree(), func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action }) != nil
}

// Actions lists what the page's forms post to.
func (p *Page) Actions() []string {
	var out []string
	walkAll(p.tree(), func(n *html.Node) {
		if n.Data == "form" {
			out = append(out, attr(n, "action"))
		}
	})
	return out
}

// Submit fills the form that posts to action and sends it; pairs are names and values.
func (p *Page) Submit(action string, pairs ...string) *Page {
	p.b.t.Helper()
	values := p.Form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return p.b.Post(action, values)
}

// Links are the paths the page leads to.
func (p *Page) Links() []string {
	var out []string
	walkAll(p.tree(), func(n *html.Node) {
		if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "/") {
			out = append(out, href)
		}
	})
	return out
}

func collect(n *html.Node, into url.Values) {
	walkAll(n, func(n *html.Node) {
		name := attr(n, "name")
		if name == "" {
			return
		}
		switch n.Data {
		case "input":
			switch kind := attr(n, "type"); {
			case kind == "submit", (kind == "checkbox" || kind == "radio") && !has(n, "checked"):
			default:
				into.Add(name, attr(n, "value"))
			}
		case "textarea":
			into.Add(name, strings.TrimPrefix(text(n), "\n"))
		case "select":
			if o := find(n, func(o *html.Node) bool { return o.Data == "option" && has(o, "selected") }); o != nil {
				into.Add(name, attr(o, "value"))
			} else if o := find(n, func(o *html.Node) bool { return o.Data == "option" }); o != nil {
				into.Add(name, attr(o, "value"))
			}
		}
	})
}

func walkAll(n *html.Node, fn func(*html.Node)) {
	if n.Type == html.ElementNode {
		fn(n)
	}
	for c := range n.ChildNodes() {
		walkAll(c, fn)
	}
}

func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && ok(n) {
		return n
	}
	for c := range n.ChildNodes() {
		if found := find(c, ok); found != nil {
			return found
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(text(c))
	}
	return b.String()
}

func clip(s string) string {
	if len(s) > 1500 {
		return s[:1500] + "…"
	}
	return s
}

func tail(s string) string {
	if len(s) > 1500 {
		return "…" + s[len(s)-1500:]
	}
	return s
}
