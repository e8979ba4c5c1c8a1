package journey

// rework changes what was written: the ticket, its comment, its place on the board; throws it away and takes that back; and
// moves another one.
func (w *walk) rework(slug, key, title string) {
	w.t.Helper()
	base := "/orgs/" + slug + "/projects/" + key
	w.open(base + "/tickets/1/edit")
	w.Fill("Title", title)
	w.Click("Save")
	w.At(base + "/tickets/1")
	w.See(title, "renamed it from")
	w.Press(`#ticket-feed button[popovertarget^="c-"]`)
	w.Press(`.pop:popover-open a[href$="/edit"]`)
	w.See("Cancel")
	w.Fill("Comment", "On it today.")
	w.Click("Save")
	w.See("On it today.", "edited")
	if !w.script {
		w.open(base + "/board")
		w.Choose("Status of "+key+"-1", "In review")
		w.Leave(func() { w.Press("#card-" + key + "-1 .status-form button") })
		w.See(key + "-1 moved to In review")
		w.open(base + "/tickets/1")
	}
	w.look("ticket-reworked")
	w.Press(`button[popovertarget="t-more"]`)
	w.Click("Move to the trash")
	w.At(base + "/tickets")
	w.See(key+"-1 is in the trash.", "No ticket stands here")
	w.open(base + "/tickets/1")
	w.See("This ticket is in the trash")
	w.look("ticket-trashed")
	w.open(base + "/trash")
	w.See(title)
	w.look("trash")
	w.Click("Restore " + key + "-1")
	w.At(base + "/tickets/1")
	w.See(key+"-1 is back.", title)
	w.open(base + "/tickets/1/move")
	w.look("ticket-move")
	w.move(slug, key)
}

// move writes another ticket, and moves it to another project; the address that it had leads on.
func (w *walk) move(slug, key string) {
	w.t.Helper()
	base, to := "/orgs/"+slug+"/projects/"+key, "/orgs/"+slug+"/projects/PRT"
	w.open("/orgs/" + slug + "/projects/new")
	w.Fill("Name", "Parts")
	w.Fill("Key", "PRT")
	w.Click("Make the project")
	w.At(to)
	w.open(base + "/tickets/new")
	w.Fill("Title", "A spare wheel")
	w.Click("Add the ticket")
	w.At(base + "/tickets/2")
	w.open(base + "/tickets/2/move")
	w.Choose("Project", "Parts (PRT)")
	w.Click("Move it")
	w.At(to + "/tickets/1")
	w.See("A spare wheel", "moved it")
	w.open(base + "/tickets/2")
	w.At(to + "/tickets/1")
}
