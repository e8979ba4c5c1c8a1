package projects

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Reference is a ticket that a text names and that the reader sees.
type Reference struct {
	Project string
	Number  int32
	Title   string
	Kind    Kind
}

// Key is what people call the ticket: WEB-42.
func (r Reference) Key() string { return fmt.Sprintf("%s-%d", r.Project, r.Number) }

// Texts is what is needed to draw what people wrote: whom and what it may name.
type Texts struct {
	People     []Person
	References []Reference
}

// PersonAt finds the person whose name text begins with, behind its @: the longest name that fits, in any case. n is how
// many bytes the name takes.
func PersonAt(text string, people []Person) (person Person, n int) {
	for _, p := range people {
		if len(p.Name) > n && begins(text, p.Name) {
			person, n = p, len(p.Name)
		}
	}
	return person, n
}

func begins(text, name string) bool {
	if len(text) < len(name) || !utf8.ValidString(text[:len(name)]) || !strings.EqualFold(text[:len(name)], name) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[len(name):])
	return len(text) == len(name) || !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

var (
	fences   = regexp.MustCompile("(?ms)^ {0,3}(```|~~~).*?(^ {0,3}(```|~~~)|\\z)")
	codeSpan = regexp.MustCompile("`[^`\n]*`")
)

// mentioned are the people a text names, outside of code, each once.
func mentioned(body string, people []Person) []uuid.UUID {
	body = codeSpan.ReplaceAllString(fences.ReplaceAllString(body, ""), "")
	var out []uuid.UUID
	for i := strings.IndexByte(body, '@'); i >= 0; {
		before, _ := utf8.DecodeLastRuneInString(body[:i])
		rest := body[i+1:]
		if p, n := PersonAt(rest, people); n > 0 && !unicode.IsLetter(before) && !unicode.IsDigit(before) && !slices.Contains(out, p.ID) {
			out = append(out, p.ID)
		}
		next := strings.IndexByte(rest, '@')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return out
}

// mentionTx keeps who is named in a ticket's text (no comment) or in a comment: only people who may see the project. Who is
// named watches the ticket.
func mentionTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID, ticketID uuid.UUID, commentID *uuid.UUID, body string, now time.Time) error {
	q := projectsdb.New()
	var people []Person
	if strings.Contains(body, "@") {
		rows, err := q.NamedPeople(ctx, tx, projectsdb.NamedPeopleParams{TenantID: s.TenantID, ID: projectID, Body: body})
		if err != nil {
			return fmt.Errorf("read who is named: %w", err)
		}
		for _, row := range rows {
			people = append(people, Person{ID: row.UserID, Name: row.Name})
		}
	}
	want := slices.DeleteFunc(mentioned(body, people), func(id uuid.UUID) bool { return id == s.Person.ID })
	had, err := q.MentionsOf(ctx, tx, projectsdb.MentionsOfParams{TenantID: s.TenantID, TicketID: ticketID, CommentID: commentID})
	if err != nil {
		return fmt.Errorf("read mentions: %w", err)
	}
	for _, id := range had {
		if slices.Contains(want, id) {
			continue
		}
		if err := q.RemoveMention(ctx, tx, projectsdb.RemoveMentionParams{TenantID: s.TenantID, TicketID: ticketID, CommentID: commentID, UserID: id}); err != nil {
			return fmt.Errorf("remove a mention: %w", err)
		}
	}
	for _, user := range want {
		if slices.Contains(had, user) {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an id: %w", err)
		}
		if err := q.AddMention(ctx, tx, projectsdb.AddMentionParams{
			TenantID: s.TenantID, ID: id, TicketID: ticketID, CommentID: commentID, UserID: user, AuthorID: s.Person.ID, Now: now,
		}); err != nil {
			return fmt.Errorf("add a mention: %w", err)
		}
	}
	return watchTx(ctx, tx, s, ticketID, now, want...)
}

// Preview reads what a text of a project may name, so that it can be drawn before it is sent.
func (p *Projects) Preview(ctx context.Context, s scope.Scope, key, body string) (Texts, error) {
	var out Texts
	if len(body) > MaxBody {
		return out, fault.Field("body", "Use at most 100 KB of text.")
	}
	var project Project
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &project)
		queuePeople(r, s, key, &out.People)
		db.Rows(r, &out.References, projectsdb.TextReferences, s.TenantID, s.Person.ID, body)
	})
	return out, err
}

// Completions are what may stand behind what was typed.
type Completions struct {
	People  []Person
	Tickets []Reference
}

const completions = 8

// Complete finds people of a project (@da) or tickets (#42, #word, WEB-4) for what somebody is typing.
func (p *Projects) Complete(ctx context.Context, s scope.Scope, key, typed string) (Completions, error) {
	var out Completions
	var project Project
	word, person := strings.CutPrefix(typed, "@")
	number, words := "", ""
	if !person {
		word = strings.TrimPrefix(word, "#")
		if other, n, ok := strings.Cut(word, "-"); ok && keyForm.MatchString(other) && strings.Trim(n, "0123456789") == "" {
			key, number = other, n
		} else if number = word; strings.Trim(word, "0123456789") != "" {
			words = db.EscapeLike(word)
		}
	}
	if len(typed) > 100 {
		return out, nil
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &project)
		if person {
			queuePeople(r, s, key, &out.People)
		} else {
			db.Rows(r, &out.Tickets, projectsdb.CompleteTickets, s.TenantID, s.Person.ID, key, db.EscapeLike(number), words)
		}
	})
	out.People = slices.DeleteFunc(out.People, func(p Person) bool { return !nameFits(p.Name, word) })
	return Completions{out.People[:min(len(out.People), completions)], out.Tickets}, err
}

// nameFits says whether one of the words of a name begins with what was typed, or the name does.
func nameFits(name, typed string) bool {
	name, typed = strings.ToLower(name), strings.ToLower(typed)
	return strings.HasPrefix(name, typed) || slices.ContainsFunc(strings.Fields(name), func(w string) bool { return strings.HasPrefix(w, typed) })
}
