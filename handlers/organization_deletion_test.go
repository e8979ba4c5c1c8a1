package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/internal/stripesim"
	"plinth/test/webtest"
)

const (
	orgDelete   = "/orgs/acme/settings/delete"
	orgDeletion = "/orgs/acme/deletion"
)

// deleted lets dana delete acme and everything follow that follows.
func (a acme) deleted(t *testing.T, b *webtest.Browser) {
	t.Helper()
	b.Get("/orgs/acme/settings/delete").Want(200).Submit("/orgs/acme/settings/delete", "confirm", "Acme Robotics").Want(200).At(orgDeletion)
	a.Settle(t)
	b.Get(orgDeletion).Says("Acme Robotics is deleted")
}

func TestAnOrganizationIsDeletedAndRestored(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	wrote(t, a.Site, a.owner, "WEB", "of-dana")
	stranger := a.Person(t, "Mallory", "mallory@example.com")
	b, second, member := a.SignIn(t, dana), a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	b.Post("/orgs/acme/people/joining/links", url.Values{"id": {uuid.NewString()}, "role": {"member"}}).Want(200)
	b.Get("/orgs/acme/people").Submit("/orgs/acme/people/invitations", "email", "nina@example.com", "role", "guest").Want(200)
	invitation := a.Link(t, "nina@example.com")
	a.offer(t, "jun@example.com")

	page := b.Get(orgDelete).Want(200).Says("There is no plan to end", "For 30 days any owner can bring it back", "Copy of the organization")
	for typed, says := range map[string]string{"": "This is not its name", "acme robotics": "Type it as it stands here: Acme Robotics"} {
		again := b.Post(orgDelete, url.Values{"confirm": {typed}}).Want(422).Says(says)
		if got := again.Form(orgDelete).Get("confirm"); got != typed {
			t.Errorf("the form keeps %q of %q", got, typed)
		}
	}
	if n := rowsOf(t, a.Site, `select count(*) from tenants where closing_at is not null`); n != 0 {
		t.Fatal("a wrong name was enough")
	}
	page.Submit(orgDelete, "confirm", " Acme Robotics ").Want(200).At(orgDeletion).Says("Waiting for Stripe to confirm that nothing more is charged")
	page.Submit(orgDelete, "confirm", "Acme Robotics").Want(200).At(orgDeletion) // pressed twice
	second.Get(orgDelete).At(orgDeletion)
	second.Get("/orgs/acme/deletion").Want(200).Says("Acme Robotics is being deleted", "Keep Acme Robotics")
	if n := rowsOf(t, a.Site, `select count(*) from events where action = 'organization.deletion_asked'`); n != 1 {
		t.Errorf("asked for %d times", n)
	}
	// Until Stripe has answered everything can be read, and nothing changed.
	member.Get("/orgs/acme/projects/WEB").Want(200).Says("This organization is being deleted")
	member.Post("/orgs/acme/projects/WEB/tickets", url.Values{"id": {uuid.NewString()}, "title": {"Late"}}).Want(403).Says("being deleted")
	b.Get("/orgs/acme").Says("See how far it is")

	a.Settle(t)
	b.Get(orgDeletion).Says("Acme Robotics is deleted", "Any owner can bring it back until")
	for _, path := range []string{"/orgs/acme", "/orgs/acme/projects/WEB", "/orgs/acme/settings", "/orgs/acme/audit"} {
		b.Get(path).Want(200).At(orgDeletion)
		member.Get(path).Want(410).Says("Acme Robotics was deleted", "An owner can bring it back until").Silent("of-dana", "Restore")
		stranger.Get(path).Want(404).Silent("Acme")
	}
	b.Post("/orgs/acme/settings", url.Values{"name": {"X"}}).Want(410)
	member.Get(orgDeletion).Want(410)
	member.Post("/orgs/acme/deletion/restore", nil).Want(410)
	stranger.Get(orgDeletion).Want(404)
	stranger.Post("/orgs/acme/deletion/restore", nil).Want(404)
	b.Get("/orgs").Want(200).At("/orgs").Says("Deleted", "Acme Robotics", "can be restored until")
	member.Get("/orgs").At("/orgs/new").Silent("Acme")
	a.Browser(t).Get(invitation).Says("withdrawn")
	stranger.Post("/orgs", url.Values{"id": {uuid.NewString()}, "name": {"Acme"}, "slug": {"acme"}}).Want(422).Says("taken")
	if n := a.mailsAbout(t, dana, "Acme Robotics was deleted"); n != 1 {
		t.Errorf("%d mails tell the owner", n)
	}

	b.Post("/orgs/acme/deletion/restore", nil).Want(200).At("/orgs/acme").Says("Acme Robotics is back")
	b.Post("/orgs/acme/deletion/restore", nil).Want(200).At("/orgs/acme") // pressed twice
	b.Get(orgDeletion).At(orgDelete)
	member.Get("/orgs/acme/projects/WEB").Want(200)
	b.Get("/orgs/acme/audit").Says("asked to delete the organization", "deleted the organization, since nothing more is charged", "brought the deleted organization back")
	if n := a.mailsAbout(t, dana, "Acme Robotics is back"); n != 1 {
		t.Errorf("%d mails tell the owner", n)
	}
	if n := rowsOf(t, a.Site, `select (select count(*) from join_links where ended_at is null) + (select count(*) from invitations where revoked_at is null)
		+ (select count(*) from ownership_transfers where ended_at is null)`); n != 0 {
		t.Errorf("%d ways in are open again", n)
	}
}

