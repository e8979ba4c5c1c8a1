package views

import (
	"context"

	"plinth/views/ui"
)

// settingWords say how the settings of a project were changed, round its name.
func settingWords(ctx context.Context, action string, change map[string][2]string) (before, after string) {
	status, label := change["status"], change["label"]
	switch action {
	case "project.status_added":
		return ui.T(ctx, "added the status %s to", status[1]), ""
	case "project.status_changed":
		if status[0] != status[1] {
			return ui.T(ctx, "renamed the status %s of", status[0]), ui.T(ctx, "to %s", status[1])
		}
		return ui.T(ctx, "changed the status %s of", status[1]), ""
	case "project.status_moved":
		return ui.T(ctx, "moved the status %s of", status[1]), ui.T(ctx, "from place %s to %s", change["place"][0], change["place"][1])
	case "project.status_removed":
		return ui.T(ctx, "removed the status %s of", status[0]), ui.T(ctx, "and gave its tickets %s", status[1])
	case "project.label_added":
		return ui.T(ctx, "added the label %s to", label[1]), ""
	case "project.label_changed":
		if label[0] != label[1] {
			return ui.T(ctx, "renamed the label %s of", label[0]), ui.T(ctx, "to %s", label[1])
		}
		return ui.T(ctx, "changed the label %s of", label[1]), ""
	case "project.label_removed":
		if label[1] != "" {
			return ui.T(ctx, "removed the label %s of", label[0]), ui.T(ctx, "and gave its tickets %s", label[1])
		}
		return ui.T(ctx, "removed the label %s of", label[0]), ""
	}
	return ui.T(ctx, "changed"), ""
}
