package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/test/webtest"
)

const (
	joining = "/orgs/acme/people/joining"
	links   = joining + "/links"
	domains = joining + "/domains"
)

// joinLink makes the link of a role and returns its path.
func joinLink(t *testing.T, b *webtest.Browser, role string) string {
	t.Helper()
	page := b.Post(links, url.Values{"id": {uuid.NewString()}, "role": {role}}).Want(200).At(joining)
	_, after, found := strings.Cut(page.Body, `id="link-`+role+`"`)
	_, after, found2 := strings.Cut(after, `value="http://`+webtest.Host)
	path, _, _ := strings.Cut(after, `"`)
	if !found || !found2 {
		t.Fatalf("no link for %s:\n%s", role, page.Text())
	}
	return path
}

func TestJoiningByALink(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	b.Get(joining).Want(200).Says("There is none.")
	link := joinLink(t, b, "member")
	b.Get(joining).Says("made by Dana Whitfield")
	visitor := a.Browser(t)
	visitor.Get(link).Want(200).Says("Join Acme Robotics", "This link of Dana Whitfield lets you in as Member", "Sign in to join", "Make an account")
	visitor.Post(link, nil).Want(401)

	nina := a.Person(t, "Nina", "nina@example.com")
	page := nina.Get(link).Want(200).Says("Join as nina@example.com")
	page.Submit(link).Want(200).At("/orgs/acme").Says("Welcome to Acme Robotics")
	page.Submit(link).Want(200).At("/orgs/acme") // pressed twice
	if n := count(t, a.Site, `select count(*) from events where action = 'member.joined' and changes -> 'by' ->> 1 = 'link'`); n != 1 {
		t.Errorf("%d joined", n)
	}
	guest := a.Person(t, "Gil", "gil@example.com")
	guest.Post(joinLink(t, b, "guest"), nil).At("/orgs/acme")
	guest.Get("/orgs/acme/people").Want(403)
}

func TestAJoinLinkIsTurnedOffAndMadeAnew(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	nina := a.Person(t, "Nina", "nina@example.com")
	first := joinLink(t, b, "member")
	second := joinLink(t, b, "member")
	nina.Get(first).Want(422).Says("turned off or made anew")
	nina.Post(first, nil).Want(422)
	nina.Get(second).Want(200)
	b.Get(joining).Submit(links+"/end", "role", "member").Want(200).Says("turned off")
	b.Post(links+"/end", url.Values{"role": {"member"}}).Want(200) // pressed twice
	nina.Post(second, nil).Want(422)
	for _, made := range []string{"x", strings.Repeat("A", 43), second[:len(second)-1], second + "x", strings.TrimPrefix(second, "/join/")[:20]} {
		nina.Get("/join/" + strings.TrimPrefix(made, "/join/")).Want(422).Says("turned off or made anew")
	}
	form := url.Values{"id": {uuid.NewString()}, "role": {"guest"}}
	b.Post(links, form).Want(200)
	b.Post(links, form).Want(200)
	if n := count(t, a.Site, `select count(*) from join_links where role = 'guest'`); n != 1 {
		t.Errorf("the form sent twice made %d links", n)
	}
}

func TestJoinLinksRefused(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	for _, role := range []string{"admin", "owner", "king", ""} {
		b.Post(links, url.Values{"id": {uuid.NewString()}, "role": {role}}).Want(422).Says("Choose a role")
	}
	b.Post(links, url.Values{"role": {"member"}}).Want(422).Says("incomplete")
	a.SignIn(t, "jun@example.com").Post("/orgs/acme/people/joining/links", url.Values{"id": {uuid.NewString()}, "role": {"guest"}}).Want(403)

	// Who was in before needs an invitation: a link does not undo a removal.
	link := joinLink(t, b, "member")
	b.Post("/orgs/acme/people/"+a.member.Person.ID.String()+"/remove", nil).Want(200)
	a.SignIn(t, "jun@example.com").Post(link, nil).Want(403).Says("You were in this organization before")

	// The maker's own right is asked for at the moment of joining.
	mira := joinLink(t, a.SignIn(t, "mira@example.com"), "guest")
	nina := a.Person(t, "Nina", "nina@example.com")
	nina.Get(mira).Want(200)
	b.Post("/orgs/acme/people/"+a.admin.Person.ID.String()+"/role", url.Values{"role": {"member"}}).Want(200)
	nina.Post(mira, nil).Want(422).Says("turned off or made anew")
	b.Get(joining).Says("Mira Okafor no longer manages people")

	// A suspended organization takes nobody in.
	if _, err := dbtest.At(t, a.Database.Owner).Exec(t.Context(), `update tenants set suspended_at = now()`); err != nil {
		t.Fatal(err)
	}
	nina.Post(link, nil).Want(403).Says("suspended")
}

func TestManyJoinAtOnceWithinThePlan(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Org(t, s.Account(t, "Dana", dana), "acme", "Acme") // one of three seats of Free
	link := joinLink(t, s.SignIn(t, dana), "member")
	var browsers []*webtest.Browser
	for i := range 6 {
		browsers = append(browsers, s.Person(t, "Nina", fmt.Sprintf("nina%d@example.com", i)))
	}
	answers := make([]int, len(browsers))
	var all sync.WaitGroup
	for i, b := range browsers {
		all.Go(func() { answers[i] = b.Request(http.MethodPost, link, url.Values{}, nil).Status })
	}
	all.Wait()
	in := 0
	for _, status := range answers {
		switch status {
		case 303:
			in++
		case 402:
		default:
			t.Errorf("answered %d", status)
		}
	}
	if n := count(t, s, `select count(*) from memberships where role = 'member'`); in != 2 || n != 2 {
		t.Errorf("%d came in, by the table %d; there was room for two", in, n)
	}
}

