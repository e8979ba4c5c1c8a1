package transfer

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// layoutOf is how a table is written, told by its bytes as they come in parts.
func layoutOf(text string, part int) (Layout, error) {
	w := &watcher{}
	for len(text) > 0 {
		n := min(part, len(text))
		_, _ = w.Write([]byte(text[:n]))
		text = text[n:]
	}
	return w.layout()
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, encoding, comma, preset string
		fields                        []Field
	}{
		"plinth": {
			"\ufeffKey,Title,Assignee,Assignee e-mail,Parent\nA-1,Ü,x,y,\n", UTF8, ",", "plinth", []Field{FieldKey, FieldTitle, FieldAssignee, FieldAssignee, FieldParent},
		},
		"linear":     {"ID,Team,Title,Creator,Due Date\r\n1,2,3,4,5\r\n", UTF8, ",", "linear", []Field{FieldKey, FieldNone, FieldTitle, FieldAuthor, FieldDue}},
		"jira":       {"Summary;Issue key;Labels;Labels\n1;2;3;4\n", UTF8, ";", "jira", []Field{FieldTitle, FieldKey, FieldLabels, FieldLabels}},
		"github":     {"number\ttitle\tstate\tassignees\n1\t2\t3\t4\n", UTF8, "\t", "github", []Field{FieldKey, FieldTitle, FieldStatus, FieldAssignee}},
		"any":        {"\"Name, of it\";Tags;Whatever\n1;2;3\n", UTF8, ";", "", []Field{FieldNone, FieldLabels, FieldNone}},
		"western":    {"Title;Text\ncaf\xe9;\x80 5\n", Windows1252, ";", "", []Field{FieldTitle, FieldBody}},
		"title only": {"Title", UTF8, ",", "", []Field{FieldTitle}},
	} {
		for _, part := range []int{1, 3, 1 << 20} {
			l, err := layoutOf(c.text, part)
			if err != nil || l.Encoding != c.encoding || l.Comma != c.comma {
				t.Fatalf("%s in parts of %d: %+v, %v", name, part, l, err)
			}
			fields, preset := guess(l.Columns)
			if diff := cmp.Diff(c.fields, fields); diff != "" || preset.ID != c.preset {
				t.Errorf("%s: preset %q, %s", name, preset.ID, diff)
			}
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	read := func(text string, l Layout) (out []string) {
		rows := newTable(strings.NewReader(text), l)
		err := each(rows, func(row []string, bad error) error {
			if bad != nil {
				out = append(out, "line "+string(rune('0'+rows.line(bad)))+": "+rowProblem(bad))
			} else {
				out = append(out, strings.Join(row, "|"))
			}
			return nil
		})
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		return out
	}
	for name, c := range map[string]struct {
		text string
		l    Layout
		want []string
	}{
		"quotes and lines":  {"a,\"b\r\n\"\"c\"\"\"\r\n\r\n ,\r\nd", Layout{}, []string{"a|b\n\"c\"", "d"}},
		"a wrong quote":     {"a\nb\"c\nd\n", Layout{}, []string{"a", "line 2: its quotes do not match", "d"}},
		"western letters":   {"caf\xe9,\x93x\x94", Layout{Encoding: Windows1252}, []string{"café|“x”"}},
		"a row without end": {"a\n\"" + strings.Repeat("x", 2*maxRow), Layout{}, []string{"a", "line 2: " + errLongRow.Error()}},
		"with its mark":     {"\ufeffa;b", Layout{Comma: ";"}, []string{"a|b"}},
	} {
		if diff := cmp.Diff(c.want, read(c.text, c.l)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	want := time.Date(2024, 10, 15, 9, 21, 0, 0, time.UTC)
	for _, text := range []string{
		"2024-10-15T09:21:00.000000Z", "2024-10-15 10:21", "2024-10-15 10:21:00", "15/Oct/24 10:21 AM", "Tue Oct 15 2024 10:21:00 GMT+0100 (Central European Time)", "2024-10-15T11:21:00+02:00",
	} {
		if got, ok := moment(text, berlin); !ok || !got.Equal(want) {
			t.Errorf("%q is %v (%v)", text, got, ok)
		}
	}
	for _, text := range []string{"yesterday", "10/11/12", "2024-13-01", "0001-01-01", "99999-01-01", "=NOW()"} {
		if got, ok := moment(text, berlin); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\xff\xfe", "\"", "a\tb\n\"\x00\n", "\ufeff;;;\n\"x\ny\";"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := layoutOf(text, 7)
		if err != nil {
			return
		}
		rows := newTable(strings.NewReader(text), l)
		n := 0
		_ = each(rows, func(_ []string, bad error) error {
			if n++; bad != nil && rowProblem(bad) == "" {
				t.Error("a problem without words")
			}
			return nil
		})
		if n > len(text)+1 {
			t.Errorf("%d rows of %d bytes", n, len(text))
		}
	})
}
