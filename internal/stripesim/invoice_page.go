package stripesim

import (
	"net/http"
	"slices"
)

type invoiceView struct {
	cardFields
	ID, Number, Status, Date, Subtotal, Total, Due string
	Lines, Less                                    []invoiceLineView // Less: discounts and credit
	To                                             []string
	Open, HasPDF                                   bool
}

type invoiceLineView struct{ Description, Amount string }

func (s *Sim) invoiceView(inv *Invoice) invoiceView {
	view := invoiceView{
		ID: inv.ID, Number: inv.Number, Status: inv.Status, Date: date(inv.Created), To: inv.addressee(),
		Total: money(inv.Total, inv.Currency), Due: money(inv.AmountRemaining, inv.Currency),
		Open: inv.Status == "open", HasPDF: inv.Number != "",
	}
	view.Cards = TestCards()
	view.Subtotal = money(inv.Subtotal, inv.Currency)
	if d := s.st.Discounts.get(inv.Discount); d != nil && inv.discounted() > 0 {
		view.Less = append(view.Less, invoiceLineView{s.couponName(d), money(-inv.discounted(), inv.Currency)})
	}
	if credit := inv.AmountDue - inv.Total; credit < 0 {
		view.Less = append(view.Less, invoiceLineView{"Credit", money(credit, inv.Currency)})
	}
	for _, line := range inv.Lines {
		view.Lines = append(view.Lines, invoiceLineView{line.Description, money(line.Amount, line.Currency)})
	}
	return view
}

// addressee is whom the invoice is for, line by line.
func (inv *Invoice) addressee() []string {
	lines := slices.Concat([]string{inv.CustomerName}, inv.CustomerAddress.lines(), taxLines(inv.CustomerTaxIDs), []string{inv.CustomerEmail})
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// couponName is what people read of a discount: Spring (20% off).
func (s *Sim) couponName(d *Discount) string {
	coupon := s.st.Coupons.get(d.Coupon)
	if coupon.Name == "" {
		return coupon.Off()
	}
	return coupon.Name + " (" + coupon.Off() + ")"
}

func (h *hosted) showInvoice(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	inv := h.sim.st.Invoices.get(r.PathValue("id"))
	if inv == nil || inv.Number == "" {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	view := h.sim.invoiceView(inv)
	h.sim.unlock()
	h.show(w, r, http.StatusOK, "invoice", "Invoice "+view.Number, view)
}

func (h *hosted) submitInvoice(w http.ResponseWriter, r *http.Request) {
	form, filled := h.filled(r, readCardForm(r))
	h.settleInvoice(w, r, form, filled, func(inv *Invoice) payResult {
		result := h.sim.payHosted(inv, form, false)
		if result.authenticate {
			inv.Internal.Typed = &form
		}
		return result
	})
}

func (h *hosted) settleInvoice(w http.ResponseWriter, r *http.Request, form CardForm, filled bool, pay func(*Invoice) payResult) {
	h.sim.lockFor(r.PathValue("id"))
	inv := h.sim.st.Invoices.get(r.PathValue("id"))
	if inv == nil || inv.Number == "" {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	var result payResult
	if !filled && inv.Status == "open" {
		result = pay(inv)
	}
	h.sim.touched()
	view := h.sim.invoiceView(inv)
	h.sim.unlock()
	view.Form, view.Errors, view.Problem = form, result.fields, result.problem
	switch {
	case filled || view.failed():
		h.show(w, r, formStatus(view.cardFields), "invoice", "Invoice "+view.Number, view)
	case result.authenticate:
		http.Redirect(w, r, "/i/"+view.ID+"/authenticate", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/i/"+view.ID, http.StatusSeeOther)
	}
}

func (h *hosted) showInvoiceAuth(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	inv := h.sim.st.Invoices.get(r.PathValue("id"))
	waiting := inv != nil && inv.Internal.Typed != nil
	var view authenticateView
	if waiting {
		view = authenticateView{Amount: money(inv.AmountRemaining, inv.Currency), Action: r.URL.Path}
	}
	h.sim.unlock()
	if !waiting {
		http.Redirect(w, r, "/i/"+r.PathValue("id"), http.StatusSeeOther)
		return
	}
	h.show(w, r, http.StatusOK, "authenticate", "3-D Secure", view)
}

func (h *hosted) submitInvoiceAuth(w http.ResponseWriter, r *http.Request) {
	h.settleInvoice(w, r, CardForm{}, false, func(inv *Invoice) payResult {
		if inv.Internal.Typed == nil {
			return payResult{}
		}
		form := *inv.Internal.Typed
		inv.Internal.Typed = nil
		if r.PostFormValue("outcome") != "complete" {
			return payResult{problem: authenticationFailed}
		}
		return h.sim.payHosted(inv, form, true)
	})
}

func (h *hosted) invoicePDF(w http.ResponseWriter, r *http.Request) {
	h.sim.lockFor(r.PathValue("id"))
	inv := h.sim.st.Invoices.get(r.PathValue("id"))
	if inv == nil || inv.Number == "" {
		h.sim.unlock()
		h.notFound(w, r)
		return
	}
	view := h.sim.invoiceView(inv)
	h.sim.unlock()
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", `attachment; filename="Invoice-`+view.Number+`.pdf"`)
	_, _ = w.Write(pdfOf(view)) // a browser that has gone is no one's fault
}
