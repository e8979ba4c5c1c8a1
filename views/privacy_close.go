package views

import (
	"context"

	"plinth/views/ui"
)

func othersText(ctx context.Context, n int64) string {
	if n == 0 {
		return ui.T(ctx, "Nobody else belongs to it.")
	}
	return ui.TN(ctx, int(n), "One other person belongs to it.", "%d other people belong to it.")
}
