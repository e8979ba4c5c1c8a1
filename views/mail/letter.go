// Package mail holds the mails Plinth sends, each as HTML and as text.
package mail

import (
	"context"
	"fmt"
	"strings"

	"plinth/internal/mailer"
)

// Letter is what every mail is made of. Both its forms are written from it, so they cannot say different things.
type Letter struct {
	To         string
	Subject    string
	Title      string
	Paragraphs []string
	ButtonText string
	ButtonURL  string
	Note       string // small print: who did this, and what to do when it was not the reader
}

// Message writes the letter as HTML and text.
func (l Letter) Message(ctx context.Context) (mailer.Message, error) {
	var html strings.Builder
	if err := letterHTML(l).Render(ctx, &html); err != nil {
		return mailer.Message{}, fmt.Errorf("render mail: %w", err)
	}
	return mailer.Message{To: l.To, Subject: l.Subject, HTML: html.String(), Text: l.text()}, nil
}

func (l Letter) text() string {
	parts := append([]string{l.Title}, l.Paragraphs...)
	if l.ButtonURL != "" {
		parts = append(parts, l.ButtonText+":\n"+l.ButtonURL)
	}
	if l.Note != "" {
		parts = append(parts, l.Note)
	}
	return strings.Join(append(parts, "Plinth"), "\n\n") + "\n"
}
