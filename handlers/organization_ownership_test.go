package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/test/webtest"
)

const ownership = "/orgs/acme/settings/ownership"

// offer lets dana hand acme over to jun and returns the way to the offer, without its last word.
func (a acme) offer(t *testing.T, to string) string {
	t.Helper()
	a.SignIn(t, dana).Get(ownership).Want(200).Submit(ownership, "email", to).Want(200).At(ownership).Says("The offer is on its way")
	var id uuid.UUID
	if err := dbtest.At(t, a.Database.Super).QueryRow(t.Context(), `select id from ownership_transfers order by id desc limit 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return "/orgs/acme/ownership/" + id.String()
}

func (a acme) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := dbtest.At(t, a.Database.Super).Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// mailsAbout counts the mails to an address whose subject has the words.
func (a acme) mailsAbout(t *testing.T, to, words string) int {
	t.Helper()
	n := 0
	for _, m := range a.Mails(t, to) {
		if strings.Contains(m.Subject, words) {
			n++
		}
	}
	return n
}

func TestOwnershipIsHandedOver(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	way := a.offer(t, " Jun@Example.com ")
	if role(t, a, a.owner) != "owner" || role(t, a, a.member) != "member" {
		t.Error("an offer alone changes roles")
	}
	a.SignIn(t, dana).Get(ownership).Says("Dana Whitfield hands over to Jun Park")
	link := a.Link(t, "jun@example.com")
	jun := a.SignIn(t, "jun@example.com")
	page := jun.Get(link).Want(200).At("/orgs/acme/ownership").Says("Dana Whitfield wants to hand it over to you")
	jun.Post(way+"/confirm", nil).Want(200).At("/orgs/acme").Says("You are an owner of Acme Robotics now")
	page.Submit(way + "/confirm").Want(200) // pressed twice
	if role(t, a, a.owner) != "admin" || role(t, a, a.member) != "owner" {
		t.Errorf("they are %s and %s", role(t, a, a.owner), role(t, a, a.member))
	}
	if n := count(t, a.Site, `select count(*) from events where action = 'ownership.transferred'`); n != 1 {
		t.Errorf("%d events", n)
	}
	if n := a.mailsAbout(t, dana, "Jun Park is the owner"); n != 1 {
		t.Errorf("%d mails to the former owner", n)
	}
	if n := a.mailsAbout(t, "jun@example.com", "hand Acme Robotics over"); n != 1 {
		t.Errorf("%d mails to the new owner", n)
	}
	a.SignIn(t, dana).Get(ownership).Want(403)
	jun.Get("/orgs/acme/ownership").Says("Nothing waits for you here")
}

func TestAnOfferOfOwnershipEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, a acme, way string){
		"withdrawn": func(t *testing.T, a acme, way string) {
			b := a.SignIn(t, dana)
			withdraw := strings.Replace(way, "/ownership/", "/settings/ownership/", 1) + "/withdraw"
			b.Get(ownership).Submit(withdraw).Want(200).Says("The offer is withdrawn")
			b.Post(withdraw, nil).Want(200) // pressed twice
		},
		"declined": func(t *testing.T, a acme, way string) {
			b := a.SignIn(t, "jun@example.com")
			b.Get("/orgs/acme/ownership").Submit(way + "/decline").Want(200).Says("You have declined")
			b.Post(way+"/decline", nil).Want(200)
		},
		"replaced": func(t *testing.T, a acme, _ string) { a.offer(t, "mira@example.com") },
		"too old": func(t *testing.T, a acme, _ string) {
			a.exec(t, `update ownership_transfers set expires_at = now() - interval '1 second'`)
		},
		"of an owner who is none any more": func(t *testing.T, a acme, _ string) {
			a.exec(t, `update memberships set role = case when role = 'admin' then 'owner' when role = 'owner' then 'admin' else role end`)
		},
		"of an owner who has left": func(t *testing.T, a acme, _ string) {
			a.exec(t, `update memberships set left_at = now() where role = 'owner'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAcme(t)
			way := a.offer(t, "jun@example.com")
			end(t, a, way)
			a.SignIn(t, "jun@example.com").Post(way+"/confirm", nil).Want(409)
			if got := role(t, a, a.member); got != "member" {
				t.Errorf("who was named is %s", got)
			}
		})
	}
}

func TestOffersOfOwnershipRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	a.Join(t, a.owner, a.Account(t, "Ola", "ola@example.com"), scope.Owner)
	b := a.SignIn(t, dana)
	for email, says := range map[string]string{
		"": "Enter the address", "nobody@example.com": "Nobody with this address is a member", dana: "your own address", "ola@example.com": "is an owner already",
	} {
		page := b.Get(ownership).Submit(ownership, "email", email).Want(422).Says(says)
		if got := page.Form(ownership).Get("email"); got != email {
			t.Errorf("the form keeps %q", got)
		}
	}
	b.Post("/orgs/acme/settings/ownership", url.Values{"email": {"jun@example.com"}}).Want(422).Says("incomplete")
	a.SignIn(t, "mira@example.com").Get("/orgs/acme/settings/ownership").Want(403)

	way := a.offer(t, "jun@example.com")
	for _, email := range []string{"mira@example.com", "lukas@example.com", dana} { // it is for somebody else
		other := a.SignIn(t, email)
		for _, verb := range []string{"/confirm", "/decline"} {
			other.Post(way+verb, nil).Want(404)
			other.Post("/orgs/acme/ownership/"+uuid.NewString()+verb, nil).Want(404)
		}
	}
	b.Post("/orgs/acme/settings/ownership/"+uuid.NewString()+"/withdraw", nil).Want(404)
	a.SignIn(t, "jun@example.com").Post(way+"/confirm", nil).Want(200)
	a.SignIn(t, "ola@example.com").Post(strings.Replace(way, "/ownership/", "/settings/ownership/", 1)+"/withdraw", nil).Want(409).Says("has confirmed already")
	// A guest who takes over takes a seat, and Free has none left.
	a.exec(t, `insert into ownership_transfers (tenant_id, id, from_user, to_user, expires_at) select tenant_id, gen_random_uuid(), `+
		`(select user_id from memberships where role = 'owner' limit 1), user_id, now() + interval '1 day' from memberships where role = 'guest'`)
	lukas := a.SignIn(t, "lukas@example.com")
	for _, action := range lukas.Get("/orgs/acme/ownership").Actions() {
		if strings.HasSuffix(action, "/confirm") {
			lukas.Post(action, nil).Want(402)
		}
	}
	if got := role(t, a, a.guest); got != "guest" {
		t.Errorf("the guest is %s", got)
	}
}

func TestHandingOverNeedsAFreshProof(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	way := a.offer(t, "jun@example.com")
	b, jun := a.SignIn(t, dana), a.SignIn(t, "jun@example.com")
	form := b.Get(ownership).Form(ownership)
	form.Set("email", "mira@example.com")
	a.exec(t, `update sessions set proven_at = now() - interval '1 hour'`)
	page := b.Post(ownership, form).Want(403).Says("Confirm that it is you", "what you typed is kept").Submit("/confirm", "password", webtest.Password).At(ownership)
	if got := page.Form(ownership); got.Get("email") != "mira@example.com" || got.Get("id") != form.Get("id") {
		t.Errorf("the form keeps %v", got)
	}
	jun.Post(way+"/confirm", nil).Want(403).Says("Confirm that it is you")
	if n := count(t, a.Site, `select count(*) from ownership_transfers where confirmed_at is not null`); n != 0 {
		t.Error("it was handed over without a proof")
	}
}

func TestAnOfferSentTwiceIsOne(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	form := b.Get(ownership).Form(ownership)
	form.Set("email", "jun@example.com")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { b.Clone().Request(http.MethodPost, ownership, form, nil).Want(303) })
	}
	all.Wait()
	if n := count(t, a.Site, `select count(*) from ownership_transfers`); n != 1 {
		t.Errorf("%d offers", n)
	}
	if n := a.mailsAbout(t, "jun@example.com", "hand Acme Robotics over"); n != 1 {
		t.Errorf("%d mails", n)
	}
}
