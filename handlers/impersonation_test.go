package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/test/webtest"
	"plinth/web"
)

const (
	looksOnly    = "You look at this as somebody else, and change nothing"
	notAsAnother = "is theirs alone"
)

// look lets a member of staff look as a person, for "A test.", and returns the page they begin on.
func (o office) look(t *testing.T, staff *webtest.Browser, user uuid.UUID) *webtest.Page {
	t.Helper()
	at := "/admin/users/" + user.String()
	page := press(staff.Get(at).Want(200), at+"/impersonate").Want(200).Says("Look as", "Reason: A test.")
	return page.Submit(page.Path).Want(200)
}

// Forbidden to staff who look as an owner, whether they may change something or not.
var neverAs = []string{
	"GET /account", "POST /account", "POST /account/email", "POST /account/email/withdraw", "POST /account/password", "POST /account/picture",
	"POST /account/picture/remove", "GET /account/security", "POST /account/security/totp", "GET /account/security/totp", "POST /account/security/totp/confirm",
	"POST /account/security/totp/remove", "POST /account/security/recovery-codes", "POST /account/security/passkeys/options",
	"POST /account/security/passkeys", "POST /account/security/devices/end", "GET /account/security/identities", "POST /account/security/identities",
	"GET /account/notifications", "POST /account/notifications", "GET /account/data", "POST /account/data/export", "GET /account/delete", "POST /account/delete",
	"GET /confirm", "POST /confirm", "POST /orgs", "GET /orgs/new",
	"GET /orgs/acme/billing", "GET /orgs/acme/billing/invoices", "POST /orgs/acme/billing/email", "POST /orgs/acme/billing/checkout", "POST /orgs/acme/billing/portal",
	"POST /orgs/acme/billing/cancel", "POST /orgs/acme/billing/change", "POST /orgs/acme/billing/resume",
	"GET /orgs/acme/settings/security", "POST /orgs/acme/settings/security", "GET /orgs/acme/settings/ownership", "POST /orgs/acme/settings/ownership",
	"GET /orgs/acme/settings/export", "POST /orgs/acme/settings/export", "GET /orgs/acme/settings/delete", "POST /orgs/acme/settings/delete", "GET /orgs/acme/deletion",
	"POST /orgs/acme/deletion/restore", "GET /orgs/acme/settings/webhooks", "POST /orgs/acme/settings/webhooks", "GET /orgs/acme/settings/webhooks/new",
	"GET /orgs/acme/people/joining", "POST /orgs/acme/people/invitations", "POST /orgs/acme/people/leave", "GET /orgs/acme/audit/export",
	"POST /orgs/acme/projects/WEB/members", "POST /orgs/acme/projects/WEB/settings", "POST /orgs/acme/projects/WEB/tickets/1/erase", "POST /orgs/acme/projects/WEB/import", "POST /orgs/acme/imports",
	"GET /signin/oidc/google/callback", "POST /signin", "POST /signup", "POST /forgot", "POST /reset",
}

func TestImpersonationIsRefusedWhatIsTheirsAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.look(t, o.staff, o.acme.Person.ID)
	before := o.one(t, `select count(*)::text from events`) + " " + o.one(t, `select count(*)::text from account_events`)
	ask := func(said string) {
		t.Helper()
		for _, request := range neverAs {
			method, path, _ := strings.Cut(request, " ")
			o.staff.Request(method, path, url.Values{}, nil).Want(http.StatusForbidden).Says(notAsAnother)
		}
		for request, r := range o.paths(t) {
			_, path, _ := strings.Cut(request, " ")
			o.staff.Request(r.Method, path, url.Values{}, nil).Want(http.StatusNotFound) // not nested, and no way back in
		}
		if after := o.one(t, `select count(*)::text from events`) + " " + o.one(t, `select count(*)::text from account_events`); after != before {
			t.Errorf("%s: events were %s and are %s", said, before, after)
		}
	}
	ask("looking")
	if len(neverAs) < 40 {
		t.Errorf("%d acts", len(neverAs))
	}
	o.staff.Get("/impersonation").Want(200).Submit("/impersonation/raise", "why", "She asked us to.").Want(200).Says("What you change is noted with both names")
	before = o.one(t, `select count(*)::text from events`) + " " + o.one(t, `select count(*)::text from account_events`)
	ask("changing")
}

