package transfer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"plinth/internal/fault"
)

// What a table may be.
const (
	MaxTable   = 64 << 20 // bytes
	MaxRows    = 200_000
	MaxColumns = 100
	maxRow     = 1 << 20 // bytes of one row
	sampleRows = 4
	sampleCell = 120 // characters of a cell that pages show
)

// The encodings.
const (
	UTF8        = "UTF-8"
	Windows1252 = "Windows-1252"
)

// Layout is how a table is written, and how it begins.
type Layout struct {
	Encoding string     `json:"encoding"`
	Comma    string     `json:"comma"`
	Preset   string     `json:"preset"` // the id of one, or ""
	Columns  []string   `json:"columns"`
	Rows     [][]string `json:"rows"` // the first few, cut short
}

// FileField is the name of the field that files are sent in, for faults beside it.
const FileField = "file"

func wrongFile(text string) error { return fault.Field(FileField, text) }

// watcher learns of a table's bytes while they are kept: whether they are UTF-8 and have what no table has.
type watcher struct {
	rest   []byte // the beginning of a letter at the end of the last part
	broken bool   // not UTF-8
	nul    bool
	odd    bool // a byte that Windows-1252 has no letter for
	head   []byte
}

const headSize = 256 << 10

// Write takes the next part.
func (w *watcher) Write(b []byte) (int, error) {
	if room := headSize - len(w.head); room > 0 {
		w.head = append(w.head, b[:min(room, len(b))]...)
	}
	w.nul = w.nul || bytes.IndexByte(b, 0) >= 0
	w.odd = w.odd || hasUndefined(b)
	if !w.broken {
		text := append(w.rest, b...)
		for len(text) > 0 {
			r, size := utf8.DecodeRune(text)
			if r == utf8.RuneError && size <= 1 {
				if !utf8.FullRune(text) {
					break
				}
				w.broken = true
				break
			}
			text = text[size:]
		}
		w.rest = bytes.Clone(text)
	}
	return len(b), nil
}

func hasUndefined(b []byte) bool {
	for _, c := range b {
		if c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d {
			return true
		}
	}
	return false
}

// layout says how the table is written; an error beside the field where that cannot be told.
func (w *watcher) layout() (Layout, error) {
	out := Layout{Encoding: UTF8}
	switch {
	case len(w.head) == 0:
		return out, wrongFile("This file is empty.")
	case bytes.HasPrefix(w.head, []byte("\xff\xfe")) || bytes.HasPrefix(w.head, []byte("\xfe\xff")):
		return out, wrongFile("This file is written in UTF-16. Save it as CSV in UTF-8 and send it again.")
	case bytes.HasPrefix(w.head, []byte("PK\x03\x04")):
		return out, wrongFile("This is a ZIP archive or a workbook. Save the sheet as CSV; an archive of Plinth is imported under Projects.")
	case w.nul:
		return out, wrongFile("This is no table of text. Save it as CSV in UTF-8 and send it again.")
	case w.broken || len(w.rest) > 0:
		if w.odd {
			return out, wrongFile("The letters of this file cannot be read. Save it as CSV in UTF-8 and send it again.")
		}
		out.Encoding = Windows1252
	}
	out.Comma = comma(w.head)
	return out, out.begin(w.head)
}

// comma is what stands between the cells of the first line.
func comma(head []byte) string {
	counts, quoted := map[byte]int{}, false
	for _, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			head = nil
		case !quoted:
			counts[c]++
		}
		if head == nil {
			break
		}
	}
	best := ","
	for _, c := range []string{";", "\t"} {
		if counts[c[0]] > counts[best[0]] {
			best = c
		}
	}
	return best
}

