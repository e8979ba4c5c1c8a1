package account

import (
	"testing"

	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// Staff switch and announce, and people see what that does, at a desk, on a phone in the dark and without JavaScript.
func TestSwitchesAndAnnouncements(t *testing.T) {
	t.Parallel()
	s := newLive(t)
	const sam = "sam@plinth.example"
	s.Staff(t, "Sam Reyes", sam)
	s.Org(t, s.Account(t, "Dana Whitfield", dana), "acme", "Acme")
	for _, o := range sizes() {
		o.Base = s.base
		w := &walk{Page: chrome.New(t, o), t: t}
		w.Open("/signin?next=/admin/flags")
		w.Fill("E-mail", sam)
		w.Fill("Password", webtest.Password)
		w.Press("main form button.btn-primary")
		w.At("/signin/second")
		w.Type("input[name=code]", s.Code(t, sam))
		w.Press("main form button.btn-primary")
		w.At("/admin/flags")
		w.See("signups", "On, as in the code", "archive_import")
		w.script(o, "flags")

		w.Open("/admin/flags/archive_import")
		w.Type("input[name=who]", "acme")
		w.Type("input[name=reason]", "They asked for it.")
		w.Press("form[action$='/targets'] button.btn")
		w.See("Acme: on", "They asked for it.")
		w.script(o, "flag")
		w.Press("form[action$='/targets/remove'] button")
		w.See("Nothing is done without a reason")
		w.Type("textarea[name=why]", "They are done.")
		w.Press("main form button.btn-primary")
		w.See("Acme: as all have it")

		w.Open("/admin/announcements/new")
		w.Type("textarea[name=text]", "Plinth is slow on Sunday from 6 to 7: we move the database to a larger machine, and nothing is lost.")
		w.Type("input[name=link_text]", "What that means")
		w.Type("input[name=link_url]", "/pricing")
		w.Press("button[name=preview]")
		w.See("How it looks", "Notice:")
		w.script(o, "announcement-preview")
		w.Type("#why", "The larger machine.")
		w.Leave(func() { w.Press("main form button.btn-primary") }) // the page before has its address and says much the same
		w.At("/admin/announcements")
		w.See("Plinth is slow on Sunday")
		w.script(o, "announcements")

		reader := s.tab(t, dana, "/orgs/acme", o)
		reader.At("/orgs/acme")
		reader.See("Plinth is slow on Sunday", "What that means")
		reader.script(o, "announced")
		reader.Press("form[action$='/dismiss'] button")
		reader.At("/orgs/acme")
		reader.Gone("Plinth is slow on Sunday")

		w.Open("/admin/announcements")
		w.Click("Plinth is slow on Sunday from 6 to 7: we move the database to a larger machine, and nothing is lost.")
		w.See("End it now")
		w.script(o, "announcement")
		w.Press("form[action$='/end'] button")
		w.Type("textarea[name=why]", "It is done.")
		w.Press("main form button.btn-primary")
		w.See("The announcement has ended.")
	}
}
