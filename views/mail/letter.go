// Package mail holds the mails Plinth sends, each as HTML and as text.
package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plinth/internal/mailer"
)

// Letter is what every mail is made of. Both its forms are written from it, so they cannot say different things.
type Letter struct {
	To         string
	Subject    string
	Title      string
	Paragraphs []string
	Quote      string // what somebody wrote
	Items      []LetterItem
	ButtonText string
	ButtonURL  string
	Note       string // small print: who did this, and what to do when it was not the reader
	// Unsubscribe ends such mails without signing in: for a mail program (RFC 8058), and a link in the small print.
	Unsubscribe string
	Settings    string // where the reader chooses what they get
}

// LetterItem is a line of a list in a letter.
type LetterItem struct {
	Text, Detail, Link, URL string
}

// Message writes the letter as HTML and text.
func (l Letter) Message(ctx context.Context) (mailer.Message, error) {
	var html strings.Builder
	if err := letterHTML(l).Render(ctx, &html); err != nil {
		return mailer.Message{}, fmt.Errorf("render mail: %w", err)
	}
	return mailer.Message{To: l.To, Subject: l.Subject, HTML: html.String(), Text: l.text(), Headers: l.headers()}, nil
}

// Preheader is what lists of mails show behind the subject: the first thing that the letter says.
func (l Letter) Preheader() string {
	said := slices.DeleteFunc(slices.Clone(l.Paragraphs), func(p string) bool { return strings.HasPrefix(p, "Hello") })
	if l.Quote != "" {
		said = append(said, strings.Join(strings.Fields(l.Quote), " "))
	}
	for _, i := range l.Items {
		said = append(said, i.Link+", "+i.Text+".")
	}
	return clipped(strings.Join(said, " "), 140)
}

func (l Letter) headers() map[string]string {
	if l.Unsubscribe == "" {
		return nil
	}
	return map[string]string{"List-Unsubscribe": "<" + l.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
}

func (l Letter) text() string {
	parts := append([]string{l.Title}, l.Paragraphs...)
	if l.Quote != "" {
		parts = append(parts, "> "+strings.ReplaceAll(l.Quote, "\n", "\n> "))
	}
	for _, i := range l.Items {
		parts = append(parts, strings.Join(slices.DeleteFunc([]string{i.Link + " – " + i.Text, i.Detail, i.URL}, func(s string) bool { return s == "" }), "\n"))
	}
	if l.ButtonURL != "" {
		parts = append(parts, l.ButtonText+":\n"+l.ButtonURL)
	}
	if l.Note != "" {
		parts = append(parts, l.Note)
	}
	if l.Unsubscribe != "" {
		parts = append(parts, "Choose what you get: "+l.Settings+"\nStop these mails: "+l.Unsubscribe)
	}
	return strings.Join(append(parts, "Plinth"), "\n\n") + "\n"
}