// begin reads the names of the columns and the first rows.
func (l *Layout) begin(head []byte) error {
	r := newTable(bytes.NewReader(head), *l)
	names, err := r.next()
	if errors.Is(err, io.EOF) {
		return wrongFile("This file is empty.")
	}
	if err != nil {
		return wrongFile("The first line cannot be read: " + rowProblem(err))
	}
	if len(names) > MaxColumns {
		return wrongFile(fmt.Sprintf("This table has %d columns. Up to %d can be read.", len(names), MaxColumns))
	}
	for _, n := range names {
		l.Columns = append(l.Columns, short(strings.TrimSpace(n), 80))
	}
	for len(l.Rows) < sampleRows {
		row, err := r.next()
		if err != nil {
			return nil //nolint:nilerr // what is wrong with a row is said when the table is looked through
		}
		cells := make([]string, len(l.Columns))
		for i := range cells {
			if i < len(row) {
				cells[i] = short(strings.Join(strings.Fields(row[i]), " "), sampleCell)
			}
		}
		l.Rows = append(l.Rows, cells)
	}
	return nil
}

func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// table reads the rows of a table. No more than a row is ever held.
type table struct {
	guard *guard
	csv   *csv.Reader
	last  int
}

var errLongRow = errors.New("it is longer than 1 MB, as when a quote is never closed")

func newTable(r io.Reader, l Layout) *table {
	if l.Encoding == Windows1252 {
		r = &latin{from: r}
	}
	g := &guard{from: r, left: maxRow}
	c := csv.NewReader(&unmarked{from: g})
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	if l.Comma != "" {
		c.Comma = rune(l.Comma[0])
	}
	return &table{guard: g, csv: c}
}

// next is the next row, which is good until the one after; io.EOF at the end. Behind a row that does not end nothing can be
// read.
func (t *table) next() ([]string, error) {
	t.guard.left = maxRow
	row, err := t.csv.Read()
	if err == nil {
		t.last, _ = t.csv.FieldPos(0)
	}
	return row, err
}

// line is where the last row begins; with what is wrong with it, when it is.
func (t *table) line(bad error) int {
	var parse *csv.ParseError
	switch {
	case errors.As(bad, &parse):
		return parse.StartLine
	case errors.Is(bad, errLongRow):
		return t.last + 1
	}
	return t.last
}

// guard gives no more than a row may have.
type guard struct {
	from io.Reader
	left int
}

// Read fails when a row does not end.
func (g *guard) Read(b []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLongRow
	}
	n, err := g.from.Read(b[:min(len(b), 16<<10)])
	g.left -= n
	return n, err
}

// unmarked leaves out the mark that UTF-8 may begin with.
type unmarked struct {
	from  io.Reader
	begun bool
}

// Read takes the mark away from the first part.
func (u *unmarked) Read(b []byte) (int, error) {
	if u.begun || len(b) < 3 {
		return u.from.Read(b)
	}
	u.begun = true
	n, err := io.ReadAtLeast(u.from, b, 3)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if n >= 3 && string(b[:3]) == "\ufeff" {
		n = copy(b, b[3:n])
	}
	return n, err
}

// latin makes UTF-8 of Windows-1252.
type latin struct {
	from io.Reader
	rest []byte
}

// upper are the letters from 0x80 to 0x9f; those that are none were refused before.
const upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

// Read fills b with letters.
func (l *latin) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		part := make([]byte, 4<<10)
		n, err := l.from.Read(part)
		if n == 0 {
			return 0, err
		}
		table := []rune(upper)
		for _, c := range part[:n] {
			r := rune(c)
			if c >= 0x80 && c <= 0x9f {
				r = table[c-0x80]
			}
			l.rest = utf8.AppendRune(l.rest, r)
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// rowProblem says what is wrong with a row.
func rowProblem(err error) string {
	if errors.Is(err, errLongRow) {
		return errLongRow.Error()
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return "its quotes do not match"
	}
	return "it cannot be read"
}

// malformed says whether a row is wrong, and not the way to it.
func malformed(err error) bool {
	var parse *csv.ParseError
	return errors.Is(err, errLongRow) || errors.As(err, &parse)
}
