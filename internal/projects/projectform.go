package projects

import (
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/fault"
)

const maxDescription = 2000 // characters

var keyForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,5}$`)

func (f NewProject) normal() NewProject {
	f.Name, f.Description = strings.TrimSpace(f.Name), strings.TrimSpace(f.Description)
	f.Key = strings.ToUpper(strings.TrimSpace(f.Key))
	if f.Key == "" {
		f.Key = KeyFrom(f.Name)
	}
	if f.Visibility == "" {
		f.Visibility = string(ForOrganization)
	}
	if f.Hue == "" {
		f.Hue = hueOf(f.Key)
	}
	return f
}

func (f NewProject) check() error {
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	wrong := checkSettings(f.Name, f.Description, f.Visibility, f.Hue)
	if wrong["name"] == "" && !keyForm.MatchString(f.Key) {
		wrong.Add("key", "Use 2 to 6 capital letters and digits, a letter first.")
	}
	return wrong.Err()
}

func checkSettings(name, description, visibility, hue string) fault.Fields {
	var wrong fault.Fields
	switch {
	case unseen(name):
		wrong.Add("name", "Enter a name.")
	case utf8.RuneCountInString(name) > 60:
		wrong.Add("name", "Use at most 60 characters.")
	case strings.ContainsAny(name, lineBreaks):
		wrong.Add("name", "A name has no line breaks.")
	}
	if utf8.RuneCountInString(description) > maxDescription {
		wrong.Add("description", "Use at most 2,000 characters.")
	}
	if v := Visibility(visibility); v != ForOrganization && v != ForMembers {
		wrong.Add("visibility", "Choose who sees the project.")
	}
	if !slices.Contains(Hues(), hue) {
		wrong.Add("hue", "Choose a colour from the list.")
	}
	return wrong
}

// KeyFrom suggests a key for a name: the initials of several words, else the beginning of the only one. It is empty when
// the name has no letter to begin with.
func KeyFrom(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	for len(words) > 0 && words[0][0] <= '9' {
		words = words[1:]
	}
	key := ""
	if len(words) > 1 {
		for _, w := range words {
			key += w[:1]
		}
	} else if len(words) == 1 {
		key = words[0][:min(3, len(words[0]))]
	}
	key = key[:min(6, len(key))]
	if !keyForm.MatchString(key) {
		return ""
	}
	return key
}

func hueOf(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return Hues()[h.Sum32()%uint32(len(Hues()))]
}

const lineBreaks = "\r\n\v\f\u0085\u2028\u2029"

// unseen says whether a text shows nothing, so that a link made of it could not be found: white space, marks of
// direction and joining, and the letters that are drawn empty.
func unseen(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", r)
	})
}
