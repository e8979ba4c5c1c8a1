package views

import (
	"context"
	"fmt"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// systemWrong says what is missing for all to run; "" when nothing is.
func systemWrong(ctx context.Context, p admin.SystemPage) string {
	switch {
	case p.Database.Migration != p.Program.Migration:
		return ui.T(ctx, "The database is at migration %d, this program brings %d: run plinth migrate.", p.Database.Migration, p.Program.Migration)
	case p.Alive("worker") == 0:
		return ui.T(ctx, "No worker lives: jobs wait, mails among them.")
	case p.Leader == nil:
		return ui.T(ctx, "The workers have no leader: nothing begins by the clock.")
	}
	return ""
}

// size writes bytes in a unit that leaves few digits.
func size(bytes int64) string {
	unit := 0
	n := float64(bytes)
	for n >= 1000 && unit < 4 {
		n /= 1000
		unit++
	}
	return fmt.Sprintf("%.1f %s", n, [...]string{"B", "kB", "MB", "GB", "TB"}[unit])
}
