package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/admin"
	"plinth/views/ui"
)

// shortID keeps the ends of a long id, which are what people compare.
func shortID(id string) string {
	const head, tail = 7, 4
	if len(id) <= head+tail+1 {
		return id
	}
	return id[:head] + "…" + id[len(id)-tail:]
}

func replayHint(ctx context.Context) templ.Attributes {
	return templ.Attributes{"title": ui.T(ctx, "Replay: apply the event again")}
}

func webhookStateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	for _, state := range admin.WebhookStates() {
		text, _ := webhookState(ctx, state)
		options = append(options, ui.Option{Value: state, Text: text})
	}
	return options
}

// valueOptions offers values as they are, with the one in force among them.
func valueOptions(ctx context.Context, values []string, current string) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	if current != "" && !slices.Contains(values, current) {
		options = append(options, ui.Option{Value: current, Text: current})
	}
	for _, v := range values {
		options = append(options, ui.Option{Value: v, Text: v})
	}
	return options
}

func modeLine(ctx context.Context, e admin.Webhook) string {
	line := ui.T(ctx, "test")
	if e.Livemode {
		line = ui.T(ctx, "live")
	}
	if e.APIVersion != "" {
		line += " · " + ui.T(ctx, "API %s", e.APIVersion)
	}
	if e.Account != "" {
		line += " · " + ui.T(ctx, "account %s", e.Account)
	}
	return line
}

// webhooksWaiting says what waits and since when.
func webhooksWaiting(ctx context.Context, w admin.WebhooksWaiting) string {
	parts := []string{ui.T(ctx, "What Stripe sent, the newest first")}
	if w.Queued > 0 && w.OldestQueued != nil {
		parts = append(parts, ui.T(ctx, "%d queued, the oldest for %s", w.Queued, span(ctx, time.Since(*w.OldestQueued))))
	}
	if w.Parked > 0 && w.OldestParked != nil {
		parts = append(parts, ui.T(ctx, "%d parked, the oldest for %s", w.Parked, span(ctx, time.Since(*w.OldestParked))))
	}
	return strings.Join(parts, " · ")
}

func plainJobs(full []admin.JobFull) []admin.Job {
	all := make([]admin.Job, len(full))
	for i, j := range full {
		all[i] = j.Job
	}
	return all
}

// customersFacet adds those that nothing waits for.
func customersFacet(ctx context.Context, l Listing) ui.FacetLink {
	f := ui.FacetLink{Text: ui.T(ctx, "Also those without parked events"), On: l.Get("show") != "", URL: l.Path + "?show=all"}
	if f.On {
		f.URL = l.Path
	}
	return f
}
