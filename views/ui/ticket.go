package ui

import "context"

// State is a status as pages draw it: the slug that forms send, the name that people gave it, and the kind that decides
// on its picture: backlog, todo, progress, review, done, canceled.
type State struct{ Slug, Name, Kind string }

// KindText is the word for a kind of status.
func KindText(ctx context.Context, kind string) string {
	switch kind {
	case "backlog":
		return T(ctx, "Backlog")
	case "progress":
		return T(ctx, "In progress")
	case "review":
		return T(ctx, "In review")
	case "done":
		return T(ctx, "Done")
	case "canceled":
		return T(ctx, "Canceled")
	}
	return T(ctx, "To do")
}

func statusName(kind string) string {
	switch kind {
	case "backlog", "progress", "review", "done", "canceled":
		return kind
	}
	return "todo"
}

// PriorityText is the word for a priority: none, low, medium, high, urgent.
func PriorityText(ctx context.Context, priority string) string {
	switch priority {
	case "low":
		return T(ctx, "Low")
	case "medium":
		return T(ctx, "Medium")
	case "high":
		return T(ctx, "High")
	case "urgent":
		return T(ctx, "Urgent")
	}
	return T(ctx, "No priority")
}

func priorityLabel(ctx context.Context, priority string) string {
	switch priority {
	case "low", "medium", "high":
		return T(ctx, "%s priority", PriorityText(ctx, priority))
	}
	return PriorityText(ctx, priority)
}

func priorityName(priority string) string {
	switch priority {
	case "low", "medium", "high", "urgent":
		return priority
	}
	return "none"
}
