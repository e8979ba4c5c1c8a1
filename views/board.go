package views

import (
	"context"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func flush(p ui.Page) ui.Page {
	p.Wide, p.Flush = true, true
	return p
}

// boardCard is a card that says, when it is moved, whether a filter hides a part of the board.
func boardCard(s scope.Scope, t projects.Row, moves, filtered bool) ui.Card {
	card := ticketCard(s, t, moves)
	if moves && filtered {
		card.StatusAttrs["hx-post"] = card.StatusURL + "?as=card&filtered=1"
	}
	return card
}

func boardNewURL(s scope.Scope, p projects.Project, status projects.Status) string {
	if !projectWrites(s, p) {
		return ""
	}
	return projectPath(s, p.Key, "tickets", "new") + "?status=" + string(status)
}

// boardMoreURL leads to the lane as a list, with the board's filter and order.
func boardMoreURL(s scope.Scope, b projects.Board, status projects.Status) string {
	v := b.Filter.Values()
	v.Set("status", string(status))
	return listURL(projectPath(s, b.Project.Key, "tickets"), v, "sort", projects.SortPriority)
}

func boardMoreText(ctx context.Context, lane projects.Lane) string {
	if lane.Count > projects.CountCap {
		return ui.T(ctx, "More in the list")
	}
	return ui.T(ctx, "%d more in the list", lane.More())
}

func boardCount(ctx context.Context, b projects.Board) string {
	var all, open int64
	for _, lane := range b.Lanes {
		all += lane.Count
		if !lane.Status.Closed() {
			open += lane.Count
		}
	}
	return ui.T(ctx, "%d of %d open", open, all)
}
