package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

func document(rows ...Row) Document {
	return Document{
		Title: "Website – week 47", Subtitle: "16 to 22 November 2026", Figures: []Figure{{"Done", "12"}, {"Overdue", "1,000+"}}, Foot: "Acme",
		PageOf:   func(page, all int) string { return fmt.Sprintf("Page %d of %d", page, all) },
		Sections: []Section{{Title: "Done", Rows: rows, Empty: "Nothing."}, {Title: "Late", Empty: "Nothing is late."}}, Made: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
	}
}

func draw(t *testing.T, d Document) []byte {
	t.Helper()
	out, err := Draw(d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(out), []byte("%%EOF")) {
		t.Fatalf("this is no PDF: %.20q … %q", out, out[max(0, len(out)-20):])
	}
	return out
}

var pageObject = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

func pages(out []byte) int { return len(pageObject.FindAll(out, -1)) }

var streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)

// runes are all letters that the file has a glyph for, as its tables from glyphs to letters say.
func runes(t *testing.T, out []byte) string {
	t.Helper()
	var all strings.Builder
	for _, m := range streams.FindAllSubmatch(out, -1) {
		text := m[1]
		if r, err := zlib.NewReader(bytes.NewReader(text)); err == nil {
			if text, err = io.ReadAll(r); err != nil {
				continue
			}
		}
		if !bytes.Contains(text, []byte("beginbfrange")) && !bytes.Contains(text, []byte("beginbfchar")) {
			continue
		}
		for _, c := range regexp.MustCompile(`<([0-9A-Fa-f]{4})>\s*\n`).FindAllSubmatch(text, -1) {
			var r rune
			if _, err := fmt.Sscanf(string(c[1]), "%X", &r); err == nil {
				all.WriteRune(r)
			}
		}
	}
	return all.String()
}

func TestDraw(t *testing.T) {
	t.Parallel()
	one := document(Row{"WEB-1", "The door squeaks", "Jun Park"}, Row{"WEB-2", "Дверь скрипит, η πόρτα τρίζει", "Ґ"})
	out := draw(t, one)
	if !bytes.Equal(out, draw(t, one)) {
		t.Error("the same document gives other bytes")
	}
	if got := pages(out); got != 1 {
		t.Errorf("it has %d pages", got)
	}
	if !bytes.Contains(out, []byte("/MediaBox")) || len(out) > 200_000 {
		t.Errorf("%d bytes", len(out))
	}
	if got := runes(t, out); !strings.ContainsRune(got, 'Д') || !strings.ContainsRune(got, 'η') || strings.ContainsRune(got, missing) {
		t.Errorf("the letters are %q", got)
	}

	var many []Row
	for i := range 150 {
		many = append(many, Row{fmt.Sprintf("WEB-%d", i), "A ticket whose title is as long as titles are", "Jun Park"})
	}
	if got := pages(draw(t, document(many...))); got < 4 || got > 6 {
		t.Errorf("150 rows have %d pages", got)
	}
	empty := document()
	empty.Figures, empty.PageOf = nil, nil
	if got := pages(draw(t, empty)); got != 1 {
		t.Errorf("no rows have %d pages", got)
	}
}

// Whatever people type, the file is made, and none of it breaks out of its line.
func TestDrawWhatPeopleType(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"control": "a\x00b\x07\r\n\tc\u0085\u2028d", "bidi": "\u202ecod.exe\u202c \u2066x\u2069 \u200f", "emoji": "ship it 🚀🚀 👩‍👩‍👧 🏳️‍🌈",
		"scripts": "漢字 한국어 العربية हिन्दी ไทย", "syntax": ") Tj ET endstream endobj %%EOF (\\", "invalid": "a\xff\xfe\xc3(", "long": strings.Repeat("very long ", 2000),
		"one word": strings.Repeat("W", 5000), "combining": "e" + strings.Repeat("\u0301", 300), "private": "\ue000\U000f0000\U0010ffff", "empty": "", "spaces": "   ", "marks": "\u200b\ufeff\u00ad",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := document(Row{text, text, text})
			d.Title, d.Subtitle, d.Foot, d.Note, d.Sections[0].Title, d.Sections[1].Empty, d.Sections[0].More = text, text, text, text, text, text, text
			d.Figures = []Figure{{text, text}}
			out := draw(t, d)
			if got := pages(out); got != 1 {
				t.Errorf("it has %d pages", got)
			}
			if n := bytes.Count(out, []byte("%%EOF")); n != 1 {
				t.Errorf("it ends %d times", n)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" a \n b\t": "a b", "a\x00b": "ab", "\u202eabc": "abc", "a\xffb": "a□b", "👩‍👧": "👩👧", "x\ufe0f": "x", "": "",
	} {
		if got := clean(text, 20); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := clean(strings.Repeat("ab", 20), 5); got != "ababa" {
		t.Errorf("cut: %q", got)
	}
}
