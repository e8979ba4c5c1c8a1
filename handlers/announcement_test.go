package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/scope"
	"plinth/test/webtest"
	"plinth/views/ui/uitest"
)

const (
	announcements = "/admin/announcements"
	announceNew   = announcements + "/new"
)

// announce writes an announcement, with what pairs say instead of a notice to everybody.
func (o office) announce(pairs ...string) *webtest.Page {
	form := append([]string{"text", "We move house.", "why", "A test."}, pairs...)
	return o.staff.Get(announceNew).Submit(announcements, form...).Want(200).At(announcements).Says("The announcement is kept.")
}

// Each is shown to those it is for, on every page of theirs, and to nobody else.
func TestAnnouncementsReachThoseTheyAreFor(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	o.Join(t, o.acme, o.Account(t, "Lee", "lee@example.com"), scope.Member)
	rich := o.Org(t, o.Account(t, "Kim", "kim@example.com"), "rich", "Rich")
	o.Give(t, rich, "team")
	owner, member, other, visitor := o.SignIn(t, dana), o.SignIn(t, "lee@example.com"), o.SignIn(t, "kim@example.com"), o.Browser(t)
	o.announce("text", "For everybody.", "link_text", "See how", "link_url", "/pricing")
	o.announce("text", "For those who manage.", "audience", "managers", "level", "warning")
	o.announce("text", "For one plan.", "audience", "plan", "plan", "team")
	o.announce("text", "For one organization.", "audience", "organization", "organization", " Acme")
	want := func(b *webtest.Browser, path string, texts ...string) {
		t.Helper()
		page := b.Get(path).Want(200)
		for _, text := range []string{"For everybody.", "For those who manage.", "For one plan.", "For one organization."} {
			if is := strings.Contains(page.Body, text); is != strings.Contains(strings.Join(texts, " "), text) {
				t.Errorf("%s: %q is there: %v", path, text, is)
			}
		}
		if path != "/account" {
			for _, problem := range uitest.Problems(page.Body) {
				t.Errorf("%s: %s", path, problem)
			}
		}
	}
	for _, path := range []string{"/", "/signin", "/signup"} {
		want(visitor, path, "For everybody.")
	}
	want(owner, "/orgs/acme", "For those who manage.", "For one organization.") // two at most, a warning first
	want(owner, "/account", "For everybody.", "For those who manage.")
	want(member, "/orgs/acme", "For everybody.", "For one organization.")
	want(member, "/account", "For everybody.")
	want(other, "/orgs/rich", "For those who manage.", "For one plan.")
	o.staff.Get("/admin").Want(200).Silent("For everybody.") // the back-office has its own page of them
	line := member.Get("/account").Want(200).Says("Notice: For everybody. See how")
	if !strings.Contains(line.Body, `role="status"`) || !strings.Contains(line.Body, `href="/pricing"`) {
		t.Error("the line is no status, or its link leads nowhere")
	}
	owner.Get("/account").Want(200).Says("Warning: For those who manage.")
	owner.Get("/orgs/acme/projects/NONE").Want(http.StatusNotFound).Says("For one organization.") // errors have the frame too
}

// Beside the line about the bill, and below it.
func TestAnAnnouncementStandsBesideTheBill(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	owner := o.SignIn(t, dana)
	o.exec(t, `update tenants set suspended_at = now(), suspended_reason = 'A test.' where id = $1`, o.acme.TenantID)
	o.announce("text", "We move house.")
	page := owner.Get("/orgs/acme").Want(200).Says("This organization is suspended.", "We move house.")
	if strings.Index(page.Body, "We move house.") < strings.Index(page.Body, "This organization is suspended.") {
		t.Error("the announcement stands first")
	}
}

