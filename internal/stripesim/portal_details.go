package stripesim

import (
	"net/http"
	"slices"
)

type portalDetailsView struct {
	cardFields
	detailsFields
	ID string
}

// mayUpdate is what the Portal's configuration lets people change of their details.
func (s *Sim) mayUpdate(session *PortalSession) detailsAsk {
	config := s.st.PortalConfigs.get(session.Configuration)
	if config == nil || !s.offers(session, "customer_update") {
		return detailsAsk{}
	}
	features, _ := s.portalConfig(config)["features"].(obj)
	settings, _ := features["customer_update"].(obj)
	allowed, _ := settings["allowed_updates"].([]any)
	may := func(what string) bool { return slices.Contains(allowed, any(what)) }
	return detailsAsk{Name: may("name"), Email: may("email"), Address: may("address"), TaxID: may("tax_id")}
}

func (h *hosted) showPortalDetails(w http.ResponseWriter, r *http.Request) {
	h.portalDetails(w, r, func(*Customer, detailsAsk, *portalDetailsView) bool { return false })
}

func (h *hosted) submitPortalDetails(w http.ResponseWriter, r *http.Request) {
	typed := readDetails(r)
	h.portalDetails(w, r, func(cus *Customer, ask detailsAsk, view *portalDetailsView) bool {
		view.Details = typed
		typed.check(ask, view.Errors)
		if len(view.Errors) > 0 {
			return false
		}
		h.sim.store(cus, typed, ask, true)
		h.sim.touched()
		return true
	})
}

// portalDetails shows the form unless act says that it is done.
func (h *hosted) portalDetails(w http.ResponseWriter, r *http.Request, act func(*Customer, detailsAsk, *portalDetailsView) bool) {
	h.sim.lockFor(r.PathValue("id"))
	session := h.sim.st.Portals.get(r.PathValue("id"))
	if session == nil || h.sim.mayUpdate(session) == (detailsAsk{}) {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	cus, ask := h.sim.st.Customers.get(session.Customer), h.sim.mayUpdate(session)
	view := portalDetailsView{ID: session.ID, cardFields: cardFields{Errors: fieldErrors{}}}
	view.detailsFields = detailsFields{Ask: ask, Details: h.sim.detailsOf(cus), Kinds: TaxIDKinds()}
	done := act(cus, ask, &view)
	h.sim.unlock()
	if done {
		http.Redirect(w, r, "/p/session/"+session.ID, http.StatusSeeOther)
		return
	}
	h.show(w, r, formStatus(view.cardFields), "portal_details", "Billing details", view)
}