// Whoever looks changes nothing, whatever route of an organization is asked for.
func TestImpersonationOnlyLooks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	key := o.project(t)
	o.look(t, o.staff, o.acme.Person.ID).Says("Sam Reyes, you look as Dana", "and change nothing", "Stop looking").Silent(hostile)
	before := o.one(t, `select count(*)::text from events`)
	asked := 0
	for _, r := range o.Routes {
		if r.Guard.Kind != web.InOrg || r.Method != http.MethodPost {
			continue
		}
		path := strings.NewReplacer("{org}", "acme", "{key}", key, "{number}", "1").Replace(r.Path)
		for strings.Contains(path, "{") {
			i, j := strings.Index(path, "{"), strings.Index(path, "}")
			path = path[:i] + uuid.NewString() + path[j+1:]
		}
		page := o.staff.Post(path, url.Values{}).Want(http.StatusForbidden)
		if !strings.Contains(page.Body, looksOnly) && !strings.Contains(page.Body, notAsAnother) {
			t.Errorf("%s does not say why", path)
		}
		asked++
	}
	if asked < 60 {
		t.Errorf("%d routes: the table is not read", asked)
	}
	if after := o.one(t, `select count(*)::text from events`); after != before {
		t.Errorf("%s events, %s before", after, before)
	}
	// The line is on every page there is, and none says the name of the session that is kept behind.
	for _, path := range []string{"/orgs", "/orgs/acme", "/orgs/acme/projects/" + key, "/orgs/acme/people", "/orgs/acme/audit", "/orgs/acme/search?q=x", "/pricing", "/", "/impersonation", "/nothing/here", "/account"} {
		o.staff.Get(path).Says("you look as Dana", "Stop looking")
	}
}

func TestImpersonationEndsWhereItBegan(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	owner := o.SignIn(t, dana)
	o.look(t, o.staff, o.acme.Person.ID)
	user := "/admin/users/" + o.acme.Person.ID.String()
	o.staff.Get("/orgs/acme").Want(200).Submit("/impersonation/end").Want(200).At(user).Silent("you look as")
	o.staff.Post("/impersonation/end", nil).Want(200).At("/admin") // pressed twice
	owner.Get("/orgs/acme").Want(200).At("/orgs/acme")             // theirs goes on

	// Signing out leads back as well, and so does the end of its time.
	o.look(t, o.staff, o.acme.Person.ID)
	o.staff.Post("/signout", nil).Want(200).At("/admin")
	o.look(t, o.staff, o.acme.Person.ID)
	o.exec(t, `update impersonations set ends_at = now() where ended_at is null`)
	stream := o.staff.Listen(o.Serve(t), "") // by the page itself, which must not lead away from it unseen
	if stream.Ends(); !stream.Ended || len(stream.Header()["Set-Cookie"]) != 0 {
		t.Errorf("a stream is told to stay away %v and sets %q", stream.Ended, stream.Header()["Set-Cookie"])
	}
	o.staff.Get("/orgs/acme").Want(200).At("/admin").Says("You no longer look as somebody else")
	o.staff.Get("/orgs/acme").Want(http.StatusNotFound) // as themselves

	if n := rowsOf(t, o.Site, `select count(*) from impersonations where begun_at is not null and ended_at is null`); n != 1 {
		t.Errorf("%d are not ended but the one whose time was over", n)
	}
	if err := o.Worker.Auth.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := rowsOf(t, o.Site, `select count(*) from events where action = 'staff.impersonation_ended'`); n != 3 {
		t.Errorf("%d of 3 ends are noted", n)
	}

	// A role that is lowered changes nothing any more, and who is suspended, or signed out where they began, looks no longer.
	o.look(t, o.staff, o.acme.Person.ID)
	o.staff.Post("/impersonation/raise", why()).Want(200)
	o.exec(t, `update users set staff_role = 'support' where id = $1`, o.sam.ID)
	o.staff.Post("/orgs/acme/projects", url.Values{"name": {"X"}}).Want(http.StatusForbidden).Says(looksOnly)
	o.exec(t, `update users set staff_role = 'full', suspended_at = now() where id = $1`, o.sam.ID)
	o.staff.Get("/orgs/acme").Want(200).At("/signin")
	o.exec(t, `update users set suspended_at = null where id = $1`, o.sam.ID)
	o.staff = o.SignInTwice(t, sam)
	o.look(t, o.staff, o.acme.Person.ID)
	o.exec(t, `delete from sessions where user_id = $1`, o.sam.ID)
	o.staff.Get("/orgs/acme").Want(200).At("/signin")
	o.staff = o.SignInTwice(t, sam)

	// Who is staff no longer looks no longer, also as somebody whose account is being deleted.
	o.exec(t, `update users set erase_at = now() + interval '1 day' where id = $1`, o.acme.Person.ID)
	o.look(t, o.staff, o.acme.Person.ID)
	o.staff.Get("/orgs/acme").Want(200).At("/orgs/acme")
	o.exec(t, `update users set staff_role = null where id = $1`, o.sam.ID)
	o.staff.Get("/orgs/acme").Want(http.StatusNotFound)
	if n := rowsOf(t, o.Site, `select count(*) from sessions where impersonation_id is not null and expires_at > now() + interval '31 minutes'`); n != 0 {
		t.Errorf("%d sessions outlive their impersonation", n)
	}
}

