// Package markdown draws what people wrote: GitHub's markdown without raw HTML, sanitised. It is the only place where
// HTML that was not written by a template reaches a page, and everything it writes has been through the sanitiser.
//
// It stands with the views and not in a module, because modules keep the source: how it looks is a matter of the page.
package markdown

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"plinth/views/ui"
)

// Text draws source. It belongs into an element of the class md. Headings begin at level 3, below the page's own; HTML
// in source shows as the text it is; pictures that are attached to a ticket are shown, all others become links, because
// pages load nothing from elsewhere.
func Text(source string) templ.Component { return Reader{}.Text(source) }

// Reader says for whom a text is drawn. The zero Reader knows of nobody and of no ticket.
type Reader struct {
	// Person finds whom a text names that begins behind an @: how many bytes the name takes, 0 for nobody, and where it leads.
	Person func(text string) (n int, url string)
	// Ticket finds a ticket by its key; ok is false when there is none that the reader sees.
	Ticket func(key string) (url, title string, ok bool)
	// Ticks makes the boxes of tasks buttons that send task, the number of the task, with the form round the text.
	Ticks bool
}

// Text draws source as the package's Text does, with links to whom and what it names.
func (to Reader) Text(source string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var raw bytes.Buffer
		pc := parser.NewContext()
		pc.Set(reading, to)
		pc.Set(words, labels{
			code: ui.T(ctx, "Code"), table: ui.T(ctx, "Table"), done: ui.T(ctx, "Done"), open: ui.T(ctx, "Not done"), picture: ui.T(ctx, "Picture"),
		})
		if err := converter().Convert([]byte(tame(source)), &raw, parser.WithContext(pc)); err != nil {
			return fmt.Errorf("markdown: %w", err)
		}
		_, err := policy().SanitizeReader(&raw).WriteTo(w)
		return err
	})
}

// converter may be shared: a parse keeps its state in its own context.
var converter = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough, extension.TaskList, extension.Linkify,
		),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(transformer{}, 900))),
		goldmark.WithRendererOptions(html.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(pieces{}, 100))),
	)
})

var (
	checkbox = regexp.MustCompile(`^checkbox$`)
	empty    = regexp.MustCompile(`^$`)
	zero     = regexp.MustCompile(`^0$`)
	group    = regexp.MustCompile(`^group$`)
	task     = regexp.MustCompile(`^task$`)
	tbl      = regexp.MustCompile(`^tbl$`)
	scroll   = regexp.MustCompile(`^scroll-x$`)
	side     = regexp.MustCompile(`^(left|right|center)$`)
	mention  = regexp.MustCompile(`^(mention|ref)$`)
	submit   = regexp.MustCompile(`^submit$`)
	taskName = regexp.MustCompile(`^task$`)
	truth    = regexp.MustCompile(`^(true|false)$`)
	boxRole  = regexp.MustCompile(`^checkbox$`)
	number   = regexp.MustCompile(`^[0-9]{1,9}$`)
	rel      = regexp.MustCompile(`^nofollow noopener$`)
	picture  = regexp.MustCompile(`^picture$`)
	lazy     = regexp.MustCompile(`^lazy$`)
	label    = regexp.MustCompile(`^[\pL\pN ,.'-]{1,100}$`)
)

// The addresses of files that are attached here, and of their thumbnails.
var (
	ownPicture = regexp.MustCompile(own + `$`)
	thumbnail  = regexp.MustCompile(own + `/thumbnail$`)
)

const own = `^/orgs/[a-z0-9][a-z0-9-]{0,62}/(?:projects/[A-Z][A-Z0-9]{1,5}/tickets/[1-9][0-9]{0,9}/attachments|files)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`

// policy lists every element and attribute that can reach a page. It may be shared.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "span",
		"table", "thead", "tbody", "tr", "th", "td", "div")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("align").Matching(side).OnElements("th", "td")
	p.AllowAttrs("class").Matching(task).OnElements("li")
	p.AllowAttrs("class").Matching(tbl).OnElements("table")
	p.AllowAttrs("class").Matching(scroll).OnElements("div")
	p.AllowAttrs("tabindex").Matching(zero).OnElements("pre", "div")
	p.AllowAttrs("role").Matching(group).OnElements("pre", "div")
	p.AllowAttrs("aria-label").Matching(label).OnElements("pre", "div", "input", "button")
	p.AllowAttrs("type", "class").Matching(checkbox).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(empty).OnElements("input")

	p.AllowAttrs("src").Matching(thumbnail).OnElements("img")
	p.AllowAttrs("loading").Matching(lazy).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("class").Matching(picture).OnElements("a")
	p.AllowAttrs("type").Matching(submit).OnElements("button")
	p.AllowAttrs("name").Matching(taskName).OnElements("button")
	p.AllowAttrs("value").Matching(number).OnElements("button")
	p.AllowAttrs("class", "role").Matching(boxRole).OnElements("button")
	p.AllowAttrs("aria-checked").Matching(truth).OnElements("button")

	p.AllowAttrs("class").Matching(mention).OnElements("a")
	p.AllowAttrs("title").OnElements("a")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(rel).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	return p
})
