package views

import (
	"context"
	"slices"

	"plinth/internal/scope"
	"plinth/views/ui"
)

// settingsTabs are the pages of an organization's settings that the person may open.
func settingsTabs(ctx context.Context, s scope.Scope, at string) []ui.Tab {
	var tabs []ui.Tab
	if s.May(scope.ManageOrganization) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "General"), URL: ui.OrgPath(s.Slug, "settings"), Current: at == "general"})
	}
	if s.May(scope.ManageOrganization) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Webhooks"), URL: ui.OrgPath(s.Slug, "settings", "webhooks"), Current: at == "webhooks"})
	}
	if s.May(scope.ManageSecurity) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Security"), URL: ui.OrgPath(s.Slug, "settings", "security"), Current: at == "security"})
	}
	if s.May(scope.TransferOwnership) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Ownership"), URL: ui.OrgPath(s.Slug, "settings", "ownership"), Current: at == "ownership"})
	}
	if s.May(scope.ExportOrganization) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Export"), URL: ui.OrgPath(s.Slug, "settings", "export"), Current: at == "export"})
	}
	if s.May(scope.DeleteOrganization) {
		tabs = append(tabs, ui.Tab{Text: ui.T(ctx, "Delete"), URL: ui.OrgPath(s.Slug, "settings", "delete"), Current: at == "delete"})
	}
	return tabs
}

// zones are the time zones offered, one for each offset and the larger regions; any IANA name is accepted.
func zones() []string {
	return []string{
		"UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Anchorage", "America/Argentina/Buenos_Aires",
		"America/Bogota", "America/Chicago", "America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City", "America/New_York",
		"America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "America/Toronto", "Asia/Bangkok", "Asia/Dhaka",
		"Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila",
		"Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Atlantic/Reykjavik",
		"Australia/Adelaide", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin",
		"Europe/Bucharest", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid",
		"Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland",
		"Pacific/Honolulu",
	}
}

// zoneOptions lists the zones for a choice, with the one in force among them.
func zoneOptions(current string) []ui.Option {
	names := zones()
	if current != "" && !slices.Contains(names, current) {
		names = append(names, current)
	}
	var options []ui.Option
	for _, name := range names {
		options = append(options, ui.Option{Value: name, Text: name})
	}
	return options
}

// orValue shows what was typed, else what is stored.
func orValue(f ui.Form, in ui.Input, stored string) ui.Input {
	if f.Values == nil {
		in.Value = stored
		return in
	}
	in.Value = f.Value(in.Name)
	in.Error = f.Err(in.Name)
	return in
}

func firstRune(name string) string {
	for _, r := range name {
		return string(r)
	}
	return "?"
}
