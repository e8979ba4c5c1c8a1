package stripesim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTestCardButtonFillsTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	page := post(t, cs.URL, url.Values{"email": {"typed@example.com"}, "name": {"Typed Name"}, "fill": {declinedCard}})
	for _, text := range []string{`value="4000 0000 0000 0002"`, "typed@example.com", "Typed Name"} {
		if !strings.Contains(page.body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if page.status != 200 || strings.Contains(page.body, "declined.") || len(w.sim.Subscriptions(0)) != 0 {
		t.Errorf("filling did more than fill: %d", page.status)
	}
}

func TestHostedPagesAreStrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cs := w.checkout()
	page := get(t, cs.URL)
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "form-action 'self' http://app.test") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy is %q", policy)
	}
	for _, bad := range []string{"<script", "style=", "onclick", "<style"} {
		if strings.Contains(page.body, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if css := get(t, w.url+"/assets/sim.css"); css.status != 200 || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style sheet: %d %s", css.status, css.header.Get("Content-Type"))
	}
	r, err := http.NewRequest(http.MethodPost, cs.URL, strings.NewReader(cardForm(paysCard).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := browser().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if foreign := read(t, answer); foreign.status != 403 {
		t.Errorf("a form of another site got %d", foreign.status)
	}
}
