package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plinth/internal/auth"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/telemetry"
	"plinth/views"
	"plinth/views/ui"
)

// Invite opens an invitation for each address that was typed, and mails it. Those that are refused stay in the form.
func (h *People) Invite(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	f, err := Decode[auth.InviteForm](h.Base, r)
	if err != nil {
		return err
	}
	results, err := h.Auth.Invite(r.Context(), s, f)
	if err != nil {
		return h.again(w, r, s, err)
	}
	if slices.ContainsFunc(results, func(i auth.InviteResult) bool { return i.Err != nil }) {
		return h.invitedSome(w, r, s, f, results)
	}
	return h.back(w, r, s, invitedText(results))
}

// invitedSome shows what became of each address, with a form of those that were refused.
func (h *People) invitedSome(w http.ResponseWriter, r *http.Request, s scope.Scope, f auth.InviteForm, results []auth.InviteResult) error {
	page, err := h.Tenants.People(r.Context(), s, "", peopleCursor(""))
	if err != nil {
		return err
	}
	var refused []string
	var kinds []fault.Kind
	for _, i := range results {
		if i.Err == nil {
			continue
		}
		refused = append(refused, i.Typed)
		kinds = append(kinds, fault.KindOf(i.Err))
		retryAfter(w, fault.As(i.Err))
		telemetry.TraceFrom(r.Context()).Err = i.Err
	}
	kind := fault.Invalid
	if kinds = slices.Compact(kinds); len(kinds) == 1 {
		kind = kinds[0] // all for the same reason
	}
	form := ui.Form{Values: url.Values{"id": {f.ID.String()}, "email": {strings.Join(refused, "\n")}, "role": {f.Role}}}
	return h.Render(w, r, Status(kind), views.People(s, page, "", form, results))
}

func invitedText(results []auth.InviteResult) string {
	anew := 0
	for _, i := range results {
		if i.Anew {
			anew++
		}
	}
	switch {
	case len(results) == 1 && anew == 1:
		return "The invitation is on its way again, with a new link."
	case len(results) == 1:
		return "The invitation is on its way."
	case anew > 0:
		return fmt.Sprintf("%d invitations are on their way, %d of them again with a new link.", len(results), anew)
	}
	return fmt.Sprintf("%d invitations are on their way.", len(results))
}
