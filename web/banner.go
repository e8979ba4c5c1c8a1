package web

import (
	"fmt"
	"math"
	"time"

	"plinth/internal/scope"
	"plinth/views/ui"
)

// banner says above every page of an organization what its people must know about its plan; nil when there is nothing.
func banner(st *standing, now time.Time) *ui.Banner {
	billing := ui.OrgPath(st.scope.Slug, "billing")
	zone := st.scope.Person.Location()
	var b *ui.Banner
	switch {
	case st.scope.ReadOnly == scope.Suspended:
		return &ui.Banner{Kind: "bad", Title: "This organization is suspended.", Text: "Everything can be read, nothing can be changed."}
	case st.scope.ReadOnly == scope.Closing:
		b = &ui.Banner{Kind: "bad", Title: "This organization is being deleted.", Text: "Everything can be read, nothing can be changed."}
		if st.scope.May(scope.DeleteOrganization) {
			b.ActionText, b.ActionURL = "See how far it is", ui.OrgPath(st.scope.Slug, "deletion")
		}
		return b
	case st.scope.ReadOnly == scope.Unpaid:
		b = &ui.Banner{Kind: "bad", Title: "A payment is missing.", Text: "Everything can be read, nothing can be changed until it is made."}
	case !st.scope.May(scope.ViewBilling): // what may come is for those who can do something about it
		return nil
	case st.access.Status == "past_due" && !st.access.Override:
		b = &ui.Banner{
			Kind: "bad", Title: "The last payment did not go through.",
			Text: fmt.Sprintf("Without one, %s can only be read from %s on.", st.scope.Name, day(st.access.GraceEnds(), zone)),
		}
		if next := st.access.NextAttempt; next != nil && next.After(now) {
			b.Text = fmt.Sprintf("The next attempt is on %s. ", day(*next, zone)) + b.Text
		}
	case st.access.Status == "trialing" && !st.access.Override && st.access.TrialEnd != nil:
		b = trialBanner(st, now, zone)
	default:
		return nil
	}
	if st.scope.May(scope.ManageBilling) {
		b.ActionText, b.ActionURL = "Open billing", billing
	}
	return b
}

// trialBanner says when the trial ends and what happens then.
func trialBanner(st *standing, now time.Time, zone *time.Location) *ui.Banner {
	end, then := *st.access.TrialEnd, fmt.Sprintf("Without a card, %s is on Free after that.", st.scope.Name)
	switch stops := st.access.TrialStops(); {
	case stops != nil:
		end, then = *stops, fmt.Sprintf("It was cancelled: %s is on Free after that, and nothing is charged.", st.scope.Name)
	case st.access.Card:
		then = "The card on file is charged then."
	}
	return &ui.Banner{
		Title: fmt.Sprintf("Your trial of %s ends in %s,", st.access.Plan.Name, daysLeft(end, now)),
		Text:  fmt.Sprintf("on %s. %s", day(end, zone), then),
	}
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 January") }

func daysLeft(t, now time.Time) string {
	days := int(math.Ceil(t.Sub(now).Hours() / 24))
	if days <= 1 {
		return "less than a day"
	}
	return fmt.Sprintf("%d days", days)
}
