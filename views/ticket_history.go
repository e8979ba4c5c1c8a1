package views

import (
	"context"

	"plinth/views/ui"
)

// propertyIcon is the picture of a change of what a ticket carries.
func propertyIcon(action string) string {
	switch action {
	case "ticket.labelled":
		return "tag"
	case "ticket.due_changed":
		return "calendar"
	case "ticket.estimate_changed":
		return "clock"
	case "ticket.parent_changed", "ticket.linked", "ticket.unlinked":
		return "link"
	case "ticket.moved":
		return "right"
	case "ticket.deleted":
		return "trash"
	case "ticket.restored":
		return "undo"
	case "ticket.duplicated":
		return "plus"
	}
	return "edit"
}

// propertyText says how what a ticket carries was changed, behind the name of who did it.
func propertyText(ctx context.Context, action string, change map[string][2]string) string {
	switch action {
	case "ticket.labelled":
		return labelledText(ctx, change["label"])
	case "ticket.due_changed":
		if day := change["due"][1]; day != "" {
			return ui.T(ctx, "set the due date to %s", day)
		}
		return ui.T(ctx, "took the due date away")
	case "ticket.estimate_changed":
		if points := change["estimate"][1]; points != "" {
			return ui.T(ctx, "estimated it at %s points", points)
		}
		return ui.T(ctx, "took the estimate away")
	case "ticket.parent_changed":
		if change["parent"][1] == "" {
			return ui.T(ctx, "took it out of another ticket")
		}
		return ui.T(ctx, "made it a part of another ticket")
	case "ticket.linked", "ticket.unlinked":
		return linkedText(ctx, action, change)
	case "ticket.moved":
		return movedHereText(ctx, change)
	case "ticket.duplicated":
		return ui.T(ctx, "made it as a copy of %s", change["ticket"][0])
	case "ticket.deleted":
		return ui.T(ctx, "moved it to the trash")
	case "ticket.restored":
		return ui.T(ctx, "brought it back from the trash")
	}
	return ui.T(ctx, "changed it")
}

// movedHereText names the key that the ticket had: people look for it.
func movedHereText(ctx context.Context, change map[string][2]string) string {
	if labels := change["label"][0]; labels != "" {
		return ui.T(ctx, "moved it here and left the labels %[2]s behind; it was %[1]s", change["ticket"][0], labels)
	}
	return ui.T(ctx, "moved it here; it was %s", change["ticket"][0])
}

func labelledText(ctx context.Context, labels [2]string) string {
	switch {
	case labels[0] == "":
		return ui.T(ctx, "added the labels %s", labels[1])
	case labels[1] == "":
		return ui.T(ctx, "removed the labels %s", labels[0])
	}
	return ui.T(ctx, "removed the labels %s and added %s", labels[0], labels[1])
}

// linkedText does not name the other ticket: who reads this may not be allowed to know of it.
func linkedText(ctx context.Context, action string, change map[string][2]string) string {
	_, blocks := change["blocks"]
	switch {
	case action == "ticket.linked" && blocks:
		return ui.T(ctx, "let another ticket wait for it")
	case action == "ticket.linked":
		return ui.T(ctx, "lets it wait for another ticket")
	case blocks:
		return ui.T(ctx, "let no other ticket wait for it")
	}
	return ui.T(ctx, "lets it wait for that ticket no longer")
}
