package views

import (
	"context"

	"plinth/internal/privacy"
	"plinth/views/ui"
)

func exportButton(ctx context.Context, e *privacy.Export) string {
	switch {
	case e == nil:
		return ui.T(ctx, "Prepare a copy")
	case e.State == privacy.Failed:
		return ui.T(ctx, "Try again")
	}
	return ui.T(ctx, "Prepare a new one")
}

// exportKind lets the download stand out once there is one.
func exportKind(e *privacy.Export) string {
	if e != nil && e.State == privacy.Ready {
		return ""
	}
	return "primary"
}
