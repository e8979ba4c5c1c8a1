package ui

import (
	"context"
	"strconv"
)

// command is a line of the palette.
type command struct {
	group, icon, text, url, key string
	// search makes the line send what was typed to url.
	search bool
}

// Hit is something that a search found: a ticket with its status, or what Icon says.
type Hit struct {
	ID, URL, Key, Text, Icon string
	State                    State
}

// commands are the places one can jump to from here.
func commands(ctx context.Context, nav Nav) []command {
	if nav.Org == nil {
		return nil
	}
	slug := nav.Org.Slug
	here, places := T(ctx, "Commands"), T(ctx, "Go to")
	var all []command
	all = append(all, command{here, "search", T(ctx, "Search all for"), OrgPath(slug, "search") + "?q=", "", true})
	if p := nav.CurrentProject(); p != nil {
		all = append(all, command{here, "search", T(ctx, "Search %s for", p.Name), ProjectPath(slug, p.Key, "tickets") + "?q=", "", true})
	}
	if url := nav.newTicketPath(); url != "" {
		all = append(all, command{here, "plus", T(ctx, "New ticket"), url, "c", false})
	}
	all = append(all,
		command{places, "home", T(ctx, "Dashboard"), OrgPath(slug), "g d", false},
		command{places, "user", T(ctx, "My tickets"), OrgPath(slug, "tickets"), "g m", false})
	for _, p := range nav.Projects {
		all = append(all,
			command{places, "board", T(ctx, "%s board", p.Name), ProjectPath(slug, p.Key, "board"), "", false},
			command{places, "list", T(ctx, "%s list", p.Name), ProjectPath(slug, p.Key, "tickets"), "", false})
	}
	if nav.Org.SeesPeople {
		all = append(all, command{places, "users", T(ctx, "People"), OrgPath(slug, "people"), "g p", false})
	}
	if nav.Org.CanManage {
		all = append(all,
			command{places, "card", T(ctx, "Billing"), OrgPath(slug, "billing"), "", false},
			command{places, "sliders", T(ctx, "Organization settings"), OrgPath(slug, "settings"), "g s", false},
			command{places, "sliders", T(ctx, "Webhooks"), OrgPath(slug, "settings", "webhooks"), "", false})
	}
	if nav.Org.SeesAudit {
		all = append(all, command{places, "log", T(ctx, "Audit log"), OrgPath(slug, "audit"), "", false})
	}
	return append(all, command{places, "user", T(ctx, "Account"), "/account", "", false})
}

func hitID(i int) string { return "hit-" + strconv.Itoa(i+1) }

func selectedAt(i int) string { return strconv.FormatBool(i == 0) }

// shortcut is a line of the list of keys.
type shortcut struct {
	keys []string
	text string
}

func shortcutList(ctx context.Context) []shortcut {
	return []shortcut{
		{[]string{"Ctrl", "K"}, T(ctx, "Search or jump to")},
		{[]string{"/"}, T(ctx, "Search in this list, or in all")},
		{[]string{"c"}, T(ctx, "New ticket")},
		{[]string{"g", "d"}, T(ctx, "Dashboard")},
		{[]string{"g", "i"}, T(ctx, "Inbox")},
		{[]string{"g", "m"}, T(ctx, "My tickets")},
		{[]string{"g", "b"}, T(ctx, "Board of this project")},
		{[]string{"g", "l"}, T(ctx, "List of this project")},
		{[]string{"g", "o"}, T(ctx, "Overview of this project")},
		{[]string{"g", "p"}, T(ctx, "People")},
		{[]string{"g", "s"}, T(ctx, "Organization settings")},
		{[]string{"x"}, T(ctx, "In a list: pick the ticket, or leave it out")},
		{[]string{"Space"}, T(ctx, "On the board: lift a ticket, arrow keys move it, Space sets it down")},
		{[]string{"Ctrl", "Enter"}, T(ctx, "Send what you are writing")},
		{[]string{"?"}, T(ctx, "This list")},
	}
}
