package views

import (
	"time"

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
