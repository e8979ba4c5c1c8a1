package journey

import (
	"net/http"
	"strings"

	"plinth/test/browser/chrome"
)

// invite is step 2, second half: somebody is invited with a role and joins in a browser of their own.
func (w *walk) invite(slug, name, email, role string, o chrome.Options) *walk {
	w.t.Helper()
	w.open("/orgs/" + slug + "/people")
	if w.script {
		w.Click("Invite people")
	}
	w.Fill("E-mail address", email)
	w.Choose("Role", role)
	w.look("invite-" + role)
	w.Click("Send invitations")
	w.See("on its way", email)
	w.look("people")

	guest := newWalk(w.t, w.app, w.shot+"-"+strings.ToLower(role), o)
	guest.mail(email, "invites you to")
	guest.See("Join ", email)
	guest.look("invitation")
	guest.Fill("Your name", name)
	guest.Fill("Password", password)
	guest.Tick("I agree")
	guest.Click("Make an account")
	guest.See("Accept the invitation")
	guest.Click("Accept the invitation")
	guest.At("/orgs/" + slug)
	guest.look("dashboard")
	return guest
}

// organizations founds a second organization and goes between the two by the switcher, which works without a script.
func (w *walk) organizations(slug, name, project, second, secondName string) {
	w.t.Helper()
	w.open("/orgs/" + slug)
	w.See(project)
	w.switchTo("New organization")
	w.At("/orgs/new")
	w.Fill("Name", secondName)
	w.Click("Make the organization")
	w.At("/orgs/" + second)
	w.Gone(project)
	w.switchTo(name)
	w.At("/orgs/" + slug)
	w.See(project)
	w.switchTo(secondName)
	w.At("/orgs/" + second)
	w.Gone(project)
}

// switchTo opens the switcher and chooses a line of it.
func (w *walk) switchTo(line string) {
	w.t.Helper()
	w.Press(`[popovertarget="orgs"]`)
	w.See("New organization")
	w.Click(line)
}

// leaver removes a member who has an open ticket and gives the ticket to somebody else; the member is out at once.
func (w *walk) leaver(member *walk, slug, key, name, heir string) {
	w.t.Helper()
	const title = "Nobody may forget this one"
	w.open("/orgs/" + slug + "/projects/" + key + "/tickets/new")
	w.Fill("Title", title)
	w.Choose("Assignee", name)
	w.Click("Add the ticket")
	w.See("opened it")
	member.open("/orgs/" + slug + "/tickets")
	member.See(title)

	w.open("/orgs/" + slug + "/tickets")
	w.Gone(title)
	w.open("/orgs/" + slug + "/people")
	w.Click("Remove " + name)
	w.See("They lose access at once.")
	w.look("people-remove")
	w.Choose("Open tickets go to", heir)
	w.Click("Remove " + name)
	w.See("Removed.")
	w.Gone(name)
	w.untilSays("/orgs/"+slug+"/tickets", title)
	if status := member.Open("/orgs/" + slug); status != http.StatusNotFound {
		w.t.Errorf("who was removed is answered %d", status)
	}
}
