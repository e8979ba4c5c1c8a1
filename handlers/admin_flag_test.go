package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/flags"
	"plinth/test/webtest"
)

const (
	signUpFlag  = "/admin/flags/signups"
	archiveFlag = "/admin/flags/archive_import"
)

// newSwitches is a site with an organization and somebody of staff, where nothing is set.
func newSwitches(t *testing.T) office {
	t.Helper()
	o := office{Site: webtest.New(t)}
	o.acme = o.Org(t, o.Account(t, "Dana", dana), "acme", "Acme")
	o.sam, o.staff = o.Staff(t, "Sam Reyes", sam)
	return o
}

// Sign-ups that are closed make no account, by any way but an invitation, and lose nothing of what was typed.
func TestSignUpsAreClosedAndOpened(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	visitor := o.Browser(t)
	form := visitor.Get("/signup").Want(200).Form("/signup")
	o.staff.Get("/admin/flags").Want(200).Says("signups", "On, as in the code", "Accounts", "archive_import")
	page := o.staff.Get(signUpFlag).Want(200).Says("Everybody can make an account", "Nobody has changed it yet").Silent("percent")
	page.Submit(signUpFlag, "rule", "off", "why", "A wave of robots.").Want(200).At(signUpFlag).
		Says("The flag is set", "Off for all", "for all: off instead of as in the code", "Sam Reyes", "A wave of robots.")
	visitor.Get("/signup").Want(200).Says("Sign-ups are closed", "You have an account?").Silent(`action="/signup"`)
	form.Set("name", "Lee")
	form.Set("email", "lee@example.com")
	form.Set("password", webtest.Password)
	form.Set("terms", "on")
	refused := visitor.Post("/signup", form).Want(http.StatusForbidden).Says("New accounts are not made at the moment, except by invitation")
	if kept := refused.Form("/signup").Get("email"); kept != "lee@example.com" {
		t.Errorf("%q is kept of what was typed", kept)
	}
	if n := rowsOf(t, o.Site, `select count(*) from signups where email = 'lee@example.com'`); n != 0 {
		t.Error("a sign-up is kept")
	}
	o.SignIn(t, dana).Post("/orgs/acme/people/invitations", url.Values{"email": {"kim@example.com"}, "role": {"guest"}}).Want(200)
	o.Settle(t)
	link := o.Link(t, "kim@example.com")
	o.Browser(t).Get(link).Want(200).Submit(link+"/account", "name", "Kim", "password", webtest.Password, "terms", "on").Want(200).Says("Acme")
	page.Submit(signUpFlag, "rule", "default", "why", "The wave is over.").Want(200).Says("for all: as in the code instead of off")
	visitor.Post("/signup", form).Want(200).At("/check-mail")
	o.staff.Get("/admin/flags").Want(200).Says("On, as in the code")
	if got := o.one(t, `select string_agg((changes - 'object')::text, ' ' order by id) from account_events where action = 'staff.flag_changed'`); got !=
		`{"why": ["", "A wave of robots."], "rule": ["default", "off"]} {"why": ["", "The wave is over."], "rule": ["off", "default"]}` {
		t.Errorf("noted %s", got)
	}
}

