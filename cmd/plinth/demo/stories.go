package demo

import (
	"fmt"

	"plinth/internal/projects"
)

type demoProject struct {
	Key, Name, Description, Hue string
	Visibility                  string
	Members                     []string // added to it, by the key of acme's people
	Crew                        []string // who did the work of the weeks before
	Labels                      []string // hue and name
	Before                      int      // tickets done in the weeks before
	Tickets                     []demoTicket
}

type demoTicket struct {
	Title, Body, Priority, Author, Assignee string
	Status                                  projects.Status
	Ago, DoneAgo                            int      // hours
	Labels                                  []string // by name
	Due                                     int      // days from today; zero is none
	Points                                  int      // zero is none
	Comments                                []demoComment
}

type demoComment struct{ Author, Body string }

// earlier names a piece of work that is long done.
func earlier(i int) string {
	verbs := []string{"Tidy", "Check", "Document", "Replace", "Measure", "Simplify", "Test", "Rename"}
	things := []string{"the release notes", "the start page", "the supplier list", "the build", "the error texts", "the parts catalogue", "the nightly backup", "the sign-up mail", "the status lights"}
	return fmt.Sprintf("%s %s", verbs[i%len(verbs)], things[(i*5+i/8)%len(things)])
}

func demoProjects() []demoProject {
	return []demoProject{website(), firmware(), operations()}
}

func website() demoProject {
	return demoProject{
		Key: "WEB", Name: "Website", Description: "The public site and the configurator. Relaunch on 4 December.", Hue: "patina",
		Visibility: string(projects.ForOrganization), Members: []string{"lukas"}, Crew: []string{"dana", "tomas", "jun", "priya"}, Before: 41,
		Labels: []string{"brick Bug", "plum Design", "blue Texts", "bronze Speed"},
		Tickets: []demoTicket{
			{
				Title: "Quote form loses the country when the VAT check fails", Priority: "high", Labels: []string{"Bug"}, Due: 2, Points: 3, Author: "tomas", Assignee: "dana", Status: projects.InReview, Ago: 70,
				Body: "When the VAT number is refused, the form comes back with **everything but the country**.\n\nSteps:\n\n1. Choose *Portugal*\n2. Type `PT000000000`\n3. Send\n\n- [x] Keep the value on the server\n- [x] Say which number was refused\n- [ ] Test with a screen reader",
				Comments: []demoComment{
					{"mira", "The service answers 400 in that case, and we dropped the whole form. I would keep it on our side."},
					{"dana", "Done, and the message now names the number. Could somebody try it on a phone?"},
					{"jun", "Tried on two. The keyboard covers the error on the small one, the summary on top helps."},
				},
			},
			{Title: "Configurator: payload and reach change the price at once", Priority: "urgent", Labels: []string{"Speed"}, Due: 5, Points: 8, Author: "mira", Assignee: "mira", Status: projects.InProgress, Ago: 120, Body: "Today the price follows after a reload. It should follow each change, and say what it is made of.", Comments: []demoComment{{"tomas", "The price service answers in 40 ms, so no spinner is needed."}}},
			{Title: "Cookie notice covers the checkout button on small phones", Priority: "high", Labels: []string{"Bug", "Design"}, Due: -1, Points: 2, Author: "jun", Assignee: "jun", Ago: 28, Body: "At 360 px the notice lies over the button.", Comments: []demoComment{{"lukas", "Seen by a customer too, see the mail from Tuesday."}}},
			{Title: "Spanish and German texts for the RX-4 launch", Priority: "medium", Labels: []string{"Texts"}, Due: 12, Author: "mira", Assignee: "elif", Ago: 52},
			{Title: "Images of the product pages in AVIF, with sizes", Priority: "medium", Labels: []string{"Speed", "Design"}, Points: 5, Author: "dana", Assignee: "jun", Status: projects.InProgress, Ago: 140, Body: "| page | now | goal |\n|---|---|---|\n| RX-4 | 3.1 MB | 600 KB |\n| Grippers | 4.4 MB | 800 KB |"},
			{Title: "Product page for the RX-4 gripper", Priority: "medium", Labels: []string{"Texts", "Design"}, Due: 9, Points: 5, Author: "mira", Assignee: "dana", Status: projects.InReview, Ago: 90},
			{Title: "Compare up to three grippers side by side", Priority: "medium", Points: 8, Author: "dana", Assignee: "tomas", Status: projects.InProgress, Ago: 160},
			{Title: "Show lead time on every spare part", Priority: "low", Author: "priya", Assignee: "priya", Ago: 200},
			{Title: "Dealer map works without location access", Priority: "low", Labels: []string{"Bug"}, Author: "lukas", Assignee: "lukas", Status: projects.InReview, Ago: 75},
			{Title: "Search understands part numbers with spaces", Priority: "low", Author: "tomas", Assignee: "priya", Status: projects.InProgress, Ago: 210},
			{Title: "Retire the 2023 distributor portal", Priority: "low", Author: "dana", Assignee: "tomas", Ago: 260},
			{Title: "Send the datasheet by mail instead of a pop-up", Priority: "low", Author: "elif", Assignee: "mira", Ago: 320},
			{Title: "Contact form answers within a second", Priority: "high", Labels: []string{"Speed"}, Points: 3, Author: "mira", Assignee: "jun", Status: projects.Done, Ago: 130, DoneAgo: 20},
			{Title: "Prices in Swiss francs", Priority: "medium", Author: "dana", Assignee: "mira", Status: projects.Done, Ago: 110, DoneAgo: 6},
		},
	}
}

