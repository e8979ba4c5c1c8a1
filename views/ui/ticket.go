package ui

import "context"

// StatusText is the word for a status: todo, progress, review, done, canceled.
func StatusText(ctx context.Context, status string) string {
	switch status {
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

func statusName(status string) string {
	switch status {
	case "backlog", "progress", "review", "done", "canceled":
		return status
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
