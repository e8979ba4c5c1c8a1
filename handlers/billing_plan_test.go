package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"plinth/test/webtest"
)

// Whoever came for a plan is led through account and organization to where it is tried.
func TestAPlanIsKeptThroughTheSignUp(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	b := s.Browser(t)
	b.Get("/signup?plan=team").Submit("/signup", "name", "Nina Novak", "email", "nina@example.com", "password", webtest.Password, "terms", "on").At("/check-mail")
	found := b.Get(s.Link(t, "nina@example.com")).Submit("/verify").At("/orgs/new").Want(200)
	found.Submit("/orgs", "name", " ").Want(422).Submit("/orgs", "name", "Novak Works").At("/orgs/novak-works/billing").Want(200).Says("Try Team", "14 days free")

	// A plan that is not sold leads nowhere.
	for _, plan := range []string{"free", "gold", "/evil"} {
		p := b.Get("/orgs/new?" + url.Values{"plan": {plan}}.Encode()).Want(200)
		if got := p.Form("/orgs").Get("plan"); got != "" {
			t.Errorf("the plan %q is kept", got)
		}
	}
	b.Get("/orgs/new").Submit("/orgs", "name", "Second", "plan", "gold").At("/orgs/second").Want(200)
	if next := s.Browser(t).Get("/signup?plan=team&next=/account").Form("/signup").Get("next"); next != "/account" {
		t.Errorf("the sign-up leads to %q", next)
	}
	if next := s.Browser(t).Get("/signup?plan=" + strings.Repeat("x", 5000)).Want(200).Form("/signup").Get("next"); next != "" {
		t.Errorf("%d characters are kept", len(next))
	}
}
