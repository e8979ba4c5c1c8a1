package pdf

import (
	"strings"
	"unicode"
)

// longest is how many letters of a text are looked at.
const longest = 1000

// missing stands for what the font has no letter for.
const missing = '□'

// clean makes one line of a text: without control characters, and without the marks that change the direction of what
// follows or join emoji.
func clean(text string, most int) string {
	text = strings.ToValidUTF8(text, string(missing))
	var out strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
			continue
		}
		if n++; n > most {
			break
		}
		out.WriteRune(r)
	}
	return out.String()
}

// known is the text with what the font lacks replaced, once for what stands together.
func (g *drawing) known(font string, size float64, text string) []rune {
	g.keep(g.pdf.SetFont(font, "", size))
	var out []rune
	for _, r := range clean(text, longest) {
		if g.err != nil {
			return nil
		}
		has, err := g.pdf.IsCurrFontContainGlyph(r)
		if err != nil || !has {
			r = missing
		}
		if r == missing && len(out) > 0 && out[len(out)-1] == missing {
			continue
		}
		out = append(out, r)
	}
	return out
}

func (g *drawing) width(runes []rune) float64 {
	if len(runes) == 0 || g.err != nil {
		return 0
	}
	w, err := g.pdf.MeasureTextWidth(string(runes))
	g.keep(err)
	return w
}

// lines breaks a text between words, or within one that is wider than the line. What does not fit into the last line is
// cut.
func (g *drawing) lines(font string, size, width float64, text string, most int) []string {
	rest := g.known(font, size, text)
	var out []string
	for len(rest) > 0 && g.err == nil {
		n := g.fits(rest, width)
		if n == len(rest) {
			return append(out, string(rest))
		}
		if len(out) == most-1 {
			return append(out, g.cutRunes(rest, width))
		}
		at := n
		for i := n; i > n/2; i-- {
			if rest[i] == ' ' {
				at = i
				break
			}
		}
		out = append(out, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	return out
}

// fits is how many letters go into the width, one at least.
func (g *drawing) fits(runes []rune, width float64) int {
	low, high := 1, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if g.width(runes[:middle]) <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// cut is the beginning of a text that fits into the width.
func (g *drawing) cut(font string, size, width float64, text string) string {
	return g.cutRunes(g.known(font, size, text), width)
}

func (g *drawing) cutRunes(runes []rune, width float64) string {
	if len(runes) == 0 || g.fits(runes, width) == len(runes) {
		return string(runes)
	}
	n := g.fits(runes, width-g.width([]rune("…")))
	return strings.TrimSpace(string(runes[:n])) + "…"
}
