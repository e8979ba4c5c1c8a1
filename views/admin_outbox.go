package views

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"plinth/internal/admin"
	"plinth/internal/webhooks"
	"plinth/views/ui"
)

func outboxStateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	for _, state := range webhooks.States() {
		options = append(options, ui.Option{Value: state, Text: deliveryState(ctx, state)})
	}
	return options
}

// outboxTrouble says why nothing is posted to an endpoint, or not at once.
func outboxTrouble(ctx context.Context, e admin.TroubledEndpoint) string {
	if e.State == webhooks.Paused {
		switch e.PausedFor {
		case webhooks.Failing:
			return ui.T(ctx, "Paused, because it took nothing for three days")
		case webhooks.Gone:
			return ui.T(ctx, "Paused, because it answered that it is gone")
		}
		return ui.T(ctx, "Paused by hand")
	}
	return ui.TN(ctx, int(e.Failures), "Took nothing when it was last tried", "Took nothing %d times in a row")
}

// outboxRequest is the request without its signature and without more of the address than its server: both let others in.
func outboxRequest(p admin.OutboxPage) string {
	var b strings.Builder
	if u, err := url.Parse(p.Delivery.Url); err == nil {
		b.WriteString("POST " + u.Scheme + "://" + u.Host + "/…\n")
	}
	if len(p.Attempts) > 0 {
		var lines []string
		for name, value := range webhooks.Headers(p.Delivery.EventID, p.Attempts[0].At, "…") {
			lines = append(lines, name+": "+value+"\n")
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, ""))
	}
	return b.String() + "\n" + pretty([]byte(p.Delivery.Payload))
}

// outboxStays says why a delivery cannot be posted once more.
func outboxStays(ctx context.Context, p admin.OutboxPage) string {
	if p.Delivery.Deleted {
		return ui.T(ctx, "The webhook was deleted.")
	}
	return ui.T(ctx, "The webhook is paused. Resume it first.")
}

func outboxAct(ctx context.Context, p admin.OutboxPage) string {
	if p.Delivery.State == webhooks.Waiting {
		return ui.T(ctx, "Try now")
	}
	return ui.T(ctx, "Post it once more")
}