// Who dismisses it sees it in this browser no more, also after signing in again; others in the same browser do.
func TestDismissedAnnouncementsStayAway(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	o.Account(t, "Lee", "lee@example.com")
	o.announce("text", "We move house.")
	o.announce("text", "Read this.", "dismissible", "", "level", "warning")
	id := o.one(t, `select id::text from announcements where text = 'We move house.'`)
	dismiss := "/announcements/" + id + "/dismiss"
	b := o.SignIn(t, dana)
	page := b.Get("/account").Want(200).Says("We move house.", "Read this.", "Dismiss")
	if got := len(page.Actions()); strings.Count(strings.Join(page.Actions(), " "), "/dismiss") != 1 {
		t.Errorf("of %d forms those that dismiss are %v", got, page.Actions())
	}
	header := http.Header{"Referer": {"http://" + webtest.Host + "/orgs/acme"}}
	back := b.Request(http.MethodPost, dismiss, nil, header)
	if to := back.Header.Get("Location"); back.Status != http.StatusSeeOther || to != "/orgs/acme" {
		t.Errorf("dismissing answers %d and leads to %q", back.Status, to)
	}
	b.Get("/account").Want(200).Says("Read this.").Silent("We move house.")
	b.Post("/signout", nil).Want(200).Says("We move house.")
	signIn := func(email string) *webtest.Page {
		return b.Get("/signin?next=/account").Submit("/signin", "email", email, "password", webtest.Password).Want(200).At("/account")
	}
	signIn(dana).Silent("We move house.")
	b.Post("/signout", nil)
	signIn("lee@example.com").Says("We move house.")
	o.SignIn(t, dana).Get("/account").Want(200).Says("We move house.") // another browser
	o.SignIn(t, dana).HX(http.MethodPost, dismiss, nil)
	b.Post("/announcements/x/dismiss", nil).Want(http.StatusNotFound)
	for range 40 { // the cookie does not grow
		b.Post("/announcements/"+uuid.NewString()+"/dismiss", nil)
	}
	for name, value := range b.Cookies() {
		if strings.HasSuffix(name, "plinth-dismissed") && len(value) > 300 {
			t.Errorf("%d bytes of what was dismissed", len(value))
		}
	}
	b.SetCookie("__Host-plinth-dismissed", strings.Repeat("x", 3000))
	b.Get("/account").Want(200).Says("We move house.")
}

// An announcement is planned, shown, changed and ended, each by somebody with a reason.
func TestTheLifeOfAnAnnouncement(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	visitor := o.Browser(t)
	o.staff.Get("/admin/announcements").Want(200).Says("No announcement is here.")
	from, until := time.Now().UTC().Add(time.Hour), time.Now().UTC().Add(3*time.Hour)
	typed := func(at time.Time) string { return at.Format("2006-01-02T15:04") }

	// Looked at first: nothing is kept, and it needs no reason yet.
	form := []string{"text", "We move house.", "starts", typed(from), "ends", typed(until), "level", "warning"}
	look := o.staff.Get(announceNew).Submit(announcements, append(form, "preview", "1")...).Want(200).Says("How it looks Warning: We move house.")
	if n := rowsOf(t, o.Site, `select count(*) from announcements`); n != 0 {
		t.Error("what was looked at is kept")
	}
	sent := look.Form(announcements)
	sent.Set("why", "The move.")
	o.staff.Post(announcements, sent).Want(200).At(announcements)
	o.staff.Post("/admin/announcements", sent).Want(200).At(announcements) // sent twice
	o.staff.Get("/admin/announcements").Want(200).Says("No announcement is here.")
	o.staff.Get(announcements+"?show=planned").Want(200).Says("We move house.", "Planned", "Warning", "Everybody")
	visitor.Get("/").Want(200).Silent("We move house.")
	o.App.Flags.Now = func() time.Time { return from.Add(time.Minute) }
	visitor.Get("/").Want(200).Says("We move house.")
	o.App.Flags.Now = func() time.Time { return until }
	visitor.Get("/").Want(200).Silent("We move house.")
	o.App.Flags.Now = time.Now

	at := announcements + "/" + o.one(t, `select id::text from announcements`)
	page := o.staff.Get(at).Want(200).Says("How it looks Warning: We move house.", "Sam Reyes", "Planned")
	if got := page.Form(at); got.Get("starts") != typed(from) || got.Get("level") != "warning" || got.Get("dismissible") != "on" {
		t.Errorf("the form says %v", got)
	}
	page.Submit(at, "text", "We moved.", "preview", "1").Want(200).Says("How it looks Warning: We moved.")
	page.Submit(at, "text", "We moved.", "starts", typed(time.Now().UTC().Add(-time.Hour)), "ends", "", "why", "Done.").Want(200).At(at).Says("We moved.", "Shown now")
	visitor.Get("/").Want(200).Says("We moved.")
	press(o.staff.Get(at), at+"/end").Want(200).At(at).Says("The announcement has ended.", "Past").Silent(`action="` + at + `"`)
	visitor.Get("/").Want(200).Silent("We moved.")
	o.staff.Post(at+"/end", why()).Want(200) // pressed twice
	o.staff.Get(announcements+"?show=past").Want(200).Says("We moved.", "Past")
	late := page.Form(at)
	late.Set("why", "Too late.")
	o.staff.Post(at, late).Want(http.StatusConflict).Says("has ended. Write a new one.")
	if got := o.one(t, `select string_agg(replace(action, 'staff.', '') || ' ' || (changes -> 'why' ->> 1), ', ' order by id) from account_events where action like 'staff.announce%'`); got !=
		"announced The move., announcement_changed Done., announcement_ended A test." {
		t.Errorf("noted %s", got)
	}
	o.announce("text", "Never.", "starts", typed(time.Now().UTC().Add(time.Hour)))
	never := announcements + "/" + o.one(t, `select id::text from announcements where text = 'Never.'`)
	press(o.staff.Get(never), never+"/end").Want(200).Says("Past")
	for _, nothing := range []string{uuid.NewString(), "x"} {
		o.staff.Get(announcements + "/" + nothing).Want(404)
		o.staff.Post(announcements+"/"+nothing, late).Want(404)
		o.staff.Post(announcements+"/"+nothing+"/end", why()).Want(404)
	}
}

