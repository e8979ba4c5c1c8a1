package views_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/views"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

func plans() []views.PlanCard {
	return []views.PlanCard{
		{Name: "Free", Text: "For a small team.", Currency: "usd", Button: "Start free", URL: "/signup", Features: []string{"3 members"}},
		{Name: "Team", Badge: "14 days free", Pick: true, Monthly: 800, Yearly: 8000, PerSeat: true, Currency: "usd", Button: "Try Team", URL: "/signup", Features: []string{"25 members"}},
	}
}

func sold() []billing.Plan {
	c, err := billing.LoadCatalogue("")
	if err != nil {
		panic(err)
	}
	return c.Plans()
}

func wrong() ui.Form {
	return ui.Form{
		Values: url.Values{"name": {"Dana"}, "email": {"dana.example"}, "password": {"robots"}},
		Errors: map[string]string{"terms": "Please agree to the terms", "password": "12 characters are needed", "email": "That e-mail has no @"},
	}
}

func publicPages() map[string]templ.Component {
	return map[string]templ.Component{
		"landing":           views.Landing(plans()),
		"landing, no plans": views.Landing(nil),
		"pricing":           views.Pricing(views.PricingPage{Plans: sold(), Interval: "month"}),
		"pricing, by year":  views.Pricing(views.PricingPage{Plans: sold(), Interval: "year"}),
		"terms":             views.Terms(),
		"privacy":           views.Privacy(),
		"sign-up":           views.Signup(ui.Form{}),
		"sign-up, wrong":    views.Signup(wrong()),
		"check mail":        views.CheckMail("dana@acme.example", ui.Form{}),
		"check mail, wrong": views.CheckMail("dana@acme.example", ui.Form{Errors: map[string]string{"email": "That e-mail has no @"}}),
		"verify":            views.Verify(ui.Form{}, "tok", auth.SignUpLink{Email: "dana@acme.example", Own: true}),
		"verify elsewhere":  views.Verify(ui.Form{}, "tok", auth.SignUpLink{Email: "dana@acme.example", Name: "Dana"}),
		"sign-in":           views.Signin(ui.Form{}, "/orgs/acme", "What you wrote is kept."),
		"sign-in, wrong":    views.Signin(ui.Form{Summary: "The address or the password is not right."}, "", ""),
		"forgotten":         views.Forgot(ui.Form{}),
		"forgotten, sent":   views.ForgotSent(),
		"reset":             views.Reset(ui.Form{}, "tok"),
		"link problem":      views.LinkProblem("This link is used up", "Each link works once.", "Send a new one", "/forgot"),
		"leaving":           views.Leaving("https://billing.example/pay", "Stripe"),
		"error":             views.Error(views.ErrorPage{Status: 500, RequestID: "01JX"}),
	}
}

func TestPublicPages(t *testing.T) {
	t.Parallel()
	for name, page := range publicPages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Check(t, context.Background(), page)
			if n := strings.Count(got, "<h1"); n != 1 {
				t.Errorf("there are %d titles on the page", n)
			}
			if !regexp.MustCompile(`<title>[^<]+ · Plinth</title>`).MatchString(got) {
				t.Error("the window has no title of its own")
			}
		})
	}
}

func TestSignupKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	got := uitest.Render(t, context.Background(), views.Signup(wrong()))
	for _, want := range []string{`value="Dana"`, `value="dana.example"`, "3 things need another look", `href="#email"`, `aria-invalid="true"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	if strings.Contains(got, "robots") {
		t.Error("the password came back")
	}
	email, password, terms := strings.Index(got, `href="#email"`), strings.Index(got, `href="#password"`), strings.Index(got, `href="#terms"`)
	if email < 0 || email > password || password > terms {
		t.Error("the summary is not in the order of the page")
	}
}

func TestTokensArePostedAndNotFollowed(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]templ.Component{"verify": views.Verify(ui.Form{}, "secret-token", auth.SignUpLink{Email: "a@b.example"}), "reset": views.Reset(ui.Form{}, "secret-token")} {
		got := uitest.Render(t, context.Background(), page)
		if n := strings.Count(got, "secret-token"); n != 1 {
			t.Errorf("%s: the token is on the page %d times", name, n)
		}
		if !strings.Contains(got, `<input type="hidden" name="token" value="secret-token"`) {
			t.Errorf("%s: the token is not in the form", name)
		}
	}
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	inside := ui.WithNav(context.Background(), ui.Nav{Person: ui.Person{ID: "u", Name: "Dana"}, Org: &ui.NavOrg{Slug: "acme", Name: "Acme"}, RequestID: "01JX"})
	seen := map[string]bool{}
	for _, status := range []int{402, 403, 404, 409, 429, 500, 503} {
		in := uitest.Check(t, inside, views.Error(views.ErrorPage{Status: status}))
		out := uitest.Check(t, context.Background(), views.Error(views.ErrorPage{Status: status}))
		if !strings.Contains(in, `class="shell"`) || strings.Contains(out, `class="shell"`) {
			t.Errorf("%d: the frame is the wrong one", status)
		}
		if !strings.Contains(in, `href="/orgs/acme"`) || !strings.Contains(in, "01JX") {
			t.Errorf("%d: the page does not lead back or names no request", status)
		}
		title := regexp.MustCompile(`<h1[^>]*>([^<]+)<`).FindStringSubmatch(out)[1]
		if seen[title] {
			t.Errorf("%d: its title %q is that of another", status, title)
		}
		seen[title] = true
	}
}

func TestErrorPageSaysWhatTheCallerSays(t *testing.T) {
	t.Parallel()
	e := views.ErrorPage{Status: 402, Title: "No room", Text: "Free has 3 members.", ActionText: "Choose a plan", ActionURL: "/orgs/acme/billing"}
	got := uitest.Check(t, context.Background(), views.Error(e))
	for _, want := range []string{"No room", "Free has 3 members.", `href="/orgs/acme/billing"`, "Choose a plan"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestErrorPartIsAMessage(t *testing.T) {
	t.Parallel()
	got := uitest.Check(t, context.Background(), views.ErrorPart(views.ErrorPage{Status: 503, RequestID: "01JX"}))
	if !strings.HasPrefix(got, "<toast-item") || !strings.Contains(got, "Back in a moment.") || !strings.Contains(got, "Request 01JX.") {
		t.Errorf("the part is %s", got)
	}
	if got := uitest.Render(t, context.Background(), views.ErrorPart(views.ErrorPage{Status: 404, RequestID: "01JX"})); strings.Contains(got, "01JX") {
		t.Error("a missing page needs no request id")
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	got := uitest.Render(t, context.Background(), views.Landing(plans()))
	for _, want := range []string{"$0<", "$8<", "$6.67<", "$80 per member, once a year"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}
