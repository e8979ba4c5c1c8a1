package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"plinth/internal/auth"
	"plinth/internal/scope"
	"plinth/views"
	"plinth/views/ui"
	"plinth/views/ui/uitest"
)

func TestPagesOfProviders(t *testing.T) {
	t.Parallel()
	used := time.Now()
	security := auth.Security{
		Identities: []auth.Identity{
			{ID: uuid.New(), Provider: "acme", Label: "Acme", Email: "dana@acme.example", Created: used, Used: &used, Works: true},
			{ID: uuid.New(), Provider: "old", Label: "old", Created: used},
		},
		Providers: []auth.Offer{{Name: "acme", Label: "Acme"}, {Name: "github", Label: "GitHub"}},
	}
	ctx := views.WithOffers(ui.WithNav(t.Context(), ui.Nav{Person: ui.Person{ID: "1", Name: "Dana", Email: "dana@acme.example"}}), security.Providers)
	for name, page := range map[string]templ.Component{
		"sign-in":           views.Signin(ui.Form{}, "/orgs/acme", "kept"),
		"sign-up":           views.Signup(ui.Form{}),
		"arrived":           views.Arrived(ui.Form{}, "dana@acme.example", "Acme"),
		"arrived, wrong":    views.Arrived(wrong(), "dana@acme.example", "Acme"),
		"arrived, known":    views.ArrivedKnown("dana@acme.example", "Acme"),
		"link":              views.LinkIdentity("dana@acme.example", "Acme", "/orgs"),
		"link, no address":  views.LinkIdentity("", "Acme", "/orgs"),
		"link elsewhere":    views.LinkElsewhere("nina@acme.example", "Acme"),
		"problem":           views.ProviderProblem("Acme does not answer.", "Back to sign-in", "/signin"),
		"security":          views.Security(scope.Person{Name: "Dana"}, security, ui.Form{}),
		"security, nothing": views.Security(scope.Person{Name: "Dana"}, auth.Security{}, ui.Form{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := uitest.Check(t, ctx, page)
			if n := strings.Count(got, "<h1"); n != 1 {
				t.Errorf("there are %d titles on the page", n)
			}
			if offered := strings.Contains(got, `action="/signin/oidc/github"`); offered != strings.HasPrefix(name, "sign-") {
				t.Errorf("the providers are offered: %t", offered)
			}
		})
	}
}
