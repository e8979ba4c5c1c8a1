package projects

import (
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"
)

// DiffLine is a line of a text that was changed.
type DiffLine struct {
	Change rune // '+' is new, '-' is gone, ' ' stands round them, '…' is left out
	Text   string
}

const diffContext = 2 // lines round a change

// diffLines are the lines in which two texts differ, with some round them; nothing when they are the same.
func diffLines(before, after string) []DiffLine {
	before, after = ended(before), ended(after)
	diff, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), diffContext)
	if err != nil {
		return nil // the edits were made for this text
	}
	var out []DiffLine
	for i, hunk := range diff.Hunks {
		if i > 0 || hunk.FromLine > 1 && hunk.ToLine > 1 {
			out = append(out, DiffLine{Change: '…'})
		}
		for _, l := range hunk.Lines {
			change := ' '
			switch l.Kind {
			case udiff.Delete:
				change = '-'
			case udiff.Insert:
				change = '+'
			case udiff.Equal:
			}
			out = append(out, DiffLine{change, strings.TrimSuffix(l.Content, "\n")})
		}
	}
	return out
}

// ended lets a last line be a line like the others.
func ended(text string) string {
	if text == "" {
		return text
	}
	return strings.TrimSuffix(text, "\n") + "\n"
}

// mergeTexts puts two changes of the same text together, line by line; ok is false when both changed the same lines.
func mergeTexts(base, mine, theirs string) (merged string, ok bool) {
	base = ended(base)
	edits, ok := udiff.Merge(udiff.Lines(base, ended(theirs)), udiff.Lines(base, ended(mine)))
	if !ok {
		return "", false
	}
	merged, err := udiff.Apply(base, edits)
	if err != nil {
		return "", false
	}
	return strings.TrimSpace(merged), true
}

// Clash is what a person wrote against what somebody else has written in the meantime.
type Clash struct {
	Editor string     // who that was; empty when it is not known
	Titles [2]string  // the title that both began with and that of now, when it was changed
	Lines  []DiffLine // what was changed in the text
	Merged string     // both changes together, when they are of different lines
	Fits   bool       // there is a Merged
}

// clash compares what was written with what stands there now; base is what its writer began with.
func clash(base, mine, now EditForm) Clash {
	var out Clash
	if base.Title != now.Title {
		out.Titles = [2]string{base.Title, now.Title}
	}
	out.Lines = diffLines(base.Body, now.Body)
	if out.Merged, out.Fits = mergeTexts(base.Body, mine.Body, now.Body); out.Merged == mine.Body {
		out.Fits = false // all of theirs is in it already
	}
	if _, ok := either(base.Title, mine.Title, now.Title); !ok {
		out.Fits = false
	}
	return out
}

// either takes of one field what was changed: mine, or theirs when I left it as it was. ok is false when both changed it.
func either(base, mine, theirs string) (text string, ok bool) {
	switch {
	case mine == theirs || theirs == base:
		return mine, true
	case mine == base:
		return theirs, true
	}
	return "", false
}

// together takes title and text each as who changed it has it; ok is false when both changed the same.
func (f EditForm) together(t ticket) (EditForm, bool) {
	var title, body bool
	f.Title, title = either(f.BaseTitle, f.Title, t.Title)
	f.Body, body = either(f.BaseBody, f.Body, t.Body)
	return f, f.BaseTitle != "" && title && body
}
