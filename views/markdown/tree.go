package markdown

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// labels are the words that pieces say to those who listen.
type labels struct{ code, table, done, open, picture string }

var words, reading = parser.NewContextKey(), parser.NewContextKey()

// The levels headings are moved to: a page has its own title and parts above them.
const (
	firstLevel = 3
	lastLevel  = 6
)

// transformer prepares the tree for the page it will stand in.
type transformer struct{}

// Transform implements goldmark's parser.ASTTransformer.
func (transformer) Transform(doc *ast.Document, source text.Reader, pc parser.Context) {
	said, _ := pc.Get(words).(labels)
	to, _ := pc.Get(reading).(Reader)
	defer to.link(doc, source.Source())
	level := firstLevel - 1
	var boxes []*extast.TaskCheckBox
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			// Never a level that leaves one out: readers move by them.
			level = min(max(n.Level+firstLevel-1, firstLevel), level+1, lastLevel)
			n.Level = level
		case *ast.Link:
			n.Title = nil // what stands on hover is ours: the titles of tickets
			n.SetAttributeString("rel", []byte("nofollow noopener"))
		case *ast.AutoLink:
			n.SetAttributeString("rel", []byte("nofollow noopener"))
		case *ast.Image:
			n.SetAttributeString("label", said.picture)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			n.SetAttributeString("label", said.code)
		case *extast.Table:
			n.SetAttributeString("label", said.table)
		case *extast.TaskCheckBox:
			n.SetAttributeString("label", map[bool]string{true: said.done, false: said.open}[n.IsChecked])
			boxes = append(boxes, n)
		}
		return ast.WalkContinue, nil
	})
	for i, box := range boxes {
		if to.Ticks {
			box.SetAttributeString("task", i+1)
		}
		wrapTask(box)
	}
}

// wrapTask puts the text behind a box into one element, so that both stand side by side.
func wrapTask(box *extast.TaskCheckBox) {
	block := box.Parent()
	said := &taskText{}
	for n := box.NextSibling(); n != nil; {
		next := n.NextSibling()
		said.AppendChild(said, n)
		n = next
	}
	block.InsertAfter(block, box, said)
	if item, ok := block.Parent().(*ast.ListItem); ok && item.ChildCount() == 1 {
		item.SetAttributeString("class", []byte("task"))
	}
}

// taskText is the text of a task.
type taskText struct{ ast.BaseInline }

var kindTaskText = ast.NewNodeKind("TaskText")

// Kind implements goldmark's ast.Node.
func (*taskText) Kind() ast.NodeKind { return kindTaskText }

// Dump implements goldmark's ast.Node.
func (n *taskText) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
