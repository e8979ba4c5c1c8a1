// Package journey walks through the main job in Chromium, on the whole program with its local Stripe and its mailbox.
package journey

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"plinth/test/browser/chrome"
	"plinth/test/program"
)

const password = "granite under a statue"

// walk is one person's way through the product.
type walk struct {
	*chrome.Page
	t      *testing.T
	app    *program.Program
	script bool // JavaScript is on
	shot   string
}

func newWalk(t *testing.T, app *program.Program, shot string, o chrome.Options) *walk {
	o.Base = app.URL
	return &walk{Page: chrome.New(t, o), t: t, app: app, script: !o.NoScript, shot: shot}
}

// look photographs the page and looks for barriers.
func (w *walk) look(name string) {
	w.t.Helper()
	w.Shot(w.shot + "-" + name)
	if w.script {
		w.Axe()
	}
}

// open goes to a page and expects it to be there.
func (w *walk) open(path string) {
	w.t.Helper()
	if status := w.Open(path); status != http.StatusOK {
		w.t.Fatalf("%s answers %d", path, status)
	}
}

// mail opens the newest mail to an address and follows its button.
func (w *walk) mail(to, subject string) {
	w.t.Helper()
	for range 100 {
		w.open("/dev/mail?to=" + to)
		if w.Says(subject) {
			break
		}
	}
	w.Click(subject)
	w.See("As text")
	w.open(strings.TrimPrefix(w.Link(w.app.URL+"/"), w.app.URL))
}

// signUp is step 1: sign up, verify, sign out, sign in.
func (w *walk) signUp(name, email string) {
	w.t.Helper()
	w.open("/signup")
	w.look("signup")
	w.Click("Make an account")
	w.See("Enter your name", "Accept the terms")
	w.look("signup-errors")
	w.Fill("Your name", name)
	w.Fill("Work e-mail", email)
	w.Fill("Password", password)
	w.Tick("I agree")
	w.Click("Make an account")
	w.At("/check-mail")
	w.look("check-mail")
	w.mail(email, "Confirm your e-mail address")
	w.See("Confirm your address")
	w.look("verify")
	w.Click("Confirm and go on")
	w.At("/orgs/new")
	w.Click("Sign out")
	w.At("/signin")
	w.look("signin")
	w.Fill("E-mail", email)
	w.Fill("Password", password)
	w.Press("main form button.btn-primary")
	w.At("/orgs/new")
}

// found is step 2, first half: an organization.
func (w *walk) found(name, slug string) {
	w.t.Helper()
	w.See("Name your organization")
	w.look("organization-new")
	w.Fill("Name", name)
	w.Click("Make the organization")
	w.At("/orgs/" + slug)
	w.look("dashboard-empty")
}

// project is step 3, first half: a project.
func (w *walk) project(slug, name, key string) {
	w.t.Helper()
	w.open("/orgs/" + slug + "/projects/new")
	w.look("project-new")
	w.Fill("Name", name)
	w.Fill("Key", key)
	w.Click("Make the project")
	w.At("/orgs/" + slug + "/projects/" + key)
	w.look("project-made")
}

// ticket is step 3, second half: a ticket is made, moved, given and discussed.
func (w *walk) ticket(slug, key, title, assignee string) {
	w.t.Helper()
	base := "/orgs/" + slug + "/projects/" + key
	w.open(base + "/tickets/new")
	w.look("ticket-new")
	w.Fill("Title", title)
	w.Fill("Description", "It **matters**.\n\n- [ ] first\n- [x] second")
	w.Choose("Priority", "High")
	w.Click("Add the ticket")
	w.At(base + "/tickets/1")
	w.See(title, key+"-1", "matters")
	w.set("Status", "In progress", "moved it from To do to In progress")
	w.set("Assignee", assignee, "took it on")
	w.Fill("Comment", "On it. <script>alert(1)</script>")
	w.Click("Comment")
	w.See("On it.")
	w.open(base + "/tickets/1")
	w.See("In progress", assignee, "On it.")
	w.look("ticket")
	for page, name := range map[string]string{"/tickets": "list", "/board": "board", "": "project", "/settings": "project-settings"} {
		w.open(base + page)
		w.See(key)
		w.look(name)
	}
	w.open(base + "/tickets?status=done")
	w.Gone(title)
}

// set changes a property of the ticket: by itself with JavaScript, with its button without.
// The history says what was done.
func (w *walk) set(label, option, history string) {
	w.t.Helper()
	w.Choose(label, option)
	if !w.script {
		w.Leave(func() { w.Click("Set " + label) })
	}
	w.See(history)
}

