package views

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// ticketFormAttrs let a form below a ticket be answered with the properties alone.
func ticketFormAttrs(s scope.Scope, page projects.TicketPage, v TicketView, path string) templ.Attributes {
	return templ.Attributes{
		"hx-post": listURL(ticketPath(s, page.Ticket.Project, page.Ticket.Number, path), v.values()), "hx-target": "#ticket-props", "hx-swap": "outerMorph",
	}
}

func watchNext(w projects.Watching) string { return strconv.FormatBool(!w.Mine) }

func watchPressed(w projects.Watching) string { return strconv.FormatBool(w.Mine) }

func watchText(ctx context.Context, w projects.Watching) string {
	if w.Mine {
		return ui.T(ctx, "Watching")
	}
	return ui.T(ctx, "Watch")
}

func anyLabel(labels []projects.LabelChoice) bool {
	return slices.ContainsFunc(labels, func(l projects.LabelChoice) bool { return l.Chosen })
}

func labelTicked(l projects.LabelChoice, sent []string) bool {
	return l.Chosen || slices.Contains(sent, l.ID.String())
}

func dueValue(t projects.Ticket) string {
	if t.DueOn == nil {
		return ""
	}
	return t.DueOn.Format(time.DateOnly)
}

func estimateValue(t projects.Ticket) string {
	if t.Estimate == nil {
		return ""
	}
	return strconv.Itoa(int(*t.Estimate))
}

// dueMoment is the end of the day by which a ticket is due, where the person is.
func dueMoment(ctx context.Context, t projects.Ticket) time.Time {
	zone := ui.NavFrom(ctx).Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.DueOn.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, zone)
}

// ticketLate says whether the day by which a ticket was due is over and it is still open.
func ticketLate(ctx context.Context, t projects.Ticket) bool {
	return t.DueOn != nil && t.ClosedAt == nil && ui.Late(ctx, dueMoment(ctx, t))
}

func lateText(ctx context.Context, t projects.Ticket) string {
	return ui.Due(ctx, dueMoment(ctx, t), t.ClosedAt != nil)
}

func closedAmong(list []projects.Related) int {
	n := 0
	for _, r := range list {
		if r.StatusKind.Closed() {
			n++
		}
	}
	return n
}

// entryAttrs are written only when they are set.
func entryAttrs(in ui.Input) templ.Attributes {
	attrs := templ.Attributes{}
	for name, value := range map[string]string{"min": in.Min, "max": in.Max, "inputmode": in.Inputmode, "placeholder": in.Placeholder} {
		if value != "" {
			attrs[name] = value
		}
	}
	return attrs
}
