// Package pdf draws a plain document as a PDF: A4, in the Go fonts, which have Latin, Greek and Cyrillic letters. The same
// document gives the same bytes.
package pdf

import (
	"fmt"
	"time"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Document is what is drawn. Its texts may be whatever people type.
type Document struct {
	Title    string
	Subtitle string
	Note     string // small, below the figures
	Figures  []Figure
	Sections []Section
	Foot     string                     // at the left of each page's foot
	PageOf   func(page, all int) string // at its right
	Made     time.Time                  // for the file's own notes
}

// Figure is a number with what it counts.
type Figure struct{ Label, Value string }

// Section is a list below a heading.
type Section struct {
	Title, Empty string // Empty is said when there are no rows
	Rows         []Row
	More         string // below the rows, when there are more
}

// Row is a line of a list; Text wraps, and is cut behind its third line.
type Row struct{ Key, Text, End string }

// Points, of which an inch has 72.
const (
	left, right = 48.0, 547.0
	top, bottom = 48.0, 782.0
	keyWidth    = 70.0
	endWidth    = 130.0
	footAt      = 803.0
	mostLines   = 3
)

const regular, bold = "regular", "bold"

// drawing is a document in the making. The first error stays, and ends it.
type drawing struct {
	pdf gopdf.GoPdf
	y   float64
	err error
}

// Draw makes the file.
func Draw(d Document) ([]byte, error) {
	g := &drawing{}
	g.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	g.pdf.SetInfo(gopdf.PdfInfo{Title: clean(d.Title, 200), Creator: "Plinth", Producer: "Plinth", CreationDate: d.Made.UTC()})
	g.keep(g.pdf.AddTTFFontData(regular, goregular.TTF))
	g.keep(g.pdf.AddTTFFontData(bold, gobold.TTF))
	if g.err != nil {
		return nil, fmt.Errorf("read the fonts: %w", g.err)
	}
	g.page()
	g.text(bold, 20, left, right-left, 26, d.Title)
	g.muted()
	g.text(regular, 11, left, right-left, 15, d.Subtitle)
	g.y += 14
	g.figures(d.Figures)
	if d.Note != "" {
		g.muted()
		g.text(regular, 9, left, right-left, 13, d.Note)
	}
	for _, s := range d.Sections {
		g.section(s)
	}
	g.feet(d)
	if g.err != nil {
		return nil, fmt.Errorf("draw the document: %w", g.err)
	}
	out, err := g.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	return out, nil
}

func (g *drawing) keep(err error) {
	if g.err == nil {
		g.err = err
	}
}

func (g *drawing) page() {
	g.pdf.AddPage()
	g.y = top
}

func (g *drawing) plain() { g.pdf.SetTextColor(24, 33, 31) }
func (g *drawing) muted() { g.pdf.SetTextColor(84, 96, 93) }

// room begins a new page unless there are so many points left on this one.
func (g *drawing) room(height float64) {
	if g.y+height > bottom {
		g.page()
	}
}

// put writes a line at a place; it is no wider than width.
func (g *drawing) put(font string, size, x, width float64, align int, text string) {
	g.keep(g.pdf.SetFont(font, "", size))
	if g.err != nil || text == "" {
		return
	}
	g.pdf.SetXY(x, g.y)
	g.keep(g.pdf.CellWithOption(&gopdf.Rect{W: width, H: size}, text, gopdf.CellOption{Align: align | gopdf.Top}))
}

// text writes lines below each other and goes on below them.
func (g *drawing) text(font string, size, x, width, line float64, text string) {
	for _, part := range g.lines(font, size, width, text, mostLines) {
		g.room(line)
		g.put(font, size, x, width, gopdf.Left, part)
		g.y += line
	}
	g.plain()
}

func (g *drawing) figures(all []Figure) {
	if len(all) == 0 {
		return
	}
	g.plain()
	width := (right - left) / float64(len(all))
	for i, f := range all {
		x, y := left+width*float64(i), g.y
		g.plain()
		g.put(bold, 17, x, width-8, gopdf.Left, g.cut(bold, 17, width-8, f.Value))
		g.y += 22
		g.muted()
		g.put(regular, 9, x, width-8, gopdf.Left, g.cut(regular, 9, width-8, f.Label))
		g.y = y
	}
	g.y += 44
	g.plain()
}

func (g *drawing) section(s Section) {
	g.y += 18
	g.room(60) // a heading does not stand alone
	g.plain()
	g.text(bold, 12, left, right-left, 20, s.Title)
	g.rule()
	if len(s.Rows) == 0 {
		g.y += 6
		g.muted()
		g.text(regular, 10, left, right-left, 14, s.Empty)
	}
	for _, r := range s.Rows {
		g.row(r)
	}
	if s.More != "" {
		g.y += 6
		g.muted()
		g.text(regular, 9, left, right-left, 13, s.More)
	}
}

func (g *drawing) row(r Row) {
	x := left
	if r.Key != "" {
		x += keyWidth
	}
	width := right - endWidth - 10 - x
	lines := g.lines(regular, 10, width, r.Text, mostLines)
	g.room(float64(len(lines))*14 + 9)
	g.y += 5
	g.muted()
	g.put(regular, 9, left, keyWidth-6, gopdf.Left, g.cut(regular, 9, keyWidth-6, r.Key))
	g.put(regular, 9, right-endWidth, endWidth, gopdf.Right, g.cut(regular, 9, endWidth, r.End))
	g.plain()
	for _, line := range lines {
		g.put(regular, 10, x, width, gopdf.Left, line)
		g.y += 14
	}
	g.y += 3
	g.rule()
}

func (g *drawing) rule() {
	g.pdf.SetStrokeColor(214, 219, 217)
	g.pdf.SetLineWidth(0.5)
	g.pdf.Line(left, g.y, right, g.y)
}

// feet writes below each page, when it is known how many there are.
func (g *drawing) feet(d Document) {
	all := g.pdf.GetNumberOfPages()
	for page := 1; page <= all; page++ {
		g.keep(g.pdf.SetPage(page))
		g.y = footAt
		g.muted()
		g.put(regular, 8, left, 380, gopdf.Left, g.cut(regular, 8, 380, d.Foot))
		if d.PageOf != nil {
			g.put(regular, 8, right-110, 110, gopdf.Right, g.cut(regular, 8, 110, d.PageOf(page, all)))
		}
	}
}