// Both names stand on what is done, for the organization to read.
func TestImpersonationIsNotedWithBothNames(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `update users set name = 'Dana Whitfield' where id = $1`, o.acme.Person.ID)
	key := o.project(t)
	o.look(t, o.staff, o.acme.Person.ID)
	o.staff.Get("/impersonation").Want(200).Submit("/impersonation/raise", "why", " ").Want(422).Says("Say why.")
	o.staff.Get("/impersonation").Submit("/impersonation/raise", "why", "She asked us to.").Want(200)
	o.staff.Post("/impersonation/raise", url.Values{"why": {"Twice."}}).Want(200)
	at := "/orgs/acme/projects/" + key
	o.staff.Get(at+"/tickets/new").Want(200).Submit(at+"/tickets", "title", "Made for her").Want(200).Says("Made for her")
	o.staff.Post("/impersonation/end", nil).Want(200)

	if got := o.one(t, `select string_agg(distinct s.name || ' as ' || u.name, ', ') from events e join users s on s.id = e.actor_id join users u on u.id = e.acting_as where e.action = 'ticket.created'`); got != "Sam Reyes as Dana Whitfield" {
		t.Errorf("the ticket was made by %q", got)
	}
	if got := o.one(t, `select string_agg(action || ' ' || coalesce(person ->> 'why', '-'), ', ' order by id) from events where action like 'staff.imp%'`); got != "staff.impersonation_begun A test., staff.impersonation_raised She asked us to., staff.impersonation_ended -" {
		t.Errorf("the organization's history has %s", got)
	}
	if n := rowsOf(t, o.Site, `select count(*) from events where action like 'staff.imp%' and (actor_id is null or acting_as is null)`); n != 0 {
		t.Errorf("%d rows have not both names", n)
	}
	if got := o.actsOf(t, o.acme.Person.ID); got != "staff.impersonation_begun staff.impersonation_raised staff.impersonation_ended" {
		t.Errorf("the account's history has %s", got)
	}
	owner := o.SignIn(t, dana)
	owner.Get("/orgs/acme/audit").Want(200).Says("Sam Reyes as Dana Whitfield", "A test.", "She asked us to.")
	if file := owner.Get("/orgs/acme/audit/export?format=csv").Want(200); !strings.Contains(file.Body, "Sam Reyes as Dana Whitfield") {
		t.Error("the exported log has one name only")
	}
}

func TestWhoMayLookAsWhom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sue, support := o.StaffAs(t, scope.StaffSupport, "Sue Sato", "sue@plinth.example")
	user := "/admin/users/" + o.acme.Person.ID.String()

	// Support looks, and never changes anything.
	o.look(t, support, o.acme.Person.ID).Silent("Allow changes")
	support.Post("/impersonation/raise", why()).Want(http.StatusForbidden).Says("changes nothing")
	support.Post("/orgs/acme/projects", url.Values{"name": {"X"}}).Want(http.StatusForbidden).Says(looksOnly)
	support.Post("/impersonation/end", nil).Want(200)

	// Nobody looks as staff, or as a suspended account, and each only as what they asked for themselves, once, in time.
	o.staff.Post("/admin/users/"+sue.ID.String()+"/impersonate", why()).Want(http.StatusForbidden).Says("Nobody looks as a member of staff")
	page := press(o.staff.Get(user), user+"/impersonate").Want(200)
	at := page.Path
	support.Get(at).Want(http.StatusNotFound)
	support.Post(at, nil).Want(http.StatusNotFound)
	o.SignIn(t, dana).Get(at).Want(http.StatusNotFound)
	o.SignIn(t, dana).Post("/impersonation/raise", why()).Want(http.StatusNotFound)
	o.SignIn(t, dana).Get("/impersonation").Want(http.StatusNotFound)
	o.staff.Get("/impersonation/" + uuid.NewString()).Want(http.StatusNotFound)
	o.staff.Get("/impersonation/x").Want(http.StatusNotFound)
	page.Submit(at).Want(200)
	o.staff.Post("/impersonation/end", nil).Want(200)
	o.staff.Post(at, nil).Want(http.StatusConflict).Says("begun before")
	o.staff.Get(at).Want(200).Says("This was begun before")
	late := press(o.staff.Get(user), user+"/impersonate").Want(200)
	o.exec(t, `update impersonations set ends_at = now() where begun_at is null`)
	late.Submit(late.Path).Want(http.StatusConflict)
	waits := press(o.staff.Get(user), user+"/impersonate").Want(200)
	o.exec(t, `update users set suspended_at = now() where id = $1`, o.acme.Person.ID)
	waits.Submit(waits.Path).Want(http.StatusConflict)
	o.staff.Get(user).Want(200).Says("A suspended account sees nothing")
	if n := rowsOf(t, o.Site, `select count(*) from sessions where impersonation_id is not null`); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// What an organization asks of its members' sign-in does not keep staff out, who proved more; a password typed while
// looking proves nothing.
func TestImpersonationIsLetInWhereASecondFactorIsAsked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(t, `insert into tenant_policies (tenant_id, second_factor) values ($1, true) on conflict (tenant_id) do update set second_factor = true`, o.acme.TenantID)
	o.look(t, o.staff, o.acme.Person.ID)
	o.staff.Get("/orgs/acme").Want(200).At("/orgs/acme").Says("you look as Dana")
}

// project is a project of the owner's, and returns its key.
func (o office) project(t *testing.T) string {
	t.Helper()
	o.SignIn(t, dana).Get("/orgs/acme/projects/new").Want(200).Submit("/orgs/acme/projects", "name", "Website", "key", "WEB").Want(200)
	return "WEB"
}
