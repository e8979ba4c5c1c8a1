package views

import (
	"context"
	"strconv"
	"time"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// A queue is behind when a job has waited this long, and without a worker when none has spoken of it for that long;
// River's workers report every ten minutes.
const (
	behindAfter = time.Minute
	goneAfter   = 25 * time.Minute
)

func queueState(ctx context.Context, q admin.Depth, now time.Time) (text, hue string) {
	switch {
	case q.PausedAt != nil:
		return ui.T(ctx, "Paused"), "blue"
	case q.SeenAt == nil || now.Sub(*q.SeenAt) > goneAfter:
		return ui.T(ctx, "No worker"), "brick"
	case q.Oldest != nil && now.Sub(*q.Oldest) > behindAfter:
		return ui.T(ctx, "Behind"), "bronze"
	}
	return ui.T(ctx, "Running"), "moss"
}

// oldest is how long the longest waiting job has waited.
func oldest(ctx context.Context, q admin.Depth, now time.Time) string {
	if q.Oldest == nil {
		return "–"
	}
	return span(ctx, now.Sub(*q.Oldest))
}

func queueNames(all []admin.Depth) []string {
	var names []string
	for _, q := range all {
		names = append(names, q.Name)
	}
	return names
}

func jobStateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	for _, state := range admin.JobStates() {
		text, _ := jobState(ctx, state)
		options = append(options, ui.Option{Value: state, Text: text})
	}
	return options
}

// jobNumber is a job's id without separators: it is a name and no quantity.
func jobNumber(id int64) string { return strconv.FormatInt(id, 10) }

func jobPath(id int64, parts ...string) string {
	return adminPath(append([]string{"jobs", jobNumber(id)}, parts...)...)
}

func cancelText(ctx context.Context, j admin.Job) string {
	if j.State == admin.JobRunning {
		return ui.T(ctx, "It runs at this moment and is told to end. What it has done stays; it is not tried again.")
	}
	return ui.T(ctx, "It never runs. What it was meant to do is not done; it can be retried as long as it is kept.")
}
