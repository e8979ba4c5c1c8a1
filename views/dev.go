package views

import "plinth/views/ui"

// devPage is the frame of the developer pages.
func devPage(title string) ui.Page {
	return ui.Page{Title: title, Staff: ui.StaffNav{Environment: "development", Items: []ui.NavLink{
		{Text: "Development", URL: "/dev"}, {Text: "Mailbox", URL: "/dev/mail"}, {Text: "Local Stripe", URL: "/dev/stripe"},
	}}}
}