func TestAnnouncementsRefuseWhatTheyCannotTake(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	page := o.staff.Get(announceNew)
	for _, bad := range []struct{ field, value, says string }{
		{"text", " \n", "Say what is announced."}, {"text", strings.Repeat("ä", 281), "at most 280"}, {"link_url", "/pricing", "Say what the link leads to."},
		{"link_text", "See", "Begin with /"}, {"link_text", strings.Repeat("x", 41), "at most 40"}, {"level", "loud", "Choose one of them."}, {"audience", "me", "Choose one of them."},
		{"audience", "plan", "Choose a plan from the list."}, {"audience", "organization", "No organization has this address."},
		{"starts", "soon", "Write the time as"}, {"ends", "9999-01-01T00:00", "within two years"}, {"ends", "2020-01-01T00:00", "end before it begins"}, {"why", "", "Say why."},
	} {
		again := page.Submit(announcements, "text", "Hello", "why", "A test.", bad.field, bad.value).Want(http.StatusUnprocessableEntity).Says(bad.says).Form(announcements)
		if got := again.Get(bad.field); got != bad.value && bad.field != "level" && bad.field != "audience" {
			t.Errorf("%s: %q is kept as %q", bad.field, bad.value, got)
		}
		if bad.field != "why" {
			page.Submit(announcements, "text", "Hello", "preview", "1", "why", "", bad.field, bad.value).Want(http.StatusUnprocessableEntity).Says(bad.says)
		}
	}
	past := time.Now().UTC().Add(-time.Hour)
	page.Submit(announcements, "text", "Hello", "why", "A test.", "starts", past.Add(-time.Hour).Format("2006-01-02T15:04"), "ends", past.Format("2006-01-02T15:04")).
		Want(http.StatusUnprocessableEntity).Says("This time has passed.")
	for _, link := range []string{"http://example.com", "javascript:alert(1)", "//example.com", `/\example.com`, "https://", "https://a@example.com", "mailto:a@example.com", "pricing", "/" + strings.Repeat("x", 500)} {
		page.Submit(announcements, "text", "Hello", "why", "A test.", "link_text", "Go", "link_url", link).Want(http.StatusUnprocessableEntity)
	}
	o.staff.Post(announcements, url.Values{"text": {"Hello"}, "why": {"A test."}}).Want(http.StatusUnprocessableEntity).Says("The form is not whole.")
	if n := rowsOf(t, o.Site, `select count(*) from announcements`); n != 0 {
		t.Errorf("%d are kept of what was refused", n)
	}
	o.announce("text", hostile, "link_text", hostile, "link_url", "https://example.com/?a=%22")
	o.Browser(t).Get("/").Want(200).Says(hostile).Silent(hostile)
}

func TestAnnouncementsArePaged(t *testing.T) {
	t.Parallel()
	o := newSwitches(t)
	for i := range 55 {
		o.exec(t, `insert into announcements (id, text, level, audience, dismissible, starts_at, created_by) values ($1, $2, 'info', 'everybody', true, now() - make_interval(mins => $3), $4)`,
			uuid.New(), fmt.Sprintf("Number %02d.", i), i, o.sam.ID)
	}
	first := o.staff.Get(announcements).Want(200).Says("Number 00.", "Number 49.").Silent("Number 50.")
	for _, link := range first.Links() {
		if strings.Contains(link, "after=") {
			o.staff.Get(link).Want(200).Says("Number 50.", "Number 54.").Silent("Number 49.")
			return
		}
	}
	t.Error("no link to the next page")
}
