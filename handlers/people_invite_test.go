package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

const invitations = "/orgs/acme/people/invitations"

// roomy is acme whose plan takes everybody.
func roomy(t *testing.T) acme {
	t.Helper()
	a := newAcme(t)
	a.owner = a.Give(t, a.owner, "business")
	return a
}

func TestManyAreInvitedAtOnce(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	b.Get("/orgs/acme/people").Submit(invitations, "role", "member",
		"email", "Nina <nina@example.com>, \"Okafor, Obi\" <Obi@Example.com>;\nivo@example.com  zoe@example.com\nnina@example.com").
		Want(200).At("/orgs/acme/people").Says("4 invitations are on their way", "nina@example.com", "obi@example.com", "ivo@example.com", "zoe@example.com")
	for _, to := range []string{"nina", "obi", "ivo", "zoe"} {
		if n := len(a.Mails(t, to+"@example.com")); n != 1 {
			t.Errorf("%s has %d mails", to, n)
		}
	}
	zoe := a.Browser(t)
	zoe.Get(a.Link(t, "zoe@example.com")).Want(200).Says("Dana Whitfield invites zoe@example.com as Member")
	b.Get("/orgs/acme/people").Submit(invitations, "role", "guest", "email", "zoe@example.com, max@example.com").
		Want(200).Says("2 invitations are on their way, 1 of them again with a new link")
	zoe.Get(a.Link(t, "zoe@example.com")).Says("as Guest")
}

func TestWhoIsRefusedStaysInTheForm(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	b.Post(invitations, url.Values{"email": {"ivo@example.com"}, "role": {"member"}}).Want(200)
	a.Settle(t) // or the second takes the first one's place before its mail is sent
	page := b.Get("/orgs/acme/people").Submit(invitations, "role", "admin", "email", "nina@example.com, jun@example.com, ivo@example.com, nobody@, Mira").
		Want(422).Says("2 are sent, 3 not", "nina@example.com is invited.", "jun@example.com: This person belongs to the organization already.",
		"ivo@example.com was invited already, and has a new link now.", "nobody@: Enter an e-mail address")
	form := page.Form(invitations)
	if got := form.Get("email"); got != "jun@example.com\nnobody@\nMira" || form.Get("role") != "admin" {
		t.Errorf("the form keeps %q as %s", got, form.Get("role"))
	}
	page.Submit(invitations, "email", "nobody@example.com\nMira <mina@example.com>").Want(200).Says("2 invitations are on their way")
	for to, want := range map[string]int{"nina": 1, "ivo": 2, "nobody": 1, "mina": 1, "jun": 0} {
		if n := len(a.Mails(t, to+"@example.com")); n != want {
			t.Errorf("%s has %d mails, want %d", to, n, want)
		}
	}
	page = b.Get("/orgs/acme/people")
	page.Submit(invitations, "email", " ,; ").Want(422).Says("name@example.com")
	page.Submit(invitations, "email", "x@example.com", "role", "king").Want(422).Says("Choose a role")
}

func TestAtMostFiftyAreInvitedAtOnce(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	var many []string
	for i := range 51 {
		many = append(many, fmt.Sprintf("p%d@example.com", i))
	}
	page := b.Get("/orgs/acme/people").Submit(invitations, "role", "guest", "email", strings.Join(many, "\n")).Want(422).Says("These are 51 addresses", "at most 50")
	if got := page.Form(invitations).Get("email"); got != strings.Join(many, "\n") {
		t.Errorf("the text is lost: %q", got)
	}
	if n := count(t, a.Site, `select count(*) from invitations`); n != 0 {
		t.Errorf("%d were invited all the same", n)
	}
	page.Submit(invitations, "email", strings.Join(many[:50], ", ")).Want(200).Says("50 invitations are on their way")
	if n := count(t, a.Site, `select count(*) from invitations`); n != 50 {
		t.Errorf("%d invitations", n)
	}
}

func TestTheInvitersLimitHoldsForAll(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	last := b.Get("/orgs/acme/people")
	for round := range 3 {
		var many []string
		for i := range 50 {
			many = append(many, fmt.Sprintf("r%dp%d@example.com", round, i))
		}
		last = last.Submit(invitations, "role", "guest", "email", strings.Join(many, "\n"))
	}
	last.Want(429).Says("Too many attempts")
	if last.Header.Get("Retry-After") == "" {
		t.Error("it does not say when")
	}
	if n := count(t, a.Site, `select count(*) from invitations`); n < 100 || n > 105 {
		t.Errorf("%d invitations of one person in a moment", n)
	}
}

func TestThePlanIsSaidForEachAddress(t *testing.T) {
	t.Parallel()
	a := newAcme(t) // all three seats of Free
	b := a.SignIn(t, dana)
	page := b.Get("/orgs/acme/people").Submit(invitations, "role", "member", "email", "nina@example.com ivo@example.com").
		Want(402).Says("Nothing was sent", "nina@example.com: The Free plan includes 3 members", "ivo@example.com: The Free plan", "See the plans")
	page.Submit(invitations, "role", "guest").Want(200).Says("2 invitations are on their way")
}

func TestAFormOfInvitationsSentTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	form := b.Get("/orgs/acme/people").Form(invitations)
	form.Set("role", "guest")
	form.Set("email", "nina@example.com, ivo@example.com")
	var all sync.WaitGroup
	answers := make([]*webtest.Page, 4)
	for i := range answers {
		all.Go(func() { answers[i] = b.Clone().Request("POST", invitations, form, nil) })
	}
	all.Wait()
	for _, p := range answers {
		p.Want(303)
	}
	b.Post(invitations, form).Want(200).Says("2 invitations are on their way.")
	for _, to := range []string{"nina@example.com", "ivo@example.com"} {
		if n := len(a.Mails(t, to)); n != 1 {
			t.Errorf("%s has %d mails", to, n)
		}
		a.Browser(t).Get(a.Link(t, to)).Want(200)
	}
	if n := count(t, a.Site, `select count(*) from events where action = 'invitation.created'`); n != 2 {
		t.Errorf("%d events", n)
	}
}

func TestPastedAddressesOutliveTheSession(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	form := b.Get("/orgs/acme/people").Form(invitations)
	form.Set("email", "nina@example.com\nivo@example.com")
	if _, err := dbtest.At(t, a.Database.Owner).Exec(t.Context(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	page := b.Post(invitations, form).Want(401).Submit("/signin", "email", dana, "password", webtest.Password).At("/orgs/acme/people")
	if got := page.Form(invitations).Get("email"); got != "nina@example.com\nivo@example.com" {
		t.Errorf("the form keeps %q", got)
	}
}
