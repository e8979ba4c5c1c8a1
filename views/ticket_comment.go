package views

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// commentPath is the address of a comment, whichever part of the discussion it stands in.
func commentPath(s scope.Scope, page projects.TicketPage, c projects.Comment, parts ...string) string {
	return refOf(page.Ticket).path(s, append([]string{"comments", c.ID.String()}, parts...)...)
}

func editedPath(s scope.Scope, page projects.CommentPage) string {
	return refOf(page.Ticket).path(s, "comments", page.Comment.ID.String())
}

// quotePath leads to the form for a comment with another one quoted in it.
func quotePath(s scope.Scope, page projects.TicketPage, v TicketView, c projects.Comment) string {
	return listURL(refOf(page.Ticket).path(s), v.values(), "quote", c.ID.String()) + "#new-comment"
}

// Quoted is a comment as a text quotes it.
func Quoted(c projects.Comment) string {
	return "> " + strings.ReplaceAll(strings.TrimSpace(c.Body), "\n", "\n> ") + "\n\n"
}

// commentAttrs let what is asked of a comment be answered with it alone, in its place.
func commentAttrs(method string, s scope.Scope, page projects.TicketPage, v TicketView, id uuid.UUID, parts ...string) templ.Attributes {
	return templ.Attributes{
		method:      listURL(refOf(page.Ticket).path(s, append([]string{"comments", id.String()}, parts...)...), v.values()),
		"hx-target": "#comment-" + id.String(), "hx-swap": "outerHTML",
	}
}

func restorable(s scope.Scope, page projects.TicketPage, c projects.Comment) bool {
	return projectWrites(s, page.Project) && c.RestorableBy(s)
}

// commentMoved says whether the comment says something else than when the form was shown.
func commentMoved(page projects.CommentPage, f ui.Form) bool {
	sent := f.Value("revision")
	return f.Failed() && sent != "" && sent != revision(page.Comment.Revision)
}

// commentBase is what the person has seen: what their form came with, or what is shown to them after a conflict.
func commentBase(page projects.CommentPage, f ui.Form) base {
	if sent := f.Value("revision"); sent != "" && !commentMoved(page, f) {
		return base{Revision: sent, Body: f.Value("base")}
	}
	return base{Revision: revision(page.Comment.Revision), Body: page.Comment.Body}
}

func revision(n int32) string { return strconv.Itoa(int(n)) }

func wrongComment(f ui.Form) string { return cmp.Or(f.Err("body"), f.Summary) }

// emoji are the pictures of what people make of a comment.
func emoji(kind projects.ReactionKind) string {
	return map[projects.ReactionKind]string{
		"agree": "👍", "disagree": "👎", "thanks": "❤️", "happy": "🎉", "puzzled": "😕", "seen": "👀",
	}[kind]
}

func reactionText(ctx context.Context, kind projects.ReactionKind) string {
	switch kind {
	case "agree":
		return ui.T(ctx, "Agree")
	case "disagree":
		return ui.T(ctx, "Disagree")
	case "thanks":
		return ui.T(ctx, "Thanks")
	case "happy":
		return ui.T(ctx, "Happy")
	case "puzzled":
		return ui.T(ctx, "Puzzled")
	}
	return ui.T(ctx, "Seen")
}

// reactedText says who made what of a comment.
func reactedText(ctx context.Context, r projects.Reaction) string {
	names := strings.Join(r.Names, ", ")
	if more := int(r.People) - len(r.Names); more > 0 {
		names = ui.T(ctx, "%s and %d more", names, more)
	}
	return ui.T(ctx, "%s: %s", reactionText(ctx, r.Kind), names)
}

// reactionName is what the button for a reaction sends: it says what is to be, so that sending it twice changes nothing.
func reactionName(c projects.Comment, kind projects.ReactionKind) string {
	for _, r := range c.Reactions {
		if r.Kind == kind && r.Mine {
			return "remove"
		}
	}
	return "add"
}

// reactionAttrs let a reaction be answered with all that people made of the comment.
func reactionAttrs(s scope.Scope, page projects.TicketPage, v TicketView, c projects.Comment) templ.Attributes {
	return templ.Attributes{
		"hx-post":   listURL(commentPath(s, page, c, "reactions"), v.values()),
		"hx-target": "#reactions-" + c.ID.String(), "hx-swap": "outerHTML",
	}
}