// What is set for one organization is seen there, told there, and nowhere else.
func TestAFlagOfOneOrganization(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	owner, other := o.SignIn(t, dana), o.Person(t, "Lee", "lee@example.com")
	other.Get("/orgs/new").Submit("/orgs", "name", "Other", "slug", "other").Want(200)
	send := func(b *webtest.Browser, org string) *webtest.Page {
		return b.Upload("/orgs/"+org+"/imports", url.Values{"id": {uuid.NewString()}}, webtest.File{Field: "file", Name: "a.zip", Type: "application/zip", Data: []byte("no archive")}, nil)
	}
	send(owner, "acme").Want(http.StatusUnprocessableEntity).Says("This is no ZIP archive.")
	page := o.staff.Get(archiveFlag).Want(200)
	page.Submit(archiveFlag+"/targets", "kind", "organization", "who", " ACME ", "state", "off", "reason", "Their archives fill the disk.").
		Want(200).At(archiveFlag).Says("Acme: off", "Their archives fill the disk.", "one exception")
	owner.Get("/orgs/acme/imports").Want(200).Says("Archives cannot be brought in at the moment").Silent(`type="file"`)
	send(owner, "acme").Want(http.StatusForbidden).Says("Archives cannot be brought in at the moment")
	other.Get("/orgs/other/imports").Want(200).Says("An archive that Plinth made")
	owner.Get("/orgs/acme/audit?kind=flag").Want(200).Says("switched archive_import off for the organization")
	o.staff.Get("/admin/flags").Want(200).Says("one organization")

	// A person's setting stands above it, and all of it above what is set for all.
	page.Submit(archiveFlag+"/targets", "kind", "user", "who", "Dana@Example.com", "state", "on", "reason", "She tests.").Want(200).Says("Dana: on", "2 exceptions")
	owner.Get("/orgs/acme/imports").Want(200).Says("An archive that Plinth made")
	page.Submit(archiveFlag, "rule", "percent", "percent", "0", "why", "Nobody.").Want(200).Says("On for 0 % of organizations", "for all: 0 % instead of as in the code")
	other.Get("/orgs/other/imports").Want(200).Says("Archives cannot be brought in at the moment")
	page.Submit(archiveFlag, "rule", "percent", "percent", "100", "why", "Everybody.").Want(200)
	other.Get("/orgs/other/imports").Want(200).Says("An archive that Plinth made")

	person := o.one(t, `select id::text from flag_targets where user_id is not null`)
	remove := url.Values{"id": {person}, "why": {"She is done."}}
	o.staff.Post(archiveFlag+"/targets/remove", remove).Want(200).At(archiveFlag).Says("Dana: as all have it", "one exception")
	o.staff.Post(archiveFlag+"/targets/remove", remove).Want(200) // pressed twice
	owner.Get("/orgs/acme/imports").Want(200).Says("Archives cannot be brought in at the moment")
	press(o.staff.Get(archiveFlag), archiveFlag+"/targets/remove").Want(200).Says("Acme: as all have it", "It is set for nobody in particular")
	owner.Get("/orgs/acme/imports").Want(200).Says("An archive that Plinth made")
	if got := o.one(t, `select string_agg(action || ' ' || object_name || ' ' || (changes ->> 'state') || ' ' || (actor_id = $2)::text, ', ' order by id)
		from events where tenant_id = $1 and action = 'flag.changed'`, o.acme.TenantID, o.sam.ID); got != `flag.changed archive_import ["", "off"] true, flag.changed archive_import ["off", ""] true` {
		t.Errorf("the organization is told %s", got)
	}
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action = 'staff.flag_changed'`); n != 6 {
		t.Errorf("%d of 6 changes are noted", n)
	}
}

// After its day a flag is as the code says, and shows that somebody has to decide.
func TestAFlagExpires(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	page := o.staff.Get(signUpFlag)
	day := time.Now().UTC().AddDate(0, 0, 1)
	page.Submit(signUpFlag, "rule", "off", "until", day.Format(time.DateOnly), "why", "Until tomorrow.").Want(200).
		Says("for all: off instead of as in the code · expires "+day.Format("2 January 2006"), "23:59 UTC").Silent("Overdue")
	if got := o.staff.Get(signUpFlag).Form(signUpFlag).Get("until"); got != day.Format(time.DateOnly) {
		t.Errorf("the form says %q", got)
	}
	visitor := o.Browser(t)
	visitor.Get("/signup").Want(200).Says("Sign-ups are closed")
	o.App.Flags.Now = func() time.Time { return day.AddDate(0, 0, 1) }
	visitor.Get("/signup").Want(200).Says("Start with Plinth")
	o.staff.Get("/admin/flags").Want(200).Says("On, as in the code Overdue")
	late := o.staff.Get(signUpFlag).Want(200).Says("Overdue", "It has expired")
	late.Submit(signUpFlag, "rule", "off", "why", "For good.").Want(200).Says("without expiry", "Off for all").Silent("It has expired")
	visitor.Get("/signup").Want(200).Says("Sign-ups are closed")
}

func TestFlagsRefuseWhatTheyCannotTake(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	page := o.staff.Get(archiveFlag)
	for _, bad := range []struct{ field, value, says string }{
		{"rule", "", "Choose one of them."}, {"rule", "sometimes", "Choose one of them."},
		{"percent", "", "a whole number from 0 to 100"}, {"percent", "101", "a whole number"}, {"percent", "-1", "a whole number"}, {"percent", "x", "a whole number"},
		{"percent", "9999999999999", "a whole number"},
		{"until", "soon", "Write the day as 2026-12-31."}, {"until", "2020-01-01", "This day has passed"}, {"until", "9999-01-01", "within two years"},
		{"why", " ", "Say why."}, {"why", strings.Repeat("x", 501), "at most 500"},
	} {
		form := []string{"rule", "percent", "percent", "10", "why", "A test.", bad.field, bad.value}
		again := page.Submit(archiveFlag, form...).Want(http.StatusUnprocessableEntity).Says(bad.says).Form(archiveFlag)
		if got := again.Get(bad.field); got != bad.value && bad.field != "rule" {
			t.Errorf("%s: %q is kept as %q", bad.field, bad.value, got)
		}
	}
	for _, bad := range []struct{ field, value, says string }{
		{"kind", "team", "Choose one of them."}, {"state", "", "Choose one of them."}, {"who", "", "No organization has this address."},
		{"who", "other", "No organization has this address."}, {"reason", "", "Say why."},
	} {
		form := []string{"kind", "organization", "who", "acme", "state", "off", "reason", "A test.", bad.field, bad.value}
		page.Submit(archiveFlag+"/targets", form...).Want(http.StatusUnprocessableEntity).Says(bad.says)
	}
	page.Submit(archiveFlag+"/targets", "kind", "user", "who", "nobody@example.com", "state", "off", "reason", "A test.").
		Want(http.StatusUnprocessableEntity).Says("No account has this address.")
	// One switch for the whole site has no share and no exceptions.
	o.staff.Post(signUpFlag, url.Values{"rule": {"percent"}, "percent": {"5"}, "why": {"A test."}}).Want(http.StatusUnprocessableEntity).Says("Choose one of them.")
	o.staff.Post(signUpFlag+"/targets", url.Values{"kind": {"organization"}, "who": {"acme"}, "state": {"off"}, "reason": {"A test."}}).
		Want(http.StatusConflict).Says("one switch for the whole site")
	for _, path := range []string{"/admin/flags/none", "/admin/flags/none/targets", "/admin/flags/%00"} {
		o.staff.Post(path, url.Values{"rule": {"on"}, "kind": {"user"}, "who": {dana}, "state": {"on"}, "why": {"A test."}, "reason": {"A test."}}).Want(http.StatusNotFound)
	}
	if n := rowsOf(t, o.Site, `select count(*) from flag_targets`) + rowsOf(t, o.Site, `select count(*) from account_events where action = 'staff.flag_changed'`); n != 0 {
		t.Errorf("%d things were kept of what was refused", n)
	}
	page.Submit(archiveFlag, "rule", "default", "why", "As it is.").Want(200)
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action = 'staff.flag_changed'`); n != 0 {
		t.Error("a change that changes nothing is noted")
	}
}