// dashboards is step 4.
func (w *walk) dashboards(slug, title string) {
	w.t.Helper()
	w.open("/orgs/" + slug)
	w.See("Opened and closed", title)
	w.look("dashboard")
	w.open("/orgs/" + slug + "/tickets")
	w.See(title)
	w.look("my-tickets")
	w.open("/orgs/" + slug + "/settings")
	w.look("settings")
	w.open("/account")
	w.look("account")
}

// pay is step 5: the free plan's limit, Checkout on the local Stripe with a declined and a good card, and the portal.
func (w *walk) pay(slug string) {
	w.t.Helper()
	w.open("/orgs/" + slug + "/billing")
	w.See("Free")
	w.look("billing-free")
	w.Click("Choose Team")
	w.See("Pay with card")
	w.look("checkout")
	w.card("4000000000000002")
	w.See("Your card was declined")
	w.card("4242424242424242")
	w.At("/orgs/" + slug + "/billing")
	w.untilSays("/orgs/"+slug+"/billing", "Paid")
	w.See("Team")
	w.look("billing")
	w.Click("Open the billing portal")
	w.See("Current plan", "visa ending in 4242")
	w.look("portal")
}

// card fills in the local Stripe's form and sends it.
func (w *walk) card(number string) {
	w.t.Helper()
	w.Fill("Card number", number)
	w.Fill("Expiry", "12 / 34")
	w.Fill("CVC", "123")
	w.Fill("Name on card", "Ada Lovelace")
	w.Press("form button.primary")
}

// untilSays opens a page again until a webhook has arrived and its job is done.
func (w *walk) untilSays(path, text string) {
	w.t.Helper()
	for range 200 {
		w.open(path)
		if w.Says(text) {
			return
		}
	}
	w.See(text)
}

// staff is step 6: the back-office, for an account that was let in.
func (w *walk) staff(email, organization string) {
	w.t.Helper()
	if status := w.Open("/admin"); status != http.StatusNotFound {
		w.t.Errorf("the back-office answers %d to who is not staff", status)
	}
	if out, ok := program.Run(w.t, w.app.Dir, w.app.Env(), "admin", "grant", email); !ok {
		w.t.Fatalf("grant: %s", out)
	}
	if status := w.Open("/admin"); status != http.StatusForbidden {
		w.t.Errorf("the back-office answers %d to staff without a second factor", status)
	}
	w.See("The back-office needs a second factor")
	w.look("office-wall")
	w.Click("Set up a second factor")
	w.Click("Set up an app")
	w.At("/account/security/totp")
	w.Fill("Code that the app shows", code(w.t, strings.ReplaceAll(w.Find("main details code"), " ", ""), time.Now()))
	w.Click("Turn it on")
	w.See("Keep these recovery codes")
	for path, says := range map[string]string{
		"/admin": "Overview", "/admin/users": email, "/admin/organizations": organization, "/admin/subscriptions": organization,
		"/admin/webhooks": "customer.subscription", "/admin/jobs": "apply_stripe_event",
	} {
		w.open(path)
		w.See(says)
		w.look("admin" + strings.ReplaceAll(strings.TrimPrefix(path, "/admin"), "/", "-"))
	}
}

// main is the whole job, from the first page to the back-office.
func (w *walk) main(who string) {
	w.t.Helper()
	email, slug, name := who+"@journey.example", who+"-works", strings.ToUpper(who[:1])+who[1:]+" Works"
	w.open("/")
	w.look("landing")
	w.signUp("Ada Lovelace", email)
	w.found(name, slug)
	w.project(slug, "Engine", "ENG")
	w.ticket(slug, "ENG", "The mill jams at the third wheel", "Ada Lovelace")
	w.rework(slug, "ENG", "The mill jams at the fourth wheel")
	w.dashboards(slug, "The mill jams at the fourth wheel")
	o := chrome.Options{NoScript: !w.script, Allow: []string{"404"}}
	member := w.invite(slug, "Charles", "charles-"+email, "Member", o)
	member.open("/orgs/" + slug + "/projects/ENG/board")
	w.organizations(slug, name, "Engine", who+"-yard", name[:3]+" Yard")
	w.leaver(member, slug, "ENG", "Charles", "Ada Lovelace")
	w.pay(slug)
	w.staff(email, name)
}

func TestMainJob(t *testing.T) {
	app := program.Dev(t, program.Folder(t))
	t.Run("script", func(t *testing.T) {
		newWalk(t, app, "main", chrome.Options{Allow: []string{"404", "422", "402", "403"}}).main("ada")
	})
	t.Run("no script", func(t *testing.T) {
		newWalk(t, app, "plain", chrome.Options{NoScript: true, Allow: []string{"404", "422", "402", "403"}}).main("ida")
	})
}
