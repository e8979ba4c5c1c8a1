package views

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plinth/internal/admin"
	"plinth/internal/flags"
	"plinth/views/ui"
)

// FlagForms are the forms of a flag's page; the one that came back has what was typed.
type FlagForms struct {
	Set, Target ui.Form
}

// flagState says how a flag is set for all, and its colour.
func flagState(ctx context.Context, f admin.FlagRow) (text, hue string) {
	switch {
	case f.Overdue, f.Rule == flags.RuleDefault:
		if f.Default {
			return ui.T(ctx, "On, as in the code"), ""
		}
		return ui.T(ctx, "Off, as in the code"), ""
	case f.Rule == flags.RuleOn:
		return ui.T(ctx, "On for all"), "moss"
	case f.Rule == flags.RulePercent:
		return ui.T(ctx, "On for %d %% of organizations", f.Percent), "blue"
	}
	return ui.T(ctx, "Off for all"), "brick"
}

// flagExceptions says for how many it is set otherwise; "" when for none.
func flagExceptions(ctx context.Context, f admin.FlagRow) string {
	var parts []string
	if f.Organizations > 0 {
		parts = append(parts, ui.TN(ctx, int(f.Organizations), "one organization", "%d organizations"))
	}
	if f.Users > 0 {
		parts = append(parts, ui.TN(ctx, int(f.Users), "one person", "%d people"))
	}
	return strings.Join(parts, ", ")
}

// flagForm is the form that sets a flag for all: as it was typed, or as it is.
func flagForm(ctx context.Context, p admin.FlagPage, f ui.Form) ui.Form {
	values := url.Values{"rule": {p.Rule}, "percent": {""}, "until": {""}}
	if p.Rule == flags.RulePercent {
		values.Set("percent", strconv.Itoa(int(p.Percent)))
	}
	if p.Expires != nil && !p.Overdue {
		values.Set("until", inZone(ctx, *p.Expires).Format(time.DateOnly))
	}
	return f.Or(values).Ordered("rule", "percent", "until", "why")
}

func inZone(ctx context.Context, t time.Time) time.Time {
	if zone := ui.NavFrom(ctx).Zone; zone != nil {
		return t.In(zone)
	}
	return t.UTC()
}

func flagRules(ctx context.Context, p admin.FlagPage) []ui.Option {
	is := ui.T(ctx, "off")
	if p.Default {
		is = ui.T(ctx, "on")
	}
	options := []ui.Option{
		{Value: flags.RuleDefault, Text: ui.T(ctx, "As in the code: %s", is)},
		{Value: flags.RuleOn, Text: ui.T(ctx, "On for all")},
		{Value: flags.RuleOff, Text: ui.T(ctx, "Off for all")},
	}
	if p.Reach == flags.Organization {
		options = append(options, ui.Option{Value: flags.RulePercent, Text: ui.T(ctx, "On for a share of the organizations"), Hint: ui.T(ctx, "Raising the share takes nobody out. Who looks at no organization has it off.")})
	}
	return options
}

func flagTargetKinds(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "organization", Text: ui.T(ctx, "An organization")}, {Value: "user", Text: ui.T(ctx, "A person")}}
}

func flagStates(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: flags.RuleOn, Text: ui.T(ctx, "On")}, {Value: flags.RuleOff, Text: ui.T(ctx, "Off")}}
}

// flagChange says what was changed.
func flagChange(ctx context.Context, c admin.FlagChange) string {
	if _, ok := c.Changes["deleted"]; ok {
		return ui.T(ctx, "deleted what was set")
	}
	var parts []string
	if rule, ok := c.Changes["rule"]; ok {
		parts = append(parts, ui.T(ctx, "for all: %s instead of %s", flagRule(ctx, rule[1]), flagRule(ctx, rule[0])))
	}
	if until, ok := c.Changes["expires"]; ok {
		parts = append(parts, flagExpiry(ctx, until[1]))
	}
	if state, ok := c.Changes["state"]; ok {
		parts = append(parts, flagFor(ctx, c, state))
	}
	return strings.Join(parts, " · ")
}

func flagFor(ctx context.Context, c admin.FlagChange, state [2]string) string {
	who := c.Organization
	if _, ok := c.Changes["user"]; ok {
		who = c.Person
	}
	if who == "" {
		who = ui.T(ctx, "somebody who is erased")
	}
	if state[1] == "" {
		return ui.T(ctx, "%s: as all have it", who)
	}
	return ui.T(ctx, "%s: %s", who, flagRule(ctx, state[1]))
}

func flagRule(ctx context.Context, rule string) string {
	switch rule {
	case flags.RuleDefault:
		return ui.T(ctx, "as in the code")
	case flags.RuleOn:
		return ui.T(ctx, "on")
	case flags.RuleOff:
		return ui.T(ctx, "off")
	}
	return rule
}

func flagExpiry(ctx context.Context, at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return ui.T(ctx, "without expiry")
	}
	return ui.T(ctx, "expires %s", ui.LongDay(ctx, t))
}