// What is left of a flag that the code no longer asks for is shown, does nothing, and can be deleted.
func TestUnknownFlagsAreDeleted(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	o.exec(t, `insert into flags (key, rule) values ('old_board', 'on')`)
	o.exec(t, `insert into flag_targets (id, flag, tenant_id, is_on) values ($1, 'old_board', $2, true)`, uuid.New(), o.acme.TenantID)
	o.staff.Get("/admin/flags").Want(200).Says("old_board Unknown to the code")
	page := o.staff.Get("/admin/flags/old_board").Want(200).Says("The code no longer asks for this flag", "Acme").Silent(`name="rule"`)
	press(page, "/admin/flags/old_board/delete").Want(200).At("/admin/flags").Says("What was set of the flag is deleted.").Silent("old_board")
	o.staff.Get("/admin/flags/old_board").Want(http.StatusNotFound)
	if n := rowsOf(t, o.Site, `select count(*) from flag_targets`); n != 0 {
		t.Error("who it was set for is left")
	}
	o.staff.Post("/admin/flags/old_board/delete", why()).Want(200) // pressed twice
	o.staff.Post(signUpFlag+"/delete", why()).Want(http.StatusConflict).Says("The code asks for this flag.")
	if n := rowsOf(t, o.Site, `select count(*) from account_events where action = 'staff.flag_changed'`); n != 1 {
		t.Errorf("%d acts are noted, not 1", n)
	}
}

func TestExceptionsOfAFlagArePaged(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	o.exec(t, `insert into flags (key, rule) values ('archive_import', 'off')`)
	for i := range 25 {
		id := uuid.Must(uuid.NewV7())
		o.exec(t, `insert into tenants (id, slug, name, created_by) values ($1, $2, $3, $4)`, id, fmt.Sprintf("org-%02d", i), fmt.Sprintf("Org %02d", i), o.sam.ID)
		o.exec(t, `insert into flag_targets (id, flag, tenant_id, is_on) values ($1, 'archive_import', $1, true)`, id)
	}
	first := o.staff.Get(archiveFlag).Want(200).Says("Org 24", "Org 05", "25 exceptions").Silent("Org 04")
	for _, link := range first.Links() {
		if strings.Contains(link, "after=") {
			o.staff.Get(link).Want(200).Says("Org 04", "Org 00", "First page").Silent("Org 05")
			return
		}
	}
	t.Error("no link to the next page")
}

// Every process holds whom a flag is set for, so there is an end to it; those who have it already can be changed.
func TestAFlagIsNotSetForAnyNumber(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	o.exec(t, `insert into flags (key, rule) values ('archive_import', 'default')`)
	o.exec(t, `insert into flag_targets (id, flag, tenant_id, is_on)
		select gen_random_uuid(), 'archive_import', case when n = 1 then $1 else gen_random_uuid() end, true from generate_series(1, $2) n`, o.acme.TenantID, flags.MaxTargets)
	page := o.staff.Get(archiveFlag).Want(200).Says("1,000 exceptions")
	page.Submit(archiveFlag+"/targets", "kind", "user", "who", dana, "state", "on", "reason", "A test.").Want(http.StatusUnprocessableEntity).Says("set for 1000 organizations and people, which is the most")
	page.Submit(archiveFlag+"/targets", "kind", "organization", "who", "acme", "state", "off", "reason", "A test.").Want(200).Says("Acme: off", "1,000 exceptions")
}
