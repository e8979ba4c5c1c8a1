package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long a name and its ending may be, in characters.
const (
	maxName   = 120
	maxEnding = 16
)

// CleanName is what a file is called here: the last part of what its sender calls it, without what cannot be seen or
// would be read backwards, and without what some system could not store.
func CleanName(sent string) string {
	name := strings.ToValidUTF8(sent, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	stem, ending := name, path.Ext(name)
	if utf8.RuneCountInString(ending) > maxEnding {
		ending = ""
	}
	stem = strings.TrimRight(strings.TrimSuffix(stem, ending), " .")
	if stem == "" {
		stem = "file"
	}
	if device(stem) {
		stem = "_" + stem
	}
	return cut(stem, maxName-utf8.RuneCountInString(ending)) + ending
}

// device tells the names that Windows keeps for devices, whatever their ending.
func device(stem string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch first {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(first) == 4 && (strings.HasPrefix(first, "COM") || strings.HasPrefix(first, "LPT")) && first[3] >= '0' && first[3] <= '9'
}

func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimRight(string(runes[:most]), " .")
}

// ending is what a name ends with, in small letters and without the dot; "" when there is none.
func ending(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}
