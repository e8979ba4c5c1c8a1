package projects

import (
	"strings"
	"testing"
)

func TestDiffLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{"same", "same", ""},
		{"", "new", "+new"},
		{"gone", "", "-gone"},
		{"a\nb", "a\nc", " a|-b|+c"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\nNINE", "…| 7| 8|-9|+NINE"},
		{"1\n2\n3\n4\n5\n6\n7\n8\n9", "ONE\n2\n3\n4\n5\n6\n7\n8\nNINE", "-1|+ONE| 2| 3|…| 7| 8|-9|+NINE"},
	} {
		var got []string
		for _, l := range diffLines(c.before, c.after) {
			got = append(got, string(l.Change)+l.Text)
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("from %q to %q: %q, want %q", c.before, c.after, text, c.want)
		}
	}
}

func TestMergeTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, mine, theirs, want string
		ok                       bool
	}{
		{"a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC", true},
		{"a\nb\nc", "a\nb\nc\nd", "Z\na\nb\nc", "Z\na\nb\nc\nd", true},
		{"a\nb\nc", "a\nX\nc", "a\nY\nc", "", false},
		{"a\nb\nc", "a\nc", "a\nB\nc", "", false},
		{"a\nb", "a\nb", "a\nb\nc", "a\nb\nc", true},
		{"", "mine", "theirs", "theirs\nmine", true},
		{"a", "b", "b", "b", true},
	} {
		if got, ok := mergeTexts(c.base, c.mine, c.theirs); got != c.want || ok != c.ok {
			t.Errorf("%q and %q on %q: %q, %v", c.mine, c.theirs, c.base, got, ok)
		}
	}
}

func TestEither(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, mine, theirs, want string
		ok                       bool
	}{
		{"a", "b", "a", "b", true}, {"a", "a", "b", "b", true}, {"a", "b", "b", "b", true}, {"a", "b", "c", "", false},
	} {
		if got, ok := either(c.base, c.mine, c.theirs); got != c.want || ok != c.ok {
			t.Errorf("%v: %q, %v", c, got, ok)
		}
	}
}

// Whatever two people make of a text, nothing that only one of them wrote is missing where both are put together.
func FuzzMergeTexts(f *testing.F) {
	f.Add("a\nb\nc", "a\nb\nX", "Y\nb\nc")
	f.Add("", "x", "y")
	f.Add("one\n\ntwo", "one\n\n\ntwo", "two")
	f.Fuzz(func(t *testing.T, base, mine, theirs string) {
		if len(base)+len(mine)+len(theirs) > 2000 {
			return
		}
		merged, ok := mergeTexts(base, mine, theirs)
		if !ok {
			return
		}
		in := map[string]bool{}
		for _, line := range strings.Split(merged, "\n") {
			in[strings.TrimSpace(line)] = true
		}
		for _, text := range []string{mine, theirs} {
			for _, line := range strings.Split(text, "\n") {
				if strings.TrimSpace(line) != "" && !in[strings.TrimSpace(line)] && !strings.Contains("\n"+base+"\n", "\n"+line+"\n") {
					t.Fatalf("%q is missing in %q, put together of %q and %q on %q", line, merged, mine, theirs, base)
				}
			}
		}
	})
}
