package billing

import (
	"testing"

	"github.com/stripe/stripe-go/v76"
)

// What is shown before somebody confirms a payment adds up to what is due.
func TestThePreviewsLinesAddUp(t *testing.T) {
	t.Parallel()
	line := func(amount int64) *stripe.InvoiceLineItem {
		return &stripe.InvoiceLineItem{Description: "Rest of the month", Amount: amount}
	}
	for name, c := range map[string]struct {
		invoice stripe.Invoice
		kinds   []string
		credit  int64
	}{
		"plain": {stripe.Invoice{Total: 900, AmountDue: 900}, nil, 0},
		"with tax": {stripe.Invoice{Total: 1071, AmountDue: 1071, TotalTaxAmounts: []*stripe.InvoiceTotalTaxAmount{
			{Amount: 100}, {Amount: 71}, {Amount: 144, Inclusive: true},
		}}, []string{LineTax}, 0},
		"owed from before":      {stripe.Invoice{Total: 900, StartingBalance: 250, AmountDue: 1150}, []string{LineOpen}, 0},
		"credit from before":    {stripe.Invoice{Total: 900, StartingBalance: -250, AmountDue: 650}, nil, -250},
		"more credit than due":  {stripe.Invoice{Total: 900, StartingBalance: -1000, AmountDue: 0}, nil, -900},
		"a discount and tax":    {stripe.Invoice{Total: 857, AmountDue: 857, TotalDiscountAmounts: []*stripe.InvoiceTotalDiscountAmount{{Amount: 180}}, TotalTaxAmounts: []*stripe.InvoiceTotalTaxAmount{{Amount: 137}}}, []string{"", LineTax}, 0},
		"more unused than new":  {stripe.Invoice{Total: -300, AmountDue: 0}, []string{LineKept}, 0},
		"the same, with credit": {stripe.Invoice{Total: -300, StartingBalance: -500, AmountDue: 0}, []string{LineKept}, 0},
		"too little to charge":  {stripe.Invoice{Total: 30, AmountDue: 0}, []string{LineLater}, 0},
	} {
		var off, tax int64
		for _, d := range c.invoice.TotalDiscountAmounts {
			off += d.Amount
		}
		for _, a := range c.invoice.TotalTaxAmounts {
			if !a.Inclusive {
				tax += a.Amount
			}
		}
		c.invoice.Lines = &stripe.InvoiceLineItemList{Data: []*stripe.InvoiceLineItem{line(1000), line(c.invoice.Total + off - tax - 1000)}}
		p := Preview{}
		p.price(&c.invoice)
		sum := p.Credit
		var kinds []string
		for i, l := range p.Lines {
			sum += l.Amount
			if i >= 2 {
				kinds = append(kinds, l.Kind)
			}
		}
		if sum != c.invoice.AmountDue || p.Due != c.invoice.AmountDue || p.Credit != c.credit {
			t.Errorf("%s: the lines and a credit of %d are %d together, and %d are due: %+v", name, p.Credit, sum, p.Due, p.Lines)
		}
		if len(kinds) != len(c.kinds) {
			t.Errorf("%s: the lines below are %q, want %q", name, kinds, c.kinds)
			continue
		}
		for i := range kinds {
			if kinds[i] != c.kinds[i] {
				t.Errorf("%s: the lines below are %q, want %q", name, kinds, c.kinds)
			}
		}
	}
}
