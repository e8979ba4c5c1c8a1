package web

import (
	"net/http"

	"plinth/internal/scope"
)

// webhookRoutes are asked by those who manage an organization. What verifies a post is shown after a fresh proof alone.
func webhookRoutes(h Handlers) []Route {
	proven := func(g Guard) Guard { return recent(h.Auth.AskToProve, g) }
	may := func(handler func(http.ResponseWriter, *http.Request, scope.Scope) error) Guard {
		return neverAs(member(scope.ManageOrganization, handler)) // it holds keys, and sends what happens elsewhere
	}
	return []Route{
		get("/docs/events", public(h.Pages.Events)),
		get("/orgs/{org}/settings/webhooks", may(h.Endpoints.List)),
		get("/orgs/{org}/settings/webhooks/new", may(h.Endpoints.New)),
		post("/orgs/{org}/settings/webhooks", may(h.Endpoints.Create)),
		get("/orgs/{org}/settings/webhooks/{webhook}", may(h.Endpoints.Show)),
		get("/orgs/{org}/settings/webhooks/{webhook}/edit", may(h.Endpoints.Edit)),
		post("/orgs/{org}/settings/webhooks/{webhook}", may(h.Endpoints.Update)),
		get("/orgs/{org}/settings/webhooks/{webhook}/secret", proven(may(h.Endpoints.ShowSecret))),
		post("/orgs/{org}/settings/webhooks/{webhook}/secret", proven(may(h.Endpoints.RotateSecret))),
		post("/orgs/{org}/settings/webhooks/{webhook}/pause", may(h.Endpoints.Pause)),
		post("/orgs/{org}/settings/webhooks/{webhook}/resume", may(h.Endpoints.Resume)),
		post("/orgs/{org}/settings/webhooks/{webhook}/test", may(h.Endpoints.Test)),
		get("/orgs/{org}/settings/webhooks/{webhook}/delete", may(h.Endpoints.ShowDelete)),
		post("/orgs/{org}/settings/webhooks/{webhook}/delete", may(h.Endpoints.Delete)),
		post("/orgs/{org}/settings/webhooks/{webhook}/replay", may(h.Endpoints.Replay)),
		get("/orgs/{org}/settings/webhooks/{webhook}/deliveries/{event}", may(h.Endpoints.ShowDelivery)),
		post("/orgs/{org}/settings/webhooks/{webhook}/deliveries/{event}/replay", may(h.Endpoints.Redeliver)),
	}
}
