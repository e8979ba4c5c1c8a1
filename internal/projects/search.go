package projects

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Hit is a ticket that a search found, or a comment to one.
type Hit struct {
	Project    string // the project's key
	Number     int32
	Title      string
	Status     string
	StatusName string
	StatusKind Kind
	UpdatedAt  time.Time
	DocID      uuid.UUID // of the ticket, or of the comment
	Comment    bool      // the words stand in a comment
	Exact      bool      // all words are there as they were typed; else nearly
	Excerpt    string    // a part of the text; what was found stands between \x01 and \x02
}

// Key is what people call the ticket: WEB-42.
func (h Hit) Key() string { return Row{Project: h.Project, Number: h.Number}.Key() }

// ProjectHit is a project that a search found.
type ProjectHit struct {
	Key        string
	Name       string
	Hue        string
	ArchivedAt *time.Time
}

// PersonHit is somebody of the organization whom a search found.
type PersonHit struct {
	ID      uuid.UUID
	Name    string
	Email   string
	Role    string
	Picture string
}

// Found is what a search found, as far as the person may see it.
type Found struct {
	Text     string // what was asked for
	Tickets  []Hit  // hitsSize at most, the best first
	More     bool   // there are more tickets than these
	Near     bool   // the tickets have words that are nearly those that were typed
	Projects []ProjectHit
	People   []PersonHit // for who sees the people of the organization
}

// Empty says whether nothing was found.
func (f Found) Empty() bool { return len(f.Tickets)+len(f.Projects)+len(f.People) == 0 }

const (
	hitsSize  = 50
	maxTokens = 8
	nearFrom  = 4 // letters a word has that nearly the same words are looked for
	fewHits   = 3 // with so many exact ones the near ones are left out
)

var ticketKey = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]{1,5})-([0-9]{1,9})$`)

// Search finds tickets by the words of their titles, texts and comments, projects and people by name, and a ticket by its
// key. Words count from their beginning. Nothing is asked for with an empty text.
func (p *Projects) Search(ctx context.Context, s scope.Scope, text string) (Found, error) {
	out := Found{Text: cut(strings.TrimSpace(text), maxSearch)}
	asked := searchTokens(out.Text)
	if len(asked) == 0 {
		return out, nil
	}
	var byKey, byWords []Hit
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		if m := ticketKey.FindStringSubmatch(out.Text); m != nil {
			number, _ := strconv.Atoi(m[2]) // nine digits
			db.Rows(r, &byKey, projectsdb.SearchNumber, s.TenantID, s.Person.ID, strings.ToUpper(m[1]), number)
		}
		exact, headline := prefixes(asked, " & "), prefixes(asked, " | ")
		db.Rows(r, &byWords, projectsdb.Search, s.TenantID, s.Person.ID, headline, hitsSize+1, exact, variantPairs(asked), asked)
		pattern := "%" + db.EscapeLike(out.Text) + "%"
		db.Rows(r, &out.Projects, projectsdb.SearchProjects, s.TenantID, s.Person.ID, pattern)
		if s.May(scope.ViewPeople) {
			db.Rows(r, &out.People, projectsdb.SearchPeople, s.TenantID, pattern)
		}
	})
	if err != nil {
		return Found{}, err
	}
	out.take(byKey, byWords)
	return out, nil
}

// take puts the ticket that was named before those that were found, and leaves out what is only nearly right where enough
// is right.
func (f *Found) take(byKey, byWords []Hit) {
	exact := len(byKey)
	for _, h := range byWords {
		if h.Exact {
			exact++
		}
	}
	f.Near = exact == 0
	f.Tickets = byKey
	for _, h := range byWords {
		if (h.Exact || exact < fewHits) && (len(byKey) == 0 || h.Key() != byKey[0].Key()) {
			f.Tickets = append(f.Tickets, h)
		}
	}
	f.Near = f.Near && len(f.Tickets) > 0
	if len(f.Tickets) > hitsSize {
		f.Tickets, f.More = f.Tickets[:hitsSize], true
	}
}

// searchTokens are the words of what was typed: letters and digits, in small letters.
func searchTokens(text string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(out) < maxTokens && len(word) <= maxWord {
			out = append(out, word)
		}
	}
	return out
}

// prefixes is a query of Postgres for words that begin so. Tokens are letters and digits alone.
func prefixes(tokens []string, join string) string {
	parts := make([]string, len(tokens))
	for i, token := range tokens {
		parts[i] = token + ":*"
	}
	return strings.Join(parts, join)
}

// variantPairs are the variants of each token, each behind its token.
func variantPairs(tokens []string) []string {
	out := []string{}
	for _, token := range tokens {
		for _, v := range variants(token) {
			out = append(out, token+" "+v)
		}
	}
	return out
}

// variants are a word and the same with one letter left out, when it is long enough to be mistyped.
func variants(word string) []string {
	letters := []rune(word)
	if len(letters) < nearFrom {
		return nil
	}
	out := []string{word}
	for i := range letters {
		if i == 0 || letters[i] != letters[i-1] { // of two alike it is all the same which is left out
			out = append(out, string(letters[:i])+string(letters[i+1:]))
		}
	}
	return out
}