func TestWhoDeletesAnOrganization(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	form := url.Values{"confirm": {"Acme Robotics"}}
	for who, status := range map[string]int{"mira@example.com": 403, "jun@example.com": 403, "lukas@example.com": 403} {
		b := a.SignIn(t, who)
		b.Get(orgDelete).Want(status)
		b.Post(orgDelete, form).Want(status)
		b.Get(orgDeletion).Want(status)
		b.Post("/orgs/acme/deletion/restore", nil).Want(status)
	}
	b := a.SignIn(t, dana)
	a.exec(t, `update sessions set proven_at = now() - interval '1 day'`)
	b.Get(orgDelete).Want(200).Submit(orgDelete, "confirm", "Acme Robotics").Want(403).Says("Confirm that it is you")
	a.exec(t, `update sessions set proven_at = now()`)
	a.exec(t, `update tenants set suspended_at = now()`)
	b.Post(orgDelete, form).Want(403).Says("suspended")
	a.exec(t, `update tenants set suspended_at = null`)
	if n := rowsOf(t, a.Site, `select count(*) from tenants where closing_at is not null`); n != 0 {
		t.Fatal("it closes")
	}

	// Suspended while it closes: it waits, and goes on by the hourly look when that is lifted.
	b.Post(orgDelete, form).Want(200).At(orgDeletion)
	a.exec(t, `update tenants set suspended_at = now()`)
	a.Settle(t)
	b.Post("/orgs/acme/deletion/restore", nil).Want(403)
	a.exec(t, `update tenants set suspended_at = null, closing_at = closing_at - interval '2 hours'`)
	if err := a.Worker.Tenants.Unsettled(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Settle(t)
	b.Get(orgDeletion).Says("is deleted")

	// Demoted after it was deleted: no way back for this one.
	a.exec(t, `update memberships set role = 'admin' where role = 'owner'`)
	b.Get(orgDeletion).Want(410)
	b.Post("/orgs/acme/deletion/restore", nil).Want(410)
}

func TestTakenBackWhileStripeIsSettled(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	for range 2 { // asked for, taken back, and the same again: the jobs of the first do nothing to the second
		b.Post(orgDelete, url.Values{"confirm": {"Acme Robotics"}}).Want(200).At(orgDeletion)
		b.Get(orgDeletion).Submit("/orgs/acme/deletion/restore").Want(200).At("/orgs/acme").Says("Acme Robotics stays").Silent("being deleted")
		a.Settle(t)
		b.Get("/orgs/acme").Want(200)
	}
	if n := rowsOf(t, a.Site, `select count(*) from events where action = 'organization.deletion_withdrawn'`); n != 2 {
		t.Errorf("taken back %d times", n)
	}
	if a.mailsAbout(t, dana, "Acme Robotics") != 0 {
		t.Error("a mail tells of it")
	}
	a.deleted(t, b)
}

// deletes asks for the end of the shop and lets the jobs run that are due.
func (s shop) deletes(t *testing.T) {
	t.Helper()
	s.b.Get(orgDelete).Want(200).Submit(orgDelete, "confirm", "Acme Robotics").Want(200).At(orgDeletion)
	s.Settle(t)
}

// again lets the job that waits for its next try run at once.
func (s shop) again(t *testing.T) {
	t.Helper()
	alter(t, s.Site, `update river.river_job set scheduled_at = now(), state = 'available' where state = 'retryable'`)
	s.Settle(t)
}

func (s shop) nothingIsCharged(t *testing.T) {
	t.Helper()
	for _, sub := range s.st.Sim.Subscriptions(0) {
		if sub.Status != "canceled" && sub.Status != "incomplete_expired" {
			t.Errorf("subscription %s is %s", sub.ID, sub.Status)
		}
	}
	for _, c := range s.st.Sim.Checkouts(0) {
		if c.Status == "open" {
			t.Errorf("checkout %s is open", c.ID)
		}
	}
	for _, inv := range s.st.Sim.Invoices(0) {
		if inv.Status == "open" || inv.Status == "draft" {
			t.Errorf("invoice %s over %d is %s", inv.ID, inv.AmountDue, inv.Status)
		}
	}
}

func TestAPlanEndsWithItsOrganization(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	s.b.Get(orgDelete).Says("Your Team plan (1 seat) ends at once; nothing is charged any more")

	// While Stripe is away nothing is deleted, and the page says what it waits for.
	s.st.Sim.InjectFault(faultAll())
	s.deletes(t)
	s.b.Get(orgDeletion).Says("Waiting for Stripe")
	s.again(t)
	s.b.Get(orgDeletion).Says("Waiting for Stripe")
	s.b.Post("/orgs/acme/billing/checkout", url.Values{"plan": {"business"}, "interval": {"month"}}).Want(403).Says("being deleted")
	s.b.Post("/orgs/acme/billing/trial", url.Values{"plan": {"team"}}).Want(403)
	s.b.Post("/orgs/acme/billing/portal", nil).Want(403)
	s.st.Sim.ClearFaults()
	// The answer to the cancelling is lost, and the next listing is refused: it is tried again, and done once.
	s.st.Sim.InjectFault(stripesim.Fault{Method: http.MethodDelete, Path: "/v1/subscriptions/", Status: 500, Times: 1, AfterCarryingOut: true})
	s.again(t)
	s.b.Get(orgDeletion).Says("Waiting for Stripe")
	s.st.Sim.InjectFault(stripesim.Fault{Method: http.MethodGet, Path: "/v1/invoices", Status: 429, Times: 1})
	s.again(t)
	s.b.Get(orgDeletion).Says("Waiting for Stripe")
	s.again(t)
	s.b.Get(orgDeletion).Says("is deleted")
	s.nothingIsCharged(t)
	if s.status(t) != "canceled" {
		t.Errorf("the row is %q", s.status(t))
	}
	s.st.Deliver(t) // what Stripe tells of it changes nothing
	s.st.Pass(t, begin().AddDate(0, 3, 0))
	s.nothingIsCharged(t)

	s.b.Post("/orgs/acme/deletion/restore", nil).Want(200).At("/orgs/acme")
	s.b.Get("/orgs/acme/billing").Want(200).Says("Free", "Choose Team")
	s.buy(t).Says("Active") // and it can be bought anew
}

// An unpaid organization can be deleted, with the invoice that it owes, also a planned change of the plan.
func TestWhatIsOwedEndsToo(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.buy(t)
	s.st.Deliver(t)
	portal := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/portal", "way", "card"))
	webtest.FollowOut(t, portal, card(laterCard))
	s.st.Pass(t, begin().AddDate(0, 1, 0).Add(2*time.Hour))
	s.st.Deliver(t)
	s.st.SetClock(begin().AddDate(0, 2, 0))
	alter(t, s.Site, `update subscriptions set past_due_since = now() - interval '1 year'`)
	s.b.Get("/orgs/acme").Says("A payment is missing")
	s.deletes(t)
	s.b.Get(orgDeletion).Says("is deleted")
	s.nothingIsCharged(t)
}

// A trial and a Checkout that begin in the same moment are found, or refused.
func TestNothingBeginsWhileItCloses(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	to := leaves(t, s.b.Get("/orgs/acme/billing").Submit("/orgs/acme/billing/checkout", "plan", "team", "interval", "month"))
	s.b.Get(orgDelete).Says("An order that was begun and not paid is withdrawn")
	s.b.Get(orgDelete).Submit(orgDelete, "confirm", "Acme Robotics").Want(200)
	// Past the guard, as a request that was let in a moment before: the lock says no.
	late := s.owner
	if _, err := s.App.Billing.StartCheckout(t.Context(), late, choice("business")); err == nil || !strings.Contains(err.Error(), "being deleted") {
		t.Errorf("a Checkout began: %v", err)
	}
	if err := s.App.Billing.StartTrial(t.Context(), late, "team"); err == nil || !strings.Contains(err.Error(), "being deleted") {
		t.Errorf("a trial began: %v", err)
	}
	// One was written down before and its answer is not there yet: it may still arrive at Stripe.
	alter(t, s.Site, `insert into billing_intents (tenant_id, id, kind, params) select id, gen_random_uuid(), 'trial', '{}' from tenants`)
	s.Settle(t)
	s.b.Get(orgDeletion).Says("Waiting for Stripe")
	// The open one is paid in the meantime. It ends as well.
	webtest.FollowOut(t, to, card(paysCard))
	alter(t, s.Site, `update tenants set closing_at = closing_at - interval '1 minute'`)
	alter(t, s.Site, `update river.river_job set args = jsonb_set(args, '{asked}', to_jsonb((args->>'asked')::bigint - 60000000)) where kind = 'settle_organization'`)
	s.again(t)
	s.b.Get(orgDeletion).Says("is deleted")
	s.nothingIsCharged(t)
	if n := len(s.st.Sim.Subscriptions(0)); n != 1 {
		t.Errorf("%d subscriptions", n)
	}
}

func TestTheCopyOfADeletedOrganization(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Join(t, a.owner, a.Account(t, "Olga", "olga@example.com"), scope.Owner)
	b, olga, admin := a.SignIn(t, dana), a.SignIn(t, "olga@example.com"), a.SignIn(t, "mira@example.com")
	exported(t, a.Site, b)
	b.Get(orgDelete).Says("A copy is ready")
	a.deleted(t, b)
	link := copyLink(t, b.Get(orgDeletion).Says("The copy of all it had can be fetched until"), orgExport+"/")
	unzipped(t, b.Get(link), "acme-")
	unzipped(t, olga.Get(link), "acme-")
	admin.Get(link).Want(410)
	b.Get(orgExport).At(orgDeletion)
	a.exec(t, `update memberships set role = 'admin' where user_id = (select id from users where email = 'olga@example.com')`)
	olga.Get(link).Want(410)
	a.exec(t, `update sessions set proven_at = now() - interval '1 day'`)
	b.Get(link).At("/confirm")
}

func choice(plan string) billing.Choice { return billing.Choice{Plan: plan, Interval: "month"} }
