package views_test

import (
	"context"
	"strings"
	"testing"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

// Counting behind a filter stops at a thousand; a kept count is exact.
func TestBoardSaysWhereCountingStopped(t *testing.T) {
	t.Parallel()
	s := scope.Scope{Slug: "acme", Role: scope.Member}
	ctx := ui.WithNav(context.Background(), ui.Nav{Org: &ui.NavOrg{Slug: "acme", Name: "Acme"}})
	board := projects.Board{Project: projects.Project{Key: "WEB", Name: "Website"}, Lanes: []projects.Lane{
		{StatusInfo: projects.DefaultStatuses()[0], Count: projects.CountCap + 1}, {StatusInfo: projects.DefaultStatuses()[1], Count: 7},
		{StatusInfo: projects.DefaultStatuses()[3], Count: 2},
	}}
	exact := uitest.Render(t, ctx, views.Board(s, board))
	board.Filter.Text = "mill"
	filtered := uitest.Render(t, ctx, views.Board(s, board))
	for _, c := range []struct{ page, want, not string }{
		{exact, ">1,001<", "1,000+"}, {exact, "1,008 of 1,010 open", "1,000+"},
		{filtered, ">1,000+<", "1,001"}, {filtered, "1,007+ of 1,009+ open", "1,010"},
	} {
		if !strings.Contains(c.page, c.want) || strings.Contains(c.page, c.not) {
			t.Errorf("the board does not say %s, or says %s", c.want, c.not)
		}
	}
}
