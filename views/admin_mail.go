package views

import (
	"context"
	"strings"

	"plinth/internal/admin"
	"plinth/internal/mails"
	"plinth/views/ui"
)

// mailState names the state of a mail, or its outcome, and its colour.
func mailState(ctx context.Context, state string) (text, hue string) {
	switch state {
	case "sent":
		return ui.T(ctx, "Sent"), "moss"
	case "failed":
		return ui.T(ctx, "Failed"), "brick"
	case "unsure":
		return ui.T(ctx, "Not known whether it went"), "bronze"
	case "over":
		return ui.T(ctx, "Over"), "bronze"
	case "suppressed":
		return ui.T(ctx, "Suppressed"), "bronze"
	case "sending":
		return ui.T(ctx, "Being sent"), "blue"
	case mails.Delivered:
		return ui.T(ctx, "Delivered"), "moss"
	case mails.Bounced:
		return ui.T(ctx, "Bounced"), "brick"
	case mails.Complained:
		return ui.T(ctx, "Complaint"), "brick"
	}
	return ui.T(ctx, "Queued"), "blue"
}

func mailStateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Text: ui.T(ctx, "Any")}}
	for _, state := range admin.MailStates() {
		text, _ := mailState(ctx, state)
		options = append(options, ui.Option{Value: state, Text: text})
	}
	return options
}

// mailHealth says how mails fared in the last day.
func mailHealth(ctx context.Context, h admin.MailHealth) string {
	parts := []string{ui.T(ctx, "In the last day %d sent", h.Sent)}
	if h.Failed > 0 {
		parts = append(parts, ui.T(ctx, "%d failed", h.Failed))
	}
	if h.Bounced > 0 {
		parts = append(parts, ui.T(ctx, "%d bounced", h.Bounced))
	}
	if h.Complained > 0 {
		parts = append(parts, ui.TN(ctx, int(h.Complained), "one complaint", "%d complaints"))
	}
	if h.Suppressed > 0 {
		parts = append(parts, ui.TN(ctx, int(h.Suppressed), "one address is suppressed", "%d addresses are suppressed"))
	}
	return strings.Join(parts, " · ")
}

func mailAttempts(ctx context.Context, m admin.Mail) string {
	parts := []string{ui.Num(ctx, int64(m.Attempts))}
	if m.Unsure > 0 {
		parts = append(parts, ui.TN(ctx, int(m.Unsure), "one of them may have gone out without a note", "%d of them may have gone out without a note"))
	}
	if m.Again > 0 {
		parts = append(parts, ui.TN(ctx, int(m.Again), "sent again once by staff", "sent again %d times by staff"))
	}
	return strings.Join(parts, " · ")
}

// mailStays says why a mail cannot be sent again.
func mailStays(ctx context.Context, m admin.Mail) string {
	switch {
	case m.Suppressed != "":
		return ui.T(ctx, "The address gets no mail. Take it off the list of suppressed addresses first.")
	case m.JobKind == "":
		return ui.T(ctx, "It is from before mails could be sent again.")
	}
	return ui.T(ctx, "It is on its way.")
}

func suppressionReason(ctx context.Context, reason string) (text, hue string) {
	switch reason {
	case mails.Complained:
		return ui.T(ctx, "Complaint"), "brick"
	case "staff":
		return ui.T(ctx, "Staff"), "bronze"
	}
	return ui.T(ctx, "Bounced"), "brick"
}

func suppressionNote(ctx context.Context, s admin.Suppression) string {
	if s.Staff == "" {
		return s.Detail
	}
	return strings.TrimSpace(ui.T(ctx, "%s: %s", s.Staff, s.Detail))
}
