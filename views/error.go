package views

import (
	"context"
	"net/http"

	"plinth/views/ui"
)

// ErrorPage is a failure as a person reads it. Title and Text may be empty: then the words for the Status are used.
// Text must be meant for people; the cause belongs in the log.
type ErrorPage struct {
	Status                                        int
	Title, Text, RequestID, ActionText, ActionURL string
}

func (e ErrorPage) title(ctx context.Context) string {
	if e.Title != "" {
		return e.Title
	}
	switch e.Status {
	case http.StatusPaymentRequired:
		return ui.T(ctx, "The plan does not cover this")
	case http.StatusForbidden:
		return ui.T(ctx, "You may not do this")
	case http.StatusNotFound:
		return ui.T(ctx, "There is nothing here")
	case http.StatusConflict:
		return ui.T(ctx, "Somebody else was faster")
	case http.StatusTooManyRequests:
		return ui.T(ctx, "Too many tries")
	case http.StatusServiceUnavailable:
		return ui.T(ctx, "Back in a moment")
	}
	return ui.T(ctx, "Something went wrong on our side")
}

func (e ErrorPage) text(ctx context.Context) string {
	if e.Text != "" {
		return e.Text
	}
	switch e.Status {
	case http.StatusPaymentRequired:
		return ui.T(ctx, "Nothing is lost and everything can still be read. Somebody who manages the organization can change the plan.")
	case http.StatusForbidden:
		return ui.T(ctx, "Your role does not allow it. Ask somebody who manages the organization.")
	case http.StatusNotFound:
		return ui.T(ctx, "The page does not exist, was removed, or is not open to you.")
	case http.StatusConflict:
		return ui.T(ctx, "This has changed since you opened the page. Load it again and look before you repeat it.")
	case http.StatusTooManyRequests:
		return ui.T(ctx, "Wait a minute and try again.")
	case http.StatusServiceUnavailable:
		return ui.T(ctx, "We cannot reach a part of the system. What you sent was not saved. Try again in a minute.")
	}
	return ui.T(ctx, "It has been written down. What you sent may not have been saved.")
}

// action is where to go from here; people inside an organization go to its dashboard.
func (e ErrorPage) action(ctx context.Context) ui.NavLink {
	if e.ActionURL != "" {
		return ui.NavLink{Text: e.ActionText, URL: e.ActionURL}
	}
	if org := ui.NavFrom(ctx).Org; org != nil {
		return ui.NavLink{Text: ui.T(ctx, "Go to the dashboard"), URL: ui.OrgPath(org.Slug)}
	}
	return ui.NavLink{Text: ui.T(ctx, "Go to the start page"), URL: "/"}
}

func (e ErrorPage) requestID(ctx context.Context) string {
	if e.RequestID != "" {
		return e.RequestID
	}
	return ui.NavFrom(ctx).RequestID
}

// line is the failure in one sentence or two, for the corner of the page.
func (e ErrorPage) line(ctx context.Context) string {
	text := e.title(ctx) + ". " + e.text(ctx)
	if id := e.requestID(ctx); id != "" && e.Status >= http.StatusInternalServerError {
		text += " " + ui.T(ctx, "Request %s.", id)
	}
	return text
}
