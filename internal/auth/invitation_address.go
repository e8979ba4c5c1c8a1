package auth

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/users"
)

// MaxInvited is how many addresses one form invites.
const MaxInvited = 50

// Addresses as mail programs copy them have a name before them: Ada <ada@example.com>, "Okafor, Mira" <mira@example.com>.
var (
	quotedName = regexp.MustCompile(`"[^"\n]*"\s*<`)
	named      = regexp.MustCompile(`([^<>,;\n]*)<([^<>\n]*)>`)
)

// withoutNames leaves the addresses of a text; a word with an @ before a bracket is one too, not a name.
func withoutNames(text string) string {
	return named.ReplaceAllStringFunc(quotedName.ReplaceAllString(text, "<"), func(s string) string {
		parts := named.FindStringSubmatch(s)
		words := slices.DeleteFunc(strings.Fields(parts[1]), func(w string) bool { return !strings.Contains(w, "@") })
		return " " + strings.Join(append(words, parts[2]), " ") + " "
	})
}

// Addresses takes apart what a person has pasted: addresses between commas, semicolons, blanks or line breaks, with or
// without names. Each is given once, in the order of the text; what is no address is given too, as it was typed.
func Addresses(text string) []string {
	text = withoutNames(text)
	var out []string
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0'
	}) {
		word = strings.TrimPrefix(strings.Trim(word, `"'()[]<>.:`), "mailto:")
		if key := users.NormalEmail(word); word != "" && !seen[key] {
			seen[key] = true
			out = append(out, word)
		}
	}
	return out
}

// invitationID is the id of an address's invitation in a form: the same each time that the form is sent. It is a UUIDv7
// with the time of the form's own id. A form without an id is a new one each time.
func invitationID(form uuid.UUID, email string) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make an invitation id: %w", err)
	}
	if form == uuid.Nil {
		return id, nil
	}
	sum := sha256.Sum256([]byte(form.String() + "\x00" + email))
	copy(id[:6], form[:6])
	id[6], id[7] = 0x70|sum[0]&0x0f, sum[1]
	copy(id[8:], sum[2:10])
	id[8] = 0x80 | id[8]&0x3f
	return id, nil
}
