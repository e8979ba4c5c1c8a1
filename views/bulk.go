package views

import (
	"context"

	"plinth/internal/projects"
	"plinth/views/ui"
)

func bulkAssignees(ctx context.Context, people []projects.Person) []ui.Option {
	out := []ui.Option{{Value: projects.AssignedToMe, Text: ui.T(ctx, "Me")}, {Value: projects.AssignedToNobody, Text: ui.T(ctx, "Nobody")}}
	for _, p := range people {
		out = append(out, ui.Option{Value: p.ID.String(), Text: p.Name})
	}
	return out
}

func bulkLabels(labels []projects.Label) []ui.Option {
	var out []ui.Option
	for _, l := range labels {
		out = append(out, ui.Option{Value: l.ID.String(), Text: l.Name})
	}
	return out
}
