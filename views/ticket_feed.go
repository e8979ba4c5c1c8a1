package views

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// What the discussion of a ticket shows.
const (
	ShowAll      = ""
	ShowComments = "comments"
	ShowHistory  = "history"
)

// feedItem is a comment, or something that happened.
type feedItem struct {
	at      time.Time
	comment *projects.Comment
	event   *events.Entry
}

// ticketFeed puts comments and history into one line of time.
func ticketFeed(page projects.TicketPage, show string) []feedItem {
	var items []feedItem
	if show != ShowHistory {
		for i := range page.Comments {
			items = append(items, feedItem{at: page.Comments[i].CreatedAt, comment: &page.Comments[i]})
		}
	}
	if show != ShowComments {
		for i, e := range page.History {
			if e.Action != "ticket.commented" { // the comment itself says so
				items = append(items, feedItem{at: e.At, event: &page.History[i]})
			}
		}
	}
	slices.SortStableFunc(items, func(a, b feedItem) int { return a.at.Compare(b.at) })
	return items
}

// historyIcon is the picture of what happened.
func historyIcon(e events.Entry) string {
	switch e.Action {
	case "ticket.created":
		return "plus"
	case "ticket.status_changed":
		return "s-" + statusKinds(e)[1]
	case "ticket.priority_changed":
		return "p-" + e.Changes()["priority"][1]
	case "ticket.assigned":
		return "user"
	case "ticket.comment_edited", "ticket.comment_deleted", "ticket.comment_restored":
		return "comment"
	case "attachment.added", "attachment.removed":
		return "clip"
	}
	return propertyIcon(e.Action)
}

// historyText says what happened to the ticket, behind the name of who did it.
func historyText(ctx context.Context, e events.Entry, names map[uuid.UUID]string) string {
	change := e.Changes()
	switch e.Action {
	case "ticket.created":
		return ui.T(ctx, "opened it")
	case "ticket.status_changed":
		return ui.T(ctx, "moved it from %s to %s", statusNames(ctx, e)[0], statusNames(ctx, e)[1])
	case "ticket.priority_changed":
		return ui.T(ctx, "set priority to %s", ui.PriorityText(ctx, change["priority"][1]))
	case "ticket.assigned":
		return assignedText(ctx, e, names)
	case "ticket.edited":
		if title, renamed := change["title"]; renamed {
			return ui.T(ctx, "renamed it from “%s”", title[0])
		}
		switch change["task"][1] {
		case "done":
			return ui.T(ctx, "ticked a task")
		case "open":
			return ui.T(ctx, "took the tick from a task")
		}
		return ui.T(ctx, "changed the description")
	case "ticket.comment_edited":
		return ui.T(ctx, "changed a comment")
	case "ticket.comment_deleted":
		return ui.T(ctx, "deleted a comment")
	case "ticket.comment_restored":
		return ui.T(ctx, "brought a comment back")
	case "attachment.added":
		return ui.T(ctx, "attached %s", change["file"][1])
	case "attachment.removed":
		return ui.T(ctx, "removed %s", change["file"][0])
	}
	return propertyText(ctx, e.Action, change)
}

func assignedText(ctx context.Context, e events.Entry, names map[uuid.UUID]string) string {
	to := e.Changes()["assignee"][1]
	if to == "" {
		return ui.T(ctx, "took it from %s", nameOf(ctx, names, e.Changes()["assignee"][0]))
	}
	if e.ActorID != nil && e.ActorID.String() == to {
		return ui.T(ctx, "took it on")
	}
	return ui.T(ctx, "gave it to %s", nameOf(ctx, names, to))
}

func nameOf(ctx context.Context, names map[uuid.UUID]string, id string) string {
	if parsed, err := uuid.Parse(id); err == nil && names[parsed] != "" {
		return names[parsed]
	}
	return ui.T(ctx, "somebody")
}

// actorName is who did something; nobody is Plinth itself.
func actorName(ctx context.Context, e events.Entry) string {
	if e.ActorID == nil {
		return ui.T(ctx, "Plinth")
	}
	if e.ActorName == "" {
		return ui.T(ctx, "Somebody")
	}
	return e.ActorName
}

