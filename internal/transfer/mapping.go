package transfer

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/fault"
	"plinth/internal/projects"
)

// Plan says what becomes of a table: which column is what, and what words become that the project does not know.
type Plan struct {
	Columns []Field `json:"columns"`
	// Statuses are words that become a status: its slug, or "+" and a kind for one that is made. The first slug stands for
	// what is empty.
	Statuses map[string]string `json:"statuses,omitempty"`
	// People are names and addresses that become somebody; the nil id is nobody.
	People map[string]uuid.UUID `json:"people,omitempty"`
	// Labels are those that were made for words.
	Labels map[string]uuid.UUID `json:"labels,omitempty"`
	// NoLabels leaves out labels that the project does not have, instead of making them.
	NoLabels bool `json:"no_labels,omitempty"`
}

// Made is what a choice begins with that makes a status.
const Made = "+"

// check says what is wrong with the columns.
func (p Plan) check(columns int) error {
	if len(p.Columns) != columns {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	for i, f := range p.Columns {
		switch {
		case f == FieldNone:
		case !slices.Contains(Fields(), f):
			return fault.New(fault.Invalid, "Choose fields from the list.")
		case !f.several() && slices.Contains(p.Columns[:i], f):
			return fault.New(fault.Invalid, "Two columns are the same field. Choose one of them.")
		}
	}
	if !slices.Contains(p.Columns, FieldTitle) {
		return fault.New(fault.Invalid, "Say which column is the title.")
	}
	return nil
}

// folded is a word as it is compared.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// statusFor finds the status of a word: what was chosen, one of that name, or one that commonly means the same.
func (c *converter) statusFor(word string) (projects.StatusInfo, bool) {
	name := folded(word)
	if choice, ok := c.plan.Statuses[name]; ok && !strings.HasPrefix(choice, Made) {
		return projects.StatusNamed(c.into.Statuses, projects.Status(choice))
	}
	if name == "" {
		return firstTodo(c.into.Statuses), true
	}
	for _, st := range c.into.Statuses {
		if folded(st.Name) == name || string(st.Slug) == name {
			return st, true
		}
	}
	return projects.StatusInfo{}, false
}

// firstTodo is the status that new tickets get.
func firstTodo(all []projects.StatusInfo) projects.StatusInfo {
	for _, st := range all {
		if st.Kind == projects.KindTodo {
			return st
		}
	}
	if len(all) == 0 {
		return projects.StatusInfo{} // no project of ours
	}
	return all[0]
}

// SuggestStatus is what a word is likely to mean: a status of that kind where the project has one, or one to be made.
func SuggestStatus(all []projects.StatusInfo, word string) string {
	kind := kindOf(folded(word))
	for _, st := range all {
		if st.Kind == kind {
			return string(st.Slug)
		}
	}
	return Made + string(kind)
}

func kindOf(word string) projects.Kind {
	for kind, words := range map[projects.Kind]string{
		projects.KindBacklog: "backlog triage icebox later idea", projects.KindProgress: "progress doing started active development",
		projects.KindReview: "review test testing qa verify", projects.KindDone: "done closed complete completed resolved fixed finished merged",
		projects.KindCanceled: "canceled cancelled duplicate wontfix declined invalid rejected",
	} {
		for _, w := range strings.Fields(words) {
			if slices.Contains(strings.FieldsFunc(word, func(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '\'' }), w) {
				return kind
			}
		}
	}
	return projects.KindTodo
}

func priorityOf(word string) (projects.Priority, bool) {
	for p, words := range [][]string{
		{"", "none", "no priority", "0"}, {"low", "lowest", "minor", "trivial", "4"}, {"medium", "normal", "moderate", "3"}, {"high", "major", "important", "2"},
		{"urgent", "highest", "critical", "blocker", "asap", "1"},
	} {
		if slices.Contains(words, folded(word)) {
			return projects.Priority(p), true
		}
	}
	return projects.NoPriority, false
}
