package views

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/events"
	"plinth/internal/scope"
	"plinth/internal/webhooks"
	"plinth/views/ui"
)

// hooksPath leads to the webhooks of an organization.
func hooksPath(s scope.Scope, parts ...string) string {
	return ui.OrgPath(s.Slug, append([]string{"settings", "webhooks"}, parts...)...)
}

// hookName is what a webhook is called: what people wrote, or where it leads.
func hookName(address, description string) string {
	if description != "" {
		return description
	}
	return webhooks.Host(address)
}

// clippedURL keeps a long address, and what it may hold, from filling the page.
func clippedURL(address string) string {
	const most = 100
	if len(address) <= most {
		return address
	}
	return address[:most] + "…"
}

func hookHears(ctx context.Context, types []string) string {
	if len(types) == 0 {
		return ui.T(ctx, "everything")
	}
	return ui.TN(ctx, len(types), "one type of event", "%d types of events")
}

// hookHealth says how the newest deliveries ended.
func hookHealth(ctx context.Context, e webhooks.Listed) string {
	sent := int(e.Delivered + e.Failed)
	switch {
	case e.Newest == nil:
		return ui.T(ctx, "nothing was sent yet")
	case sent == 0:
		return ui.TN(ctx, int(e.Waiting), "one event waits", "%d events wait")
	case e.Failed == 0 && e.Waiting == 0:
		return ui.TN(ctx, sent, "the last one was delivered", "the last %d were all delivered")
	case e.Waiting == 0:
		return ui.T(ctx, "%d of the last %d were delivered", e.Delivered, sent)
	}
	return ui.T(ctx, "%d of the last %d were delivered, %d wait", e.Delivered, sent, e.Waiting)
}

// eventGroup is a noun with the types of events about it.
type eventGroup struct {
	Name, ID string
	Types    []events.Type
}

// eventGroups are the types of events that can be sent, by noun.
func eventGroups(ctx context.Context) []eventGroup {
	names := map[string]string{
		"ticket": ui.T(ctx, "Tickets"), "project": ui.T(ctx, "Projects"), "member": ui.T(ctx, "People"), "invitation": ui.T(ctx, "Invitations"),
		"organization": ui.T(ctx, "Organization"), "subscription": ui.T(ctx, "Plan and payments"),
	}
	var out []eventGroup
	for _, t := range events.Catalogue() {
		if !t.Told {
			continue
		}
		i := slices.IndexFunc(out, func(g eventGroup) bool { return g.ID == t.Object })
		if i < 0 {
			name := names[t.Object]
			if name == "" {
				name = t.Object
			}
			out, i = append(out, eventGroup{Name: name, ID: t.Object}), len(out)
		}
		out[i].Types = append(out[i].Types, t)
	}
	return out
}

// hookEverything is the choice that a webhook has made; a new one hears of everything.
func hookEverything(e webhooks.Endpoint) string {
	if len(e.Types) == 0 {
		return "on"
	}
	return "off"
}

func hookTicked(f ui.Form, e webhooks.Endpoint, name string) bool {
	if f.Values.Has("url") {
		return f.Has("types", name)
	}
	return slices.Contains(e.Types, name)
}

// hookTypes are the types of events that deliveries can be narrowed down to.
func hookTypes(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: ui.T(ctx, "Any")}}
	for _, name := range append(events.Told(), webhooks.TestType) {
		out = append(out, ui.Option{Value: name, Text: name})
	}
	return out
}

func hookStates(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: ui.T(ctx, "Any")}}
	for _, state := range webhooks.States() {
		out = append(out, ui.Option{Value: state, Text: deliveryState(ctx, state)})
	}
	return out
}

func deliveryState(ctx context.Context, state string) string {
	switch state {
	case webhooks.Waiting:
		return ui.T(ctx, "waiting")
	case webhooks.Delivered:
		return ui.T(ctx, "delivered")
	case webhooks.Failed:
		return ui.T(ctx, "failed")
	}
	return state
}

func deliveryHue(state string) string {
	switch state {
	case webhooks.Delivered:
		return "moss"
	case webhooks.Failed:
		return "brick"
	}
	return ""
}

// deliveriesURL is the page of a webhook with what its deliveries are narrowed down to.
func deliveriesURL(s scope.Scope, id uuid.UUID, asked webhooks.Asked, after uuid.UUID) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": asked.State, "type": asked.Type} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if after != uuid.Nil {
		q.Set("after", after.String())
	}
	path := hooksPath(s, id.String())
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// deliveriesPlace leads on, and back to the newest.
func deliveriesPlace(ctx context.Context, s scope.Scope, p webhooks.EndpointPage, asked webhooks.Asked) place {
	out := place{count: ui.TN(ctx, len(p.Deliveries), "one event on this page", "%d events on this page")}
	if p.Next != uuid.Nil {
		out.nextURL = deliveriesURL(s, p.Endpoint.ID, asked, p.Next)
	}
	if asked.After != uuid.Nil {
		out.firstURL = deliveriesURL(s, p.Endpoint.ID, asked, uuid.Nil)
	}
	return out
}

// pausedWhy says why nothing is sent.
func pausedWhy(ctx context.Context, e webhooks.Endpoint) string {
	switch e.PausedFor {
	case webhooks.Failing:
		return ui.T(ctx, "It took nothing for three days, so it was paused.")
	case webhooks.Gone:
		return ui.T(ctx, "It answered that it is gone (410), so it was paused.")
	}
	return ui.T(ctx, "Somebody paused it.")
}

// deliveryNote says what became of a delivery, behind its state.
func deliveryNote(ctx context.Context, d webhooks.Delivery, e webhooks.Endpoint) string {
	switch {
	case d.State == webhooks.Delivered:
		return ui.TN(ctx, int(d.Attempts), "at the first try", "at try %d")
	case d.State == webhooks.Failed:
		return d.Error
	case d.Aside:
		return ui.T(ctx, "refused while others were taken: next try %s", ui.Ago(ctx, d.NextAt))
	case e.NextAt != nil && e.Failures > 0:
		return ui.T(ctx, "next try %s", ui.Ago(ctx, *e.NextAt))
	}
	return ""
}

// fieldTime writes a time as a field of a form takes it, where the person is.
func fieldTime(s scope.Scope, at time.Time) string {
	return at.In(s.Person.Location()).Format("2006-01-02T15:04")
}

// replayFrom is since when events are offered to be sent once more: since nothing arrived, or the day before.
func replayFrom(s scope.Scope, p webhooks.EndpointPage) string {
	if p.Endpoint.MissedSince != nil {
		return fieldTime(s, *p.Endpoint.MissedSince)
	}
	return fieldTime(s, p.Now.Add(-24*time.Hour))
}

// hookMoves says whether the page is to look again by itself.
func hookMoves(p webhooks.EndpointPage) bool {
	if p.Replay != nil && p.Replay.State == webhooks.ReplayRunning {
		return true
	}
	waits := slices.ContainsFunc(p.Deliveries, func(d webhooks.Delivery) bool { return d.State == webhooks.Waiting && !d.Aside })
	return waits && p.Endpoint.Failures == 0 && p.Endpoint.State == webhooks.Active
}

// orStored shows what was typed, else what is stored, also in a form that so far has an id alone.
func orStored(f ui.Form, in ui.Input, stored string) ui.Input {
	in.Value = stored
	return f.In(in)
}