func actorID(e events.Entry) string {
	if e.ActorID == nil {
		return ""
	}
	return e.ActorID.String()
}

// activityWords say what happened, before and behind the link to it.
func activityWords(ctx context.Context, e events.Entry) (before, after string) {
	change := e.Changes()
	switch e.Action {
	case "ticket.created":
		return ui.T(ctx, "opened"), ""
	case "ticket.status_changed":
		return statusWords(ctx, e)
	case "ticket.priority_changed":
		return ui.T(ctx, "set the priority of"), ui.T(ctx, "to %s", ui.PriorityText(ctx, change["priority"][1]))
	case "ticket.assigned":
		if change["assignee"][1] == "" {
			return ui.T(ctx, "left"), ui.T(ctx, "to nobody")
		}
		if actorID(e) == change["assignee"][1] {
			return ui.T(ctx, "took on"), ""
		}
		return ui.T(ctx, "assigned"), ""
	case "ticket.commented":
		return ui.T(ctx, "commented on"), ""
	case "ticket.comment_edited":
		return ui.T(ctx, "changed a comment on"), ""
	case "ticket.comment_deleted":
		return ui.T(ctx, "deleted a comment on"), ""
	case "ticket.comment_restored":
		return ui.T(ctx, "brought back a comment on"), ""
	case "ticket.moved":
		return ui.T(ctx, "moved"), ui.T(ctx, "here; it was %s", change["ticket"][0])
	case "ticket.duplicated":
		return ui.T(ctx, "made"), ui.T(ctx, "as a copy of %s", change["ticket"][0])
	case "ticket.deleted":
		return ui.T(ctx, "moved to the trash"), ""
	case "ticket.restored":
		return ui.T(ctx, "brought back from the trash"), ""
	case "ticket.erased":
		return ui.T(ctx, "deleted for good"), ""
	case "attachment.added":
		return ui.T(ctx, "attached a file to"), ""
	case "attachment.removed":
		return ui.T(ctx, "removed a file from"), ""
	case "project.created":
		return ui.T(ctx, "made the project"), ""
	case "project.archived":
		return ui.T(ctx, "archived"), ""
	case "project.unarchived":
		return ui.T(ctx, "brought back"), ""
	case "project.member_added":
		return ui.T(ctx, "added a person to"), ""
	case "project.member_removed":
		return ui.T(ctx, "removed a person from"), ""
	case "project.export_asked", "project.export_fetched", "project.imported", "project.import_undone":
		return transferWords(ctx, e)
	}
	return settingWords(ctx, e.Action, change)
}

// statusNames are the names that the statuses of a move had then. Before projects had statuses of their own the slugs were
// the kinds.
func statusNames(ctx context.Context, e events.Entry) [2]string {
	if names, ok := e.Changes()["status_name"]; ok {
		return names
	}
	slugs := e.Changes()["status"]
	return [2]string{ui.KindText(ctx, slugs[0]), ui.KindText(ctx, slugs[1])}
}

func statusKinds(e events.Entry) [2]string {
	if kinds, ok := e.Changes()["status_kind"]; ok {
		return kinds
	}
	return e.Changes()["status"]
}

func statusWords(ctx context.Context, e events.Entry) (before, after string) {
	kinds := statusKinds(e)
	switch {
	case projects.Kind(kinds[1]).Closed():
		return ui.T(ctx, "closed"), ""
	case projects.Kind(kinds[0]).Closed():
		return ui.T(ctx, "reopened"), ""
	}
	return ui.T(ctx, "moved"), ui.T(ctx, "to %s", statusNames(ctx, e)[1])
}

// activityURL leads to what an entry is about.
func activityURL(s scope.Scope, e events.Entry) string {
	if e.TicketNumber > 0 {
		return ticketPath(s, e.ProjectKey, e.TicketNumber)
	}
	return projectPath(s, e.ProjectKey)
}

func activityName(e events.Entry) string {
	if e.TicketNumber > 0 {
		return projects.Row{Project: e.ProjectKey, Number: e.TicketNumber}.Key()
	}
	if e.ObjectName != "" {
		return e.ObjectName
	}
	return e.ProjectKey
}
