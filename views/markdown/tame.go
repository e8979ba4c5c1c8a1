package markdown

import "strings"

// The parser's time grows with the square of how deep quotes and lists stand in each other on one line, of how many links
// there are, and of how many marks stand in one word: 100 KB of ">" took it three seconds. No text people read comes near
// these limits.
const (
	maxDepth = 40
	maxLinks = 5000
	maxWord  = 4 << 10 // bytes
)

// tame takes from a text what only an attack has: what is beyond the limits is no mark any more but a character.
func tame(source string) string {
	if strings.Count(source, "](") > maxLinks {
		source = strings.ReplaceAll(source, "](", `]\(`)
	}
	source = plainWords(source)
	var out strings.Builder
	for line := range strings.Lines(source) {
		cut := tooDeep(line)
		out.WriteString(line[:cut])
		if cut < len(line) {
			out.WriteString(`\`)
		}
		out.WriteString(line[cut:])
	}
	return out.String()
}

// plainWords takes the marks from words longer than maxWord.
func plainWords(source string) string {
	if len(source) <= maxWord {
		return source
	}
	marks := strings.NewReplacer("*", `\*`, "_", `\_`, "~", `\~`, "(", `\(`)
	var out strings.Builder
	for len(source) > 0 {
		word := strings.IndexAny(source, " \t\n")
		if word < 0 {
			word = len(source)
		}
		if word > maxWord {
			out.WriteString(marks.Replace(source[:word]))
		} else {
			out.WriteString(source[:word])
		}
		end := min(word+1, len(source))
		out.WriteString(source[word:end])
		source = source[end:]
	}
	return out.String()
}

// tooDeep is where the line has begun more than maxDepth quotes and list items, or its length when it does not.
func tooDeep(line string) int {
	depth := 0
	for i := 0; i < len(line); {
		n := markLen(line[i:])
		switch {
		case n > 0:
			depth++
		case line[i] == ' ' || line[i] == '\t':
			n = 1
		default:
			return len(line)
		}
		if depth > maxDepth {
			return i
		}
		i += n
	}
	return len(line)
}

// markLen is the length of the quote's or list item's mark that s begins with, 0 when there is none.
func markLen(s string) int {
	switch s[0] {
	case '>':
		return 1
	case '-', '+', '*':
		if len(s) > 1 && (s[1] == ' ' || s[1] == '\t') {
			return 1
		}
		return 0
	}
	digits := 0
	for digits < len(s) && digits < 10 && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return digits + 1
	}
	return 0
}
