package journey

import (
	"strings"
	"testing"

	"plinth/test/browser/chrome"
	"plinth/test/program"
)

// life is what an organization goes through with its plan, in minutes by the local Stripe's clock: trial, paid, upgrade
// with preview, a further seat, a renewal that fails, a new card, cancelled and resumed, downgrade, end.
func (w *walk) life(who string) {
	w.t.Helper()
	email, slug := who+"@life.example", who+"-life"
	w.signUp("Ada Lovelace", email)
	w.found(strings.ToUpper(who[:1])+who[1:]+" Life", slug)
	b := bill{walk: w, path: "/orgs/" + slug + "/billing"}

	b.open(b.path)
	w.Leave(func() { w.Click("Try Team") })
	w.See("Trial, 14 days left")
	b.pay("Add a card", "4242424242424242")
	b.untilSays("Start paying now")
	w.look("life-trial")
	w.Click("Start paying now")
	w.See("Due today", "Pay €9.00 and start")
	w.look("life-start")
	w.Leave(func() { w.Click("Pay €9.00 and start") })
	b.untilSays("Active")

	w.Click("Change to Business")
	w.See("Due today", "Unused time")
	w.look("life-upgrade")
	w.Leave(func() { w.Press("main form button.btn-primary") })
	b.untilSays("€19.00 per member and month")

	w.invite(slug, "Charles", "charles-"+email, "Member", chrome.Options{NoScript: !w.script, Allow: []string{"404"}})
	b.until("a second seat", func() bool { return b.says("2 × €19.00") })
	w.look("life-seats")

	b.pay("Update the card", "4000000000000341")
	b.pass("A week on", "Payment failed")
	w.See("The next attempt is on")
	w.look("life-failed")
	w.mail(email, "payment")
	w.See("€")
	w.open(b.path)
	b.pay("Update the card", "4242424242424242")
	b.pass("A day on", "Active")

	w.Click("Cancel plan")
	w.Choose("Why", "It costs too much")
	w.look("life-cancel")
	w.Leave(func() { w.Click("Cancel Business") })
	b.untilSays("Ends soon")
	w.Leave(func() { w.Click("Keep Business") })
	b.untilSays("Active")

	w.Click("Change to Team")
	w.See("Nothing is charged today")
	w.look("life-downgrade")
	w.Leave(func() { w.Press("main form button.btn-primary") })
	b.untilSays("Changes to Team on")
	w.look("life-pending")
	b.pass("A week on", "€9.00 per member and month")

	w.Click("Cancel plan")
	w.Leave(func() { w.Click("Cancel Team") })
	b.untilSays("Ends soon")
	b.pass("A week on", "Choose Team")
	w.look("life-end")
}

// bill is the billing page of an organization, and what leads away from it and back.
type bill struct {
	*walk
	path string
}

// pay gives a card through the button's page at the local Stripe.
func (b bill) pay(button, card string) {
	b.t.Helper()
	b.open(b.path)
	b.Click(button)
	b.See("Update payment method")
	b.card(card)
	b.At(b.path)
}

func (b bill) says(text string) bool {
	b.open(b.path)
	return b.Says(text)
}

func (b bill) untilSays(text string) {
	b.t.Helper()
	b.Until("the page to say "+text, func() bool { return b.says(text) })
}

// pass lets time go by at the local Stripe until the page says so: two months at most.
func (b bill) pass(button, until string) {
	b.t.Helper()
	for range 60 {
		b.open("/dev/stripe")
		b.Click(button)
		b.See("now.")
		for range 5 { // what happened there is on its way
			if b.says(until) {
				return
			}
		}
	}
	b.See(until)
}

func TestALifeOfPayments(t *testing.T) {
	newWalk(t, program.Dev(t, program.Folder(t)), "life", chrome.Options{Width: 1440, Height: 900, Allow: allowedInALife()}).life("ada")
}

// allowedInALife are refusals that are meant.
func allowedInALife() []string { return []string{"404", "422", "402"} }
