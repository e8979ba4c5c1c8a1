package markdown_test

import (
	"strings"
	"testing"

	"plinth/views/markdown"
)

func TestFlipTask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		n      int
		want   string
		done   bool
	}{
		{"- [ ] a", 1, "- [x] a", true},
		{"- [X] a\n- [ ] b", 1, "- [ ] a\n- [ ] b", false},
		{"- [ ] ä\n  1. [ ] b", 2, "- [ ] ä\n  1. [x] b", true},
		{"- [ ] a", 2, "", false},
		{"- [ ] a", 0, "", false},
		{"    - [ ] code", 1, "", false},
		{"text [ ] here", 1, "", false},
		{strings.Repeat(">", 60) + "\n- [ ] a", 1, "", false},
	} {
		got, done, ok := markdown.FlipTask(c.source, c.n)
		if ok != (c.want != "") || ok && (got != c.want || done != c.done) || !ok && got != c.source {
			t.Errorf("%q, task %d became %q (%v, %v), want %q", c.source, c.n, got, done, ok, c.want)
		}
	}
}
