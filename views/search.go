package views

import (
	"context"
	"strings"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// excerpt is a part of a text in pieces; every second one is what was found.
func excerpt(h projects.Hit) []string {
	return strings.FieldsFunc(h.Excerpt, func(r rune) bool { return r == '\x01' || r == '\x02' })
}

// marked says whether the piece at i is what was found: the marks stand between the pieces, by turns.
func marked(h projects.Hit, i int) bool {
	if strings.HasPrefix(h.Excerpt, "\x01") {
		return i%2 == 0
	}
	return i%2 == 1
}

// hitURL leads to the ticket, or to the comment that the words stand in.
func hitURL(s scope.Scope, h projects.Hit) string {
	path := ticketPath(s, h.Project, h.Number)
	if h.Comment {
		return path + "/comments/" + h.DocID.String()
	}
	return path
}

func hitState(h projects.Hit) ui.State {
	return ui.State{Slug: h.Status, Name: h.StatusName, Kind: string(h.StatusKind)}
}

func searchCount(ctx context.Context, f projects.Found) string {
	if f.More {
		return ui.T(ctx, "the best %d", len(f.Tickets))
	}
	return ui.TN(ctx, len(f.Tickets), "%d ticket", "%d tickets")
}

// lineCount is how many tickets the palette shows of those that were found.
const lineCount = 8
