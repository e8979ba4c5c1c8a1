package handlers

import (
	"context"
	"net/http"
	"strings"

	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/views/ui"
)

// UpdateLabels gives a ticket exactly the labels that are ticked: fields label, and new for one that is made.
func (h *Tickets) UpdateLabels(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[projects.LabelsForm](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.SetTicketLabels(r.Context(), s, key, number, f); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		var names []string
		for _, l := range page.Labels {
			if l.Chosen {
				names = append(names, l.Name)
			}
		}
		if len(names) == 0 {
			return ui.T(ctx, "%s has no label", page.Ticket.Key())
		}
		return ui.T(ctx, "Labels of %s: %s", page.Ticket.Key(), strings.Join(names, ", "))
	})
}

// UpdateDue says by when a ticket is due: field due, a day, empty for none.
func (h *Tickets) UpdateDue(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Due string `form:"due"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.SetTicketDue(r.Context(), s, key, number, f.Due); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		if page.Ticket.DueOn == nil {
			return ui.T(ctx, "%s has no due date", page.Ticket.Key())
		}
		return ui.T(ctx, "%s is due %s", page.Ticket.Key(), ui.Day(ctx, *page.Ticket.DueOn))
	})
}

// UpdateEstimate says how much work a ticket is: field estimate, in points, empty for none.
func (h *Tickets) UpdateEstimate(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Estimate string `form:"estimate"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.SetTicketEstimate(r.Context(), s, key, number, f.Estimate); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		if page.Ticket.Estimate == nil {
			return ui.T(ctx, "%s is not estimated", page.Ticket.Key())
		}
		return ui.T(ctx, "%s is estimated", page.Ticket.Key())
	})
}

// CreateLink ties two tickets together: fields ticket, and kind: blocks, blocked_by, or parent.
func (h *Tickets) CreateLink(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, f, err := h.link(r)
	if err != nil {
		return err
	}
	if f.Kind == "parent" && strings.TrimSpace(f.Ticket) != "" {
		err = h.Projects.SetTicketParent(r.Context(), s, key, number, f.Ticket)
	} else {
		err = h.Projects.LinkTicket(r.Context(), s, key, number, f)
	}
	if err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		return ui.T(ctx, "%s is tied to %s", page.Ticket.Key(), strings.ToUpper(strings.TrimSpace(f.Ticket)))
	})
}

// DeleteLink takes a tie away: the fields are those of CreateLink.
func (h *Tickets) DeleteLink(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, f, err := h.link(r)
	if err != nil {
		return err
	}
	if f.Kind == "parent" {
		err = h.Projects.SetTicketParent(r.Context(), s, key, number, "")
	} else {
		err = h.Projects.UnlinkTicket(r.Context(), s, key, number, f)
	}
	if err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		return ui.T(ctx, "%s is no longer tied to %s", page.Ticket.Key(), f.Ticket)
	})
}

func (h *Tickets) link(r *http.Request) (key string, number int, f projects.LinkForm, err error) {
	if key, number, err = pathTicket(r); err != nil {
		return "", 0, f, err
	}
	f, err = Decode[projects.LinkForm](h.Base, r)
	return key, number, f, err
}

// UpdateWatch lets the person hear of a ticket, or not: field watching.
func (h *Tickets) UpdateWatch(w http.ResponseWriter, r *http.Request, s scope.Scope) error {
	key, number, err := pathTicket(r)
	if err != nil {
		return err
	}
	f, err := Decode[struct {
		Watching bool `form:"watching"`
	}](h.Base, r)
	if err != nil {
		return err
	}
	if err := h.Projects.WatchTicket(r.Context(), s, key, number, f.Watching); err != nil {
		return err
	}
	return h.changed(w, r, s, func(ctx context.Context, page projects.TicketPage) string {
		if page.Watching.Mine {
			return ui.T(ctx, "You hear of %s", page.Ticket.Key())
		}
		return ui.T(ctx, "You no longer hear of %s", page.Ticket.Key())
	})
}
