package ui

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hues are the materials a person, a project or a label may be drawn in.
func hues() []string { return []string{"patina", "bronze", "plum", "blue", "moss", "brick"} }

// Hue picks one of the six materials for an id, always the same one.
func Hue(id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	all := hues()
	return all[h.Sum32()%uint32(len(all))]
}

// hueClass turns a name of a material into its class; anything else is neutral.
func hueClass(name string) string {
	for _, hue := range hues() {
		if hue == name {
			return "h-" + hue
		}
	}
	return ""
}

// Initials are the first letters of the first and the last word of a name, or of an e-mail address.
func Initials(name string) string {
	name, _, _ = strings.Cut(name, "@")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return upperFirst(words[0])
	}
	return upperFirst(words[0]) + upperFirst(words[len(words)-1])
}

func upperFirst(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}

func (p NavProject) hue() string {
	if p.Hue != "" {
		return p.Hue
	}
	return Hue(p.Key)
}
