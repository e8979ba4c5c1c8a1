package handlers

import (
	"encoding/csv"
	"net/http"
	"strconv"

	"plinth/internal/admin"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/views"
)

// monthsOf is how many months are asked for: twelve or 24.
func monthsOf(asked string) int {
	if asked == "24" {
		return 24
	}
	return 12
}

// Revenue shows what is known of money.
func (h *Admin) Revenue(w http.ResponseWriter, r *http.Request, _ scope.Person) error {
	months := monthsOf(filter(r, "months"))
	page, err := h.Admin.Revenue(r.Context(), months)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, views.AdminRevenue(h.frame(r), months, page))
}

// CheckRevenue begins a comparison with Stripe.
func (h *Admin) CheckRevenue(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[admin.CheckForm](h.Base, r)
	if err != nil {
		return err
	}
	said := "The comparison has begun. Its result is kept here."
	if err := h.Admin.CheckRevenue(r.Context(), actor(r, p), f); fault.Is(err, fault.Conflict) {
		said = "A comparison that somebody else has just begun is under way. Its result is kept here."
	} else if err != nil {
		return err
	}
	h.Flash(w, r, said)
	return h.Redirect(w, r, "/admin/revenue#check")
}

// revenueFile says of how many months a file is wanted.
type revenueFile struct {
	Months string `form:"months"`
}

// ExportRevenue is the table of months as a file. Amounts are in each currency's smallest unit.
func (h *Admin) ExportRevenue(w http.ResponseWriter, r *http.Request, p scope.Person) error {
	f, err := Decode[revenueFile](h.Base, r)
	if err != nil {
		return err
	}
	page, err := h.Admin.ExportRevenue(r.Context(), actor(r, p), monthsOf(f.Months))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="revenue-`+page.At.Format("2006-01-02")+`.csv"`)
	out := csv.NewWriter(w)
	head := []string{"currency", "month", "start", "new", "expansion", "reactivation", "contraction", "churn", "end", "organizations_came", "organizations_went", "organizations_paying"}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, c := range page.Currencies {
		for _, m := range c.Months {
			row := []string{events.InertCell(c.Currency), m.Month.Format("2006-01")}
			for _, n := range []int64{m.Start, m.New, m.Expansion, m.Reactivation, m.Contraction, m.Churn, m.End, m.Came, m.Went, m.Paying} {
				row = append(row, strconv.FormatInt(n, 10))
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
