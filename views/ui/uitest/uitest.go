// Package uitest reads a rendered page as a strict reader would: it finds what the pages' policy
// forbids and what somebody who listens to the page would miss. Every test of a view may use it.
package uitest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// Render draws a component and fails the test when that fails.
func Render(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	return b.String()
}

// Check draws a component and reports every problem in it.
func Check(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	page := Render(t, ctx, c)
	for _, problem := range Problems(page) {
		t.Error(problem)
	}
	return page
}

// Problems lists what is wrong with a page or a part of one: attributes the policy forbids, ids used twice, references
// to ids that are not there (only in whole pages), fields and buttons without a name, and texts that were formatted wrongly.
func Problems(page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{"not html: " + err.Error()}
	}
	r := reader{ids: map[string]int{}, labels: map[string]bool{}, whole: strings.Contains(page, "<html")}
	walk(doc, r.collect)
	for id, n := range r.ids {
		if n > 1 {
			r.add("id %q is used %d times", id, n)
		}
	}
	if strings.Contains(page, "%!") {
		r.add("a text was given the wrong arguments: %s", around(page, "%!"))
	}
	walk(doc, r.look)
	slices.Sort(r.problems)
	return r.problems
}

type reader struct {
	ids      map[string]int
	labels   map[string]bool
	whole    bool
	problems []string
}

func (r *reader) add(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *reader) collect(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		r.ids[id]++
	}
	if n.Data == "label" && attr(n, "for") != "" {
		r.labels[attr(n, "for")] = true
	}
}

func (r *reader) look(n *html.Node) {
	for _, a := range n.Attr {
		name := strings.TrimPrefix(a.Key, "data-")
		switch {
		case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(name, "hx-on"):
			r.add("<%s> has the attribute %s, which the policy forbids", n.Data, a.Key)
		case strings.HasPrefix(a.Val, "javascript:"), strings.HasPrefix(a.Val, "js:"):
			r.add("<%s %s> holds script", n.Data, a.Key)
		}
	}
	if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
		r.add("<%s> inside the page, which the policy forbids", n.Data)
	}
	if r.whole {
		r.references(n)
	}
	r.names(n)
}

func (r *reader) references(n *html.Node) {
	for _, name := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "commandfor", "popovertarget", "for", "form", "data-dialog"} {
		for _, id := range strings.Fields(attr(n, name)) {
			if r.ids[id] == 0 {
				r.add("<%s %s=%q> names an id that is not on the page", n.Data, name, id)
			}
		}
	}
}

func (r *reader) names(n *html.Node) {
	switch n.Data {
	case "input", "select", "textarea":
		kind := attr(n, "type")
		if kind != "hidden" && kind != "submit" && !r.labels[attr(n, "id")] && attr(n, "aria-label") == "" && inside(n, "label") == nil {
			r.add("<%s name=%q> has no label", n.Data, attr(n, "name"))
		}
	case "button", "a":
		if attr(n, "aria-label") == "" && strings.TrimSpace(text(n)) == "" {
			r.add("<%s class=%q> has no name", n.Data, attr(n, "class"))
		}
	case "form":
		if m := attr(n, "method"); m != "" && m != "get" && m != "post" && m != "dialog" {
			r.add("<form method=%q> is no method a browser sends", m)
		}
	}
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inside(n *html.Node, name string) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return p
		}
	}
	return nil
}

func text(n *html.Node) string {
	var b strings.Builder
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Data == "img" {
			b.WriteString(attr(n, "alt")) // what is said instead of it
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(n)
	return b.String()
}

func around(page, needle string) string {
	at := strings.Index(page, needle)
	return page[max(0, at-40):min(len(page), at+40)]
}
