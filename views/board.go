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
func boardCard(s scope.Scope, t projects.Row, moves []projects.StatusInfo, filtered bool) ui.Card {
	card := ticketCard(s, t, moves)
	if len(moves) > 0 && filtered {
		card.StatusAttrs["hx-post"] = card.StatusURL + "?as=card&filtered=1"
	}
	return card
}

// boardMoves are the statuses that the person may move a ticket to.
func boardMoves(s scope.Scope, b projects.Board) []projects.StatusInfo {
	if !projectWrites(s, b.Project) {
		return nil
	}
	var out []projects.StatusInfo
	for _, lane := range b.Lanes {
		out = append(out, lane.StatusInfo)
	}
	return out
}

func boardNewURL(s scope.Scope, p projects.Project, status projects.Status) string {
	if !projectWrites(s, p) {
		return ""
	}
	return projectPath(s, p.Key, "tickets", "new") + "?status=" + string(status)
}

// boardMoreURL leads to the lane as a list, with the board's filter.
func boardMoreURL(s scope.Scope, b projects.Board, status projects.Status) string {
	return listURL(projectPath(s, b.Project.Key, "tickets"), b.Filter.Values(), "status", string(status))
}

func boardMoreText(ctx context.Context, lane projects.Lane) string {
	if lane.Count > projects.CountCap {
		return ui.T(ctx, "More in the list")
	}
	return ui.T(ctx, "%d more in the list", lane.More())
}

// boardStopped says whether counting the lane stopped: behind a filter it does, without one the count is kept.
func boardStopped(b projects.Board, lane projects.Lane) bool {
	return !b.Filter.Empty() && lane.Count > projects.CountCap
}

// boardLaneBox is the head of a lane. What is wanted in it at most counts when all of it is in sight.
func boardLaneBox(ctx context.Context, s scope.Scope, b projects.Board, lane projects.Lane) ui.LaneBox {
	box := ui.LaneBox{Status: statusState(lane.StatusInfo), Count: ticketCount(ctx, lane.Count)}
	if b.Filter.Empty() {
		box = laneBox(ctx, lane.StatusInfo, lane.Count)
	}
	box.NewURL = boardNewURL(s, b.Project, lane.Slug)
	return box
}

func laneBox(ctx context.Context, status projects.StatusInfo, count int64) ui.LaneBox {
	box := ui.LaneBox{Status: statusState(status), Count: ui.Num(ctx, count)}
	if status.Limit != nil {
		box.Count = ui.T(ctx, "%s of %s", ui.Num(ctx, count), ui.Num(ctx, *status.Limit))
		box.Above = count > int64(*status.Limit)
	}
	return box
}

// boardURL is the board's own address.
func boardURL(s scope.Scope, b projects.Board) string {
	return listURL(projectPath(s, b.Project.Key, "board"), b.Filter.Values())
}

func boardCount(ctx context.Context, b projects.Board) string {
	var all, open int64
	more, moreOpen := "", ""
	for _, lane := range b.Lanes {
		n := lane.Count
		if boardStopped(b, lane) {
			n, more = projects.CountCap, "+"
		}
		all += n
		if !lane.Kind.Closed() {
			open += n
			if n < lane.Count {
				moreOpen = "+"
			}
		}
	}
	return ui.T(ctx, "%s of %s open", ui.Num(ctx, open)+moreOpen, ui.Num(ctx, all)+more)
}
