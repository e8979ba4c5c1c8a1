package views

import (
	"context"
	"net/url"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func mineName(ctx context.Context, show string) string {
	switch show {
	case projects.MineDue:
		return ui.T(ctx, "Due")
	case projects.MineMentioned:
		return ui.T(ctx, "Mentioned")
	case projects.MineWatching:
		return ui.T(ctx, "Watching")
	case projects.MineCreated:
		return ui.T(ctx, "Written")
	}
	return ui.T(ctx, "Assigned")
}

// mineNote says what is shown, and in which order.
func mineNote(ctx context.Context, show string) string {
	switch show {
	case projects.MineDue:
		return ui.T(ctx, "Open and assigned to you, due soonest first")
	case projects.MineMentioned:
		return ui.T(ctx, "Where somebody has named you, the latest first")
	case projects.MineWatching:
		return ui.T(ctx, "Of which you hear, watched last first")
	case projects.MineCreated:
		return ui.T(ctx, "Written by you, the newest first")
	}
	return ui.T(ctx, "Open, the most pressing first")
}

func mineEmpty(ctx context.Context, show string) string {
	switch show {
	case projects.MineDue:
		return ui.T(ctx, "Tickets assigned to you that have a due date show up here.")
	case projects.MineMentioned:
		return ui.T(ctx, "Tickets in which somebody writes @ and your name show up here.")
	case projects.MineWatching:
		return ui.T(ctx, "Tickets that you write, get, discuss or choose to watch show up here.")
	case projects.MineCreated:
		return ui.T(ctx, "Tickets that you write show up here.")
	}
	return ui.T(ctx, "Tickets assigned to you show up here, the most pressing first.")
}

// mineValues are the address of a part of one's work.
func mineValues(show string) url.Values {
	if show == projects.MineAssigned {
		return nil
	}
	return url.Values{"show": {show}}
}

// mineTabs lead between the parts; of the one in sight the number of tickets is known.
func mineTabs(ctx context.Context, s scope.Scope, mine projects.Mine) []ui.Tab {
	var out []ui.Tab
	for _, show := range projects.Shows() {
		tab := ui.Tab{Text: mineName(ctx, show), URL: listURL(ui.OrgPath(s.Slug, "tickets"), mineValues(show))}
		if show == mine.Query.Show {
			tab.Current, tab.Count = true, ticketCount(ctx, mine.Count)
		}
		out = append(out, tab)
	}
	return out
}

// mineHere is the page's own address, its place in the list too.
func mineHere(s scope.Scope, mine projects.Mine) string {
	v := mineValues(mine.Query.Show)
	if mine.Query.After != "" {
		return listURL(ui.OrgPath(s.Slug, "tickets"), v, "after", mine.Query.After)
	}
	if mine.Query.Before != "" {
		return listURL(ui.OrgPath(s.Slug, "tickets"), v, "before", mine.Query.Before)
	}
	return listURL(ui.OrgPath(s.Slug, "tickets"), v)
}
