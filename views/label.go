package views

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func labelChips(labels []projects.Label) []ui.Label {
	var out []ui.Label
	for _, l := range labels {
		out = append(out, ui.Label{Name: l.Name, Hue: l.Hue})
	}
	return out
}

// dueTime is the end of the day that something is due, where the person is.
func dueTime(s scope.Scope, day *time.Time) *time.Time {
	if day == nil {
		return nil
	}
	end := time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, s.Person.Location())
	return &end
}

func labelsPath(s scope.Scope, p projects.Project, parts ...string) string {
	return projectPath(s, p.Key, append([]string{"settings", "labels"}, parts...)...)
}

func labelCount(ctx context.Context, one projects.LabelSetting) string {
	if one.Tickets > projects.LabelCountCap {
		return ui.T(ctx, "%d+ tickets", projects.LabelCountCap)
	}
	return ui.TN(ctx, int(one.Tickets), "%d ticket", "%d tickets")
}

// labelInstead are what the tickets of a label can get for it: nothing, or another one.
func labelInstead(ctx context.Context, set projects.LabelSettings, id uuid.UUID) []ui.Option {
	out := []ui.Option{{Value: "", Text: ui.T(ctx, "No other label")}}
	for _, o := range set.Labels {
		if o.ID != id {
			out = append(out, ui.Option{Value: o.ID.String(), Text: o.Name})
		}
	}
	return out
}
