package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func statusesPath(s scope.Scope, p projects.Project, parts ...string) string {
	return projectPath(s, p.Key, append([]string{"settings", "statuses"}, parts...)...)
}

func kindOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, kind := range projects.Kinds() {
		out = append(out, ui.Option{Value: string(kind), Text: ui.KindText(ctx, string(kind))})
	}
	return out
}

// statusNote says what a status means, how many tickets have it and how many are wanted in it.
func statusNote(ctx context.Context, one projects.StatusSetting) string {
	parts := []string{ui.TN(ctx, int(one.Tickets), "%d ticket", "%d tickets")}
	if kind := ui.KindText(ctx, string(one.Kind)); kind != one.Name {
		parts = slices.Insert(parts, 0, kind)
	}
	if one.Limit != nil {
		parts = append(parts, ui.T(ctx, "at most %s wanted", ui.Num(ctx, *one.Limit)))
	}
	return strings.Join(parts, " · ")
}

func statusLimit(limit *int32) string {
	if limit == nil {
		return ""
	}
	return strconv.Itoa(int(*limit))
}

func statusRemoveText(ctx context.Context, one projects.StatusSetting) string {
	if one.Tickets == 0 {
		return ui.T(ctx, "No ticket has this status. Those in the trash go where you say. The history of tickets that had it keeps its name.")
	}
	return ui.TN(ctx, int(one.Tickets), "%d ticket has this status. It gets the one you choose, and keeps the rest of its history.",
		"%d tickets have this status. They get the one you choose, and keep the rest of their history.")
}

// statusInstead are the other statuses, of the same side first.
func statusInstead(set projects.StatusSettings, slug projects.Status) []ui.Option {
	one, _ := set.Named(slug)
	var near, far []ui.Option
	for _, o := range set.Statuses {
		option := ui.Option{Value: string(o.Slug), Text: o.Name}
		switch {
		case o.Slug == slug:
		case o.Kind.Closed() == one.Kind.Closed():
			near = append(near, option)
		default:
			far = append(far, option)
		}
	}
	return append(near, far...)
}

func draggableAttrs(on bool) templ.Attributes {
	if on {
		return templ.Attributes{"draggable": "true"}
	}
	return nil
}
