package markdown

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// FlipTask ticks the nth task of a text, from 1, or takes its tick away; done says which. ok is false when the text has no
// such task.
func FlipTask(source string, n int) (flipped string, done, ok bool) {
	if tame(source) != source {
		return source, false, false
	}
	doc := converter().Parser().Parse(text.NewReader([]byte(source)))
	seen, place := 0, -1
	_ = ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		box, is := node.(*extast.TaskCheckBox)
		if !is || !entering {
			return ast.WalkContinue, nil
		}
		if seen++; seen < n {
			return ast.WalkContinue, nil
		}
		if lines := box.Parent().Lines(); lines.Len() > 0 {
			place, done = lines.At(0).Start+1, !box.IsChecked
		}
		return ast.WalkStop, nil
	})
	if n < 1 || place < 1 || place+1 >= len(source) || source[place-1] != '[' || source[place+1] != ']' {
		return source, false, false
	}
	mark := " "
	if done {
		mark = "x"
	}
	return source[:place] + mark + source[place+1:], done, true
}
