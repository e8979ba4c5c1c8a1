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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	o := officeOn(t, webtest.New(t, func(c *config.Config) { c.URL = url }))
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: o.Handler}}
	server.Start()
	t.Cleanup(server.Close)
	var pages []string
	for request, r := range o.paths(t) {
		if path, ok := strings.CutPrefix(request, http.MethodGet+" "); ok && !strings.HasSuffix(r.Path, "/{file}") && !strings.HasSuffix(r.Path, "/export") {
			pages = append(pages, path)
		}
	}
	slices.Sort(pages)
	for name, window := range map[string]chrome.Options{"desk": {Dark: true, Width: 1440, Height: 900}, "phone": {Width: 390, Height: 844}} {
		window.Base = url
		p := chrome.New(t, window)
		p.Open("/signin")
		p.Fill("E-mail", sam)
		p.Fill("Password", webtest.Password)
		p.Press("main form button.btn-primary")
		p.At("/signin/second")
		o.exec(t, `update totp_factors set last_step = 0`) // the other window used this half minute's code
		p.Fill("Code", o.Code(t, sam))
		p.Press("main form button.btn-primary")
		p.At("/orgs/new")
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
