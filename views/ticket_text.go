package views

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/markdown"
	"plinth/views/ui"
)

// written draws what people wrote in a project, with links to whom and what it names, as far as the reader sees them.
func written(s scope.Scope, key string, known projects.Texts, ticks bool, source string) templ.Component {
	return markdown.Reader{
		Person: func(text string) (int, string) {
			p, n := projects.PersonAt(text, known.People)
			return n, projectPath(s, key, "tickets") + "?assignee=" + p.ID.String()
		},
		Ticket: func(name string) (string, string, bool) {
			for _, r := range known.References {
				if r.Key() == name {
					return ticketPath(s, r.Project, r.Number), r.Title, true
				}
			}
			return "", "", false
		},
		Ticks: ticks,
	}.Text(source)
}

func revisionText(t projects.Ticket) string { return strconv.Itoa(int(t.Revision)) }

// taskAttrs let a tick be answered with the text alone.
func taskAttrs(s scope.Scope, page projects.TicketPage) templ.Attributes {
	return templ.Attributes{"hx-post": ticketPath(s, page.Ticket.Project, page.Ticket.Number, "tasks"), "hx-target": "#ticket-text", "hx-swap": "outerMorph"}
}

// editing is a field for a text that people write, with what helps them: completion, preview, and a draft that outlives a
// closed tab. Draft is the path of its form; Shown is the preview of what was typed, when it was asked for without a script.
type editing struct {
	ui.Input

	Key   string // the project's
	Draft string
	Class string
	Shown templ.Component
}

func (e editing) id() string {
	if e.ID != "" {
		return e.ID
	}
	return e.Name
}

func completePath(s scope.Scope, key string) string { return projectPath(s, key, "complete") }

func previewPath(s scope.Scope, key string) string { return projectPath(s, key, "preview") }

func completionText(r projects.Reference) string { return strings.TrimSpace(r.Key()) + " " }

type previewKey struct{}

// WithPreview puts the preview of a text into the page with its form.
func WithPreview(ctx context.Context, c templ.Component) context.Context {
	return context.WithValue(ctx, previewKey{}, c)
}

func previewFrom(ctx context.Context) templ.Component {
	c, _ := ctx.Value(previewKey{}).(templ.Component)
	return c
}