func firmware() demoProject {
	return demoProject{
		Key: "FW", Name: "Firmware", Description: "What runs in the grippers. Release 2.9 is next.", Hue: "bronze",
		Visibility: string(projects.ForOrganization), Crew: []string{"tomas", "jun", "elif"}, Before: 29,
		Labels: []string{"brick Bug", "bronze Safety", "blue Driver"},
		Tickets: []demoTicket{
			{Title: "Gripper stalls at 40 % torque after firmware 2.8", Priority: "urgent", Labels: []string{"Bug", "Driver"}, Due: 1, Points: 5, Author: "tomas", Assignee: "dana", Status: projects.InProgress, Ago: 96, Body: "Since 2.8 the grip stops when the torque passes 40 %. The log says `current limit`, although the limit is at 60 %.", Comments: []demoComment{{"tomas", "Found with the new current sensor only. The scale in the driver is that of the old one."}}},
			{Title: "Write torque limits to flash only when they change", Priority: "medium", Author: "jun", Assignee: "dana", Ago: 150},
			{Title: "Emergency-stop self test at start-up", Priority: "medium", Labels: []string{"Safety"}, Due: 20, Points: 5, Author: "priya", Assignee: "dana", Ago: 180},
			{Title: "Motion: smooth the last 5 mm of the approach", Priority: "high", Labels: []string{"Driver"}, Points: 3, Author: "tomas", Assignee: "tomas", Status: projects.InReview, Ago: 60},
			{Title: "Bootloader keeps the old image until the new one has started", Priority: "high", Author: "jun", Assignee: "jun", Status: projects.InProgress, Ago: 84},
			{Title: "Log rotation on units without an SD card", Priority: "low", Author: "elif", Assignee: "elif", Ago: 300},
			{Title: "Temperature is off by one degree below zero", Priority: "low", Labels: []string{"Bug"}, Author: "priya", Ago: 340},
		},
	}
}

func operations() demoProject {
	return demoProject{
		Key: "OPS", Name: "Operations", Description: "Purchasing, certificates and the move to Leeds. For those who need to know.", Hue: "plum",
		Visibility: string(projects.ForMembers), Members: []string{"mira", "priya"}, Crew: []string{"mira", "priya", "dana"}, Before: 36,
		Tickets: []demoTicket{
			{Title: "Renew the calibration certificate for cell 3", Priority: "high", Due: 6, Author: "mira", Assignee: "dana", Ago: 48},
			{Title: "Move spare-part stock to the Leeds warehouse", Priority: "low", Author: "priya", Assignee: "dana", Ago: 220},
			{Title: "Second supplier for the RX-4 housing", Priority: "medium", Author: "mira", Assignee: "priya", Status: projects.InProgress, Ago: 170},
			{Title: "Insurance wants the list of machines by serial number", Priority: "medium", Due: 3, Author: "dana", Assignee: "mira", Status: projects.InReview, Ago: 65},
		},
	}
}