func TestJoiningIsLimited(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	link := joinLink(t, a.SignIn(t, dana), "guest")
	nina := a.Person(t, "Nina", "nina@example.com")
	var last *webtest.Page
	for range 22 {
		last = nina.Request(http.MethodPost, link, url.Values{}, nil)
	}
	last.Want(429).Says("Too many attempts")
}

func TestOnlyAddressesAtTheDomains(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana)
	b.Post(invitations, url.Values{"email": {"early@other.test"}, "role": {"guest"}}).Want(200)
	early := a.Link(t, "early@other.test")
	b.Get(joining).Submit(domains, "domains", "@Example.org, works.example\nexample.org").Want(200).Says("Saved")
	if got := b.Get(joining).Form(domains).Get("domains"); got != "example.org\nworks.example" {
		t.Errorf("kept are %q", got)
	}
	b.Get("/orgs/acme/people").Submit(invitations, "email", "ok@example.org no@sub.example.org no@other.test").Want(422).
		Says("1 is sent, 2 not", "no@sub.example.org: This organization takes addresses at example.org, works.example only")
	a.Person(t, "Early", "early@other.test").Post(early+"/accept", nil).Want(403).Says("takes addresses at example.org")
	link := joinLink(t, b, "guest")
	a.Person(t, "No", "no@other.test").Post(link, nil).Want(403).Says("takes addresses at example.org, works.example only")
	a.Person(t, "Ok", "ok@works.example").Post(link, nil).Want(200).At("/orgs/acme")
	a.SignIn(t, "jun@example.com").Get("/orgs/acme").Want(200) // who is in stays in
	b.Get(joining).Submit(domains, "domains", "").Want(200)
	a.SignIn(t, "no@other.test").Post(link, nil).Want(200).At("/orgs/acme")
}

func TestDomainsRefused(t *testing.T) {
	t.Parallel()
	a := newAcme(t)
	b := a.SignIn(t, dana)
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf("d%d.example", i))
	}
	for _, c := range []struct{ list, open, says string }{
		{"not a domain", "", "not is no domain"},
		{"-x.com", "", "-x.com is no domain"},
		{"a@b.com", "", "is no domain"},
		{strings.Join(many, " "), "", "at most 20"},
		{"", "on", "Name the domains"},
		{"gmail.com", "on", "Anybody can have an address at gmail.com"},
		{"example.com other.example", "on", "No owner of this organization has an address at other.example"},
	} {
		page := b.Post(domains, url.Values{"domains": {c.list}, "open": {c.open}}).Want(422).Says(c.says)
		if got := page.Form(domains); got.Get("domains") != c.list || (got.Get("open") != "") != (c.open != "") {
			t.Errorf("%s: the form keeps %v", c.list, got)
		}
	}
	a.SignIn(t, "jun@example.com").Get(joining).Want(403)
	a.SignIn(t, "jun@example.com").Post("/orgs/acme/people/joining/domains", url.Values{"domains": {""}}).Want(403)
}

func TestAnybodyAtADomainMayJoin(t *testing.T) {
	t.Parallel()
	a := roomy(t)
	b := a.SignIn(t, dana) // dana@example.com
	nina := a.Person(t, "Nina", "nina@example.com")
	form := url.Values{"organization": {a.owner.TenantID.String()}}
	nina.Get("/orgs/new").Want(200).Silent("Acme Robotics")
	closed := nina.Post("/join", form).Want(404)
	unknown := nina.Post("/join", url.Values{"organization": {uuid.NewString()}}).Want(404)
	if idsIn.ReplaceAllString(closed.Body, "") != idsIn.ReplaceAllString(unknown.Body, "") {
		t.Error("an organization that is not open and one that is not there are told apart")
	}
	nina.Post("/join", url.Values{"organization": {"x"}}).Want(404)
	b.Get(joining).Submit(domains, "domains", "example.com", "open", "on").Want(200).Says("Saved")
	a.Person(t, "Mallory", "mallory@sub.example.com").Post("/join", form).Want(404)
	page := nina.Get("/orgs/new").Want(200).Says("Open to your address", "Acme Robotics")
	page.Submit("/join").Want(200).At("/orgs/acme").Says("Welcome to Acme Robotics")
	page.Submit("/join").At("/orgs/acme") // pressed twice
	nina.Get("/orgs/new").Silent("Open to your address")
	nina.Post("/orgs/acme/people/leave", nil).Want(200)
	nina.Get("/orgs/new").Silent("Acme Robotics")
	nina.Post("/join", form).Want(403).Says("You were in this organization before")

	// The owner whose domain it is goes, and with them the right to open it.
	obi := a.Person(t, "Obi", "obi@example.com")
	a.Join(t, a.owner, a.Account(t, "Ola", "ola@other.test"), "owner")
	b.Post("/orgs/acme/people/"+a.owner.Person.ID.String()+"/role", url.Values{"role": {"admin"}}).Want(200)
	obi.Post("/join", form).Want(404)
}
