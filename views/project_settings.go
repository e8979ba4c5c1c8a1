package views

import (
	"context"
	"strconv"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// settingsConflict says whether the form came back because somebody else was faster.
func settingsConflict(p projects.Project, f ui.Form) bool {
	return f.Summary != "" && f.Values.Has("revision") && f.Value("revision") != strconv.Itoa(int(p.Revision))
}

// settingsRevision is what the form says it has seen. What came back after a conflict shows what it says now as well.
func settingsRevision(p projects.Project, f ui.Form) string {
	if f.Failed() && !settingsConflict(p, f) && f.Values.Has("revision") {
		return f.Value("revision")
	}
	return strconv.Itoa(int(p.Revision))
}

// settingsLine is one thing that a project says of itself.
type settingsLine struct{ Text, Value string }

// settingsNow lists what differs from what was typed, after a conflict.
func settingsNow(ctx context.Context, s scope.Scope, set projects.Settings, f ui.Form) []settingsLine {
	p := set.Project
	if !settingsConflict(p, f) {
		return nil
	}
	var out []settingsLine
	add := func(field, now, text, shown string) {
		if f.Value(field) != now {
			out = append(out, settingsLine{text, shown})
		}
	}
	add("name", p.Name, ui.T(ctx, "Name"), p.Name)
	add("description", p.Description, ui.T(ctx, "Description"), p.Description)
	add("lead", leadValue(p), ui.T(ctx, "Lead"), optionText(leadOptions(ctx, set), leadValue(p)))
	add("icon", p.Icon, ui.T(ctx, "Picture"), optionText(iconOptions(ctx), p.Icon))
	add("hue", p.Hue, ui.T(ctx, "Colour"), hueName(ctx, p.Hue))
	add("visibility", p.Visibility, ui.T(ctx, "Who sees it"), optionText(visibilityOptions(ctx, s, p.Visibility), p.Visibility))
	return out
}

func optionText(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Text
		}
	}
	return ""
}

func leadValue(p projects.Project) string {
	if p.LeadID == nil {
		return ""
	}
	return p.LeadID.String()
}

// leadOptions are who sees the project. Who leads it and does not see it any more is among them.
func leadOptions(ctx context.Context, set projects.Settings) []ui.Option {
	return assigneeOptions(ctx, set.People, ui.Option{Value: leadValue(set.Project), Text: set.Project.Lead})
}

func iconOptions(ctx context.Context) []ui.Option {
	names := map[string]string{
		"home": ui.T(ctx, "House"), "board": ui.T(ctx, "Board"), "list": ui.T(ctx, "List"), "chart": ui.T(ctx, "Chart"), "code": ui.T(ctx, "Code"),
		"card": ui.T(ctx, "Card"), "shield": ui.T(ctx, "Shield"), "mail": ui.T(ctx, "Letter"), "users": ui.T(ctx, "People"), "calendar": ui.T(ctx, "Calendar"),
		"tag": ui.T(ctx, "Label"), "bell": ui.T(ctx, "Bell"), "clock": ui.T(ctx, "Clock"), "search": ui.T(ctx, "Lens"),
	}
	out := []ui.Option{{Value: "", Text: ui.T(ctx, "Letters of the key")}}
	for _, icon := range projects.Icons() {
		out = append(out, ui.Option{Value: icon, Text: names[icon]})
	}
	return out
}
