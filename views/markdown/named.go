package markdown

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// named is the name of a person or a ticket in a text, and where it leads.
type named struct {
	ast.BaseInline

	at                text.Segment
	class, url, title string
}

var kindNamed = ast.NewNodeKind("Named")

var _ renderer.NodeRenderer = pieces{}

// Kind implements goldmark's ast.Node.
func (*named) Kind() ast.NodeKind { return kindNamed }

// Dump implements goldmark's ast.Node.
func (n *named) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

func drawNamed(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if name, ok := n.(*named); ok && entering {
		_, _ = w.WriteString(`<a class="` + name.class + `" href="`)
		escape(w, []byte(name.url))
		if name.title != "" {
			_, _ = w.WriteString(`" title="`)
			escape(w, []byte(name.title))
		}
		_, _ = w.WriteString(`">`)
		escape(w, name.at.Value(source))
		_, _ = w.WriteString(`</a>`)
	}
	return ast.WalkContinue, nil
}

// link finds the names in the texts of a tree that stand in no link and in no code.
func (to Reader) link(doc *ast.Document, source []byte) {
	if to.Person == nil && to.Ticket == nil {
		return
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				join(n)
				texts = append(texts, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		to.split(t, source)
	}
}

// join takes the texts that follow a text without anything between them into it: the parser takes words apart.
func join(t *ast.Text) {
	for !t.SoftLineBreak() && !t.HardLineBreak() {
		next, ok := t.NextSibling().(*ast.Text)
		if !ok || next.Segment.Start != t.Segment.Stop {
			return
		}
		t.Segment = text.NewSegment(t.Segment.Start, next.Segment.Stop)
		t.SetSoftLineBreak(next.SoftLineBreak())
		t.SetHardLineBreak(next.HardLineBreak())
		t.Parent().RemoveChild(t.Parent(), next)
	}
}

var ticketKey = regexp.MustCompile(`[A-Z][A-Z0-9]{1,5}-[1-9][0-9]{0,8}`)

// split puts the names of one text into nodes of their own.
func (to Reader) split(t *ast.Text, source []byte) {
	parent, from := t.Parent(), t.Segment.Start
	for at := from; at < t.Segment.Stop; {
		name := to.at(source, at, t.Segment.Stop)
		if name == nil {
			at++
			continue
		}
		if from < at {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(from, at)))
		}
		parent.InsertBefore(parent, t, name)
		at = name.at.Stop
		from = at
	}
	if from > t.Segment.Start {
		t.Segment = text.NewSegment(from, t.Segment.Stop) // keeps the break of the line
	}
}

// at is the name that begins at a place, or nil.
func (to Reader) at(source []byte, at, stop int) *named {
	before, _ := utf8.DecodeLastRune(source[:at])
	if at > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune("_-/@", before)) {
		return nil
	}
	switch c := source[at]; {
	case c == '@' && to.Person != nil:
		if n, url := to.Person(string(source[at+1 : stop])); n > 0 {
			return &named{at: text.NewSegment(at, at+1+n), class: "mention", url: url}
		}
	case c >= 'A' && c <= 'Z' && to.Ticket != nil:
		found := ticketKey.FindIndex(source[at:min(stop, at+17)])
		if found == nil || found[0] != 0 || at+found[1] < stop && inWord(source[at+found[1]:stop]) {
			return nil
		}
		if url, title, ok := to.Ticket(string(source[at : at+found[1]])); ok {
			return &named{at: text.NewSegment(at, at+found[1]), class: "ref", url: url, title: title}
		}
	}
	return nil
}

func inWord(rest []byte) bool {
	next, _ := utf8.DecodeRune(rest)
	return unicode.IsLetter(next) || unicode.IsDigit(next) || next == '_'
}
