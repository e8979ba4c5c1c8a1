package handlers_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"plinth/internal/config"
	"plinth/test/browser/chrome"
	"plinth/test/webtest"
)

// Every page of the back-office in a browser, as staff: in the dark on a desk, where contrast is another matter, and on a
// phone, which nothing may be wider than. The console tells of every breach of the policy.
func TestBackOfficeInABrowser(t *testing.T) {
	t.Parallel()
	o, url := servedOffice(t)
	var pages []string
	for request, r := range o.paths(t) {
		if path, ok := strings.CutPrefix(request, http.MethodGet+" "); ok && !strings.HasSuffix(r.Path, "/{file}") && !strings.HasSuffix(r.Path, "/export") {
			pages = append(pages, path)
		}
	}
	slices.Sort(pages)
	for name, window := range map[string]chrome.Options{"desk": {Dark: true, Width: 1440, Height: 900}, "phone": {Width: 390, Height: 844}} {
		window.Base = url
		p := o.desk(t, window)
		for _, path := range pages {
			if status := p.Open(path); status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
				continue
			}
			p.Fits()
			if window.Dark {
				p.Axe()
			}
			p.Shot("office-" + name + strings.ReplaceAll(strings.NewReplacer(o.acme.TenantID.String(), "id", o.acme.Person.ID.String(), "id").Replace(path), "/", "-"))
		}
	}
}

// servedOffice is an office that browsers reach.
func servedOffice(t *testing.T) (o office, url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url = "http://" + listener.Addr().String()
	o = officeOn(t, webtest.New(t, func(c *config.Config) { c.URL = url }))
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: o.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	o.GoLive(t)
	return o, url
}

// desk opens a browser for the member of staff.
func (o office) desk(t *testing.T, window chrome.Options) *chrome.Page {
	t.Helper()
	p := chrome.New(t, window)
	p.Open("/signin")
	p.Fill("E-mail", sam)
	p.Fill("Password", webtest.Password)
	p.Press("main form button.btn-primary")
	p.At("/signin/second")
	o.exec(t, `update totp_factors set last_step = 0`) // another window used this half minute's code
	p.Fill("Code", o.Code(t, sam))
	p.Press("main form button.btn-primary")
	p.At("/admin")
	return p
}

// From the page of an account into the product as that person, and back.
func TestLookingAsSomebodyInABrowser(t *testing.T) {
	t.Parallel()
	o, url := servedOffice(t)
	user := "/admin/users/" + o.acme.Person.ID.String()
	for name, window := range map[string]chrome.Options{"desk": {Width: 1440, Height: 900}, "phone": {Dark: true, Width: 390, Height: 844}} {
		window.Base, window.Allow = url, []string{"422"} // the page that asks why
		p := o.desk(t, window)
		p.Open(user)
		p.Click("Look as this person")
		p.See("Nothing is done without a reason")
		p.Fill("Reason", "They cannot find a ticket.")
		p.Shot("look-why-" + name)
		p.Press("main form button.btn-primary")
		p.See("Look as Dana", "They cannot find a ticket.")
		p.Shot("look-begin-" + name)
		p.Click("Begin")
		p.See("you look as Dana", "and change nothing")
		p.Open("/orgs/acme")
		p.See("you look as Dana")
		p.Fits()
		p.Axe()
		p.Shot("look-" + name)
		p.Click("Allow changes")
		p.Fill("Reason", "They asked us to.")
		p.Press("main form button.btn-primary")
		p.See("What you change is noted with both names")
		p.Click("Stop looking")
		p.At(user)
		p.Gone("you look as")
	}
}
