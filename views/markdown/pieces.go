package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// pieces draws the nodes that look different here than goldmark draws them.
type pieces struct{}

// RegisterFuncs implements goldmark's renderer.NodeRenderer.
func (pieces) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindCodeBlock, drawCode)
	r.Register(ast.KindFencedCodeBlock, drawCode)
	r.Register(ast.KindHTMLBlock, drawHTMLBlock)
	r.Register(ast.KindRawHTML, drawRawHTML)
	r.Register(ast.KindImage, drawImage)
	r.Register(extast.KindTable, drawTable)
	r.Register(extast.KindTaskCheckBox, drawCheckBox)
	r.Register(kindTaskText, drawTaskText)
	r.Register(kindNamed, drawNamed)
}

func drawCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<pre tabindex="0" role="group" aria-label="`)
		escape(w, labelOf(n))
		_, _ = w.WriteString(`"><code>`)
		drawLines(w, source, n)
		_, _ = w.WriteString("</code></pre>\n")
	}
	return ast.WalkSkipChildren, nil
}

func drawHTMLBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<p>")
		drawLines(w, source, n)
		if block, ok := n.(*ast.HTMLBlock); ok && block.HasClosure() {
			escape(w, block.ClosureLine.Value(source))
		}
		_, _ = w.WriteString("</p>\n")
	}
	return ast.WalkSkipChildren, nil
}

func drawRawHTML(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if raw, ok := n.(*ast.RawHTML); ok && entering {
		for i := range raw.Segments.Len() {
			at := raw.Segments.At(i)
			escape(w, at.Value(source))
		}
	}
	return ast.WalkSkipChildren, nil
}

// drawOwn shows a picture that is attached here, as its thumbnail; it leads to the picture itself.
func drawOwn(w util.BufWriter, source []byte, image *ast.Image) {
	_, _ = w.WriteString(`<a class="picture" rel="nofollow noopener" href="`)
	escape(w, image.Destination)
	_, _ = w.WriteString(`"><img loading="lazy" src="`)
	escape(w, append(bytes.Clone(image.Destination), "/thumbnail"...))
	_, _ = w.WriteString(`" alt="`)
	said := false
	_ = ast.Walk(image, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			said = true
			escape(w, t.Value(source))
		}
		return ast.WalkContinue, nil
	})
	if !said {
		escape(w, labelOf(image))
	}
	_, _ = w.WriteString(`"></a>`)
}

// drawImage leads to the picture under the name of its text.
func drawImage(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	image, ok := n.(*ast.Image)
	switch {
	case !ok:
	case entering && ownPicture.Match(image.Destination):
		drawOwn(w, source, image)
		return ast.WalkSkipChildren, nil
	case ownPicture.Match(image.Destination):
	case entering:
		_, _ = w.WriteString(`<a rel="nofollow noopener" href="`)
		escape(w, util.URLEscape(image.Destination, true))
		_, _ = w.WriteString(`">`)
		if !n.HasChildren() {
			escape(w, image.Destination)
		}
	default:
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func drawTable(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="scroll-x" tabindex="0" role="group" aria-label="`)
		escape(w, labelOf(n))
		_, _ = w.WriteString("\"><table class=\"tbl\">\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

func drawCheckBox(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if box, ok := n.(*extast.TaskCheckBox); ok && entering {
		if number, ticks := n.AttributeString("task"); ticks {
			_, _ = fmt.Fprintf(w, `<button class="checkbox" type="submit" name="task" value="%d" role="checkbox" aria-checked="%t" aria-label="%s"></button> `,
				number, box.IsChecked, labelOf(n))
			return ast.WalkContinue, nil
		}
		_, _ = w.WriteString(`<input class="checkbox" type="checkbox" disabled="" `)
		if box.IsChecked {
			_, _ = w.WriteString(`checked="" `)
		}
		_, _ = w.WriteString(`aria-label="`)
		escape(w, labelOf(n))
		_, _ = w.WriteString(`"> `)
	}
	return ast.WalkContinue, nil
}

func drawTaskText(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<span>")
	} else {
		_, _ = w.WriteString("</span>")
	}
	return ast.WalkContinue, nil
}

func drawLines(w util.BufWriter, source []byte, n ast.Node) {
	lines := n.Lines()
	for i := range lines.Len() {
		at := lines.At(i)
		escape(w, at.Value(source))
	}
}

func labelOf(n ast.Node) []byte {
	said, _ := n.AttributeString("label")
	text, _ := said.(string)
	return []byte(text)
}

func escape(w util.BufWriter, text []byte) { _, _ = w.Write(util.EscapeHTML(text)) }
