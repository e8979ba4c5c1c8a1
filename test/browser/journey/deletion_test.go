package journey

import (
	"testing"

	"plinth/test/browser/chrome"
	"plinth/test/program"
)

// An owner takes a copy along, deletes the organization with its paid plan, and brings it back: the pages go on by
// themselves.
func TestDeletingAnOrganization(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	for name, o := range map[string]chrome.Options{
		"deletion": {Width: 1440, Height: 900}, "deletion-dark": {Width: 390, Height: 844, Dark: true}, "deletion-plain": {Width: 390, Height: 844, NoScript: true},
	} {
		o.Allow = []string{"422"}
		w := newWalk(t, app, name, o)
		w.as("owner")
		w.open("/orgs/acme/settings/export")
		w.look("export")
		w.Leave(func() { w.Click("Prepare a") }) // the page before says much the same
		w.See("It is")
		w.until("the copy", func() bool { return w.Says("It is ready") })
		w.open("/orgs/acme/settings/export") // once it has come to rest
		w.look("export-ready")
		w.open("/orgs/acme/settings/delete")
		w.See("Delete Acme Robotics")
		w.look("delete")
		w.Fill("Type Acme", "Acme")
		w.Press("main form button.btn-error")
		w.See("This is not its name")
		w.look("delete-wrong")
		w.Fill("Type Acme", "Acme Robotics")
		w.Press("main form button.btn-error")
		w.At("/orgs/acme/deletion")
		w.until("Stripe to be settled", func() bool { return w.Says("is deleted") })
		w.open("/orgs/acme/deletion")
		w.look("deleted")
		w.open("/orgs")
		w.look("deleted-list")
		w.open("/orgs/acme/deletion")
		w.Click("Restore Acme Robotics")
		w.See("is back")
	}
}

// until waits for what a page shows by itself; without JavaScript a person opens it again.
func (w *walk) until(what string, done func() bool) {
	w.t.Helper()
	w.Until(what, func() bool {
		if !w.script {
			w.open(w.Path())
		}
		return done()
	})
}
