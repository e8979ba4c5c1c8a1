package stripesim

import (
	"fmt"
	"slices"
	"time"
)

// prorate compares the items of a subscription with new ones (nil: none left) and returns, for each
// that differs, the credit for the unused time of the old and the charge for the rest of the new one.
func (s *Sim) prorate(sub *Subscription, items []SubscriptionItem, at int64) []InvoiceLine {
	if sub.Status == "trialing" || sub.Status == "incomplete" || sub.Status == "paused" {
		return nil
	}
	var lines []InvoiceLine
	for _, old := range sub.Items {
		i := slices.IndexFunc(items, func(item SubscriptionItem) bool { return item.ID == old.ID })
		if i >= 0 && items[i].Price == old.Price && items[i].Quantity == old.Quantity {
			continue
		}
		lines = s.appendShare(lines, sub, old, at, -1)
		if i >= 0 {
			lines = s.appendShare(lines, sub, items[i], at, 1)
		}
	}
	for _, item := range items {
		if item.ID == "" || !slices.ContainsFunc(sub.Items, func(old SubscriptionItem) bool { return old.ID == item.ID }) {
			lines = s.appendShare(lines, sub, item, at, 1)
		}
	}
	return lines
}

// appendShare adds the price of an item for the rest of the period, to the second.
func (s *Sim) appendShare(lines []InvoiceLine, sub *Subscription, item SubscriptionItem, at, sign int64) []InvoiceLine {
	price := s.st.Prices.get(item.Price)
	if price == nil || price.metered() {
		return lines
	}
	rest, whole := sub.CurrentPeriodEnd-at, sub.CurrentPeriodEnd-sub.CurrentPeriodStart
	if rest <= 0 || whole <= 0 {
		return lines
	}
	word := "Remaining time on"
	if sign < 0 {
		word = "Unused time on"
	}
	name := s.productName(price)
	if item.Quantity != 1 {
		name = fmt.Sprintf("%d × %s", item.Quantity, name)
	}
	return append(lines, InvoiceLine{
		Amount: sign * share(price.UnitAmount*item.Quantity, rest, whole), Currency: price.Currency,
		Description: fmt.Sprintf("%s %s after %s", word, name, time.Unix(at, 0).UTC().Format("02 Jan 2006")),
		Period:      Period{at, sub.CurrentPeriodEnd}, Price: price.ID, Proration: true, Quantity: item.Quantity,
		Subscription: sub.ID, SubscriptionItem: item.ID, Type: "invoiceitem",
	})
}

// share is amount × part ÷ whole, rounded half up.
func share(amount, part, whole int64) int64 {
	return (2*amount*min(part, whole) + whole) / (2 * whole)
}

// addItems keeps proration lines as invoice items for the next invoice.
func (s *Sim) addItems(sub *Subscription, lines []InvoiceLine) {
	for _, line := range lines {
		item := &InvoiceItem{
			ID: s.newID("ii_", 24), Amount: line.Amount, Currency: line.Currency, Customer: sub.Customer,
			Date: line.Period.Start, Description: line.Description, Period: line.Period, Price: line.Price,
			Proration: true, Quantity: line.Quantity, Subscription: sub.ID, SubscriptionItem: line.SubscriptionItem,
		}
		s.st.InvoiceItems.put(item.ID, item)
		s.emit("invoiceitem.created", s.invoiceItem(item), nil)
	}
}
