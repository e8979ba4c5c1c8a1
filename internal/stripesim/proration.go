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
	paid, now := sub.Internal.Paid, s.reductionOf(s.discountAt(sub, at), s.amountOf(items))
	for _, old := range sub.Items {
		i := slices.IndexFunc(items, func(item SubscriptionItem) bool { return item.ID == old.ID })
		if i >= 0 && items[i].Price == old.Price && items[i].Quantity == old.Quantity {
			continue
		}
		lines = s.appendShare(lines, sub, old, at, -1, paid)
		if i >= 0 {
			lines = s.appendShare(lines, sub, items[i], at, 1, now)
		}
	}
	for _, item := range items {
		if item.ID == "" || !slices.ContainsFunc(sub.Items, func(old SubscriptionItem) bool { return old.ID == item.ID }) {
			lines = s.appendShare(lines, sub, item, at, 1, now)
		}
	}
	return lines
}

// appendShare adds the price of an item for the rest of the period, to the second and with its discount taken off.
func (s *Sim) appendShare(lines []InvoiceLine, sub *Subscription, item SubscriptionItem, at, sign int64, less reduction) []InvoiceLine {
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
	after := time.Unix(at, 0).UTC().Format("02 Jan 2006")
	if less.Of > 0 {
		after += " (with " + less.Why + ")"
	}
	return append(lines, InvoiceLine{
		Amount: sign * share(less.of(price.cost(item.Quantity)), min(rest, whole), whole), Currency: price.Currency,
		Description: fmt.Sprintf("%s %s after %s", word, name, after), Internal: lineInternal{Discount: less.ID},
		Period: Period{at, sub.CurrentPeriodEnd}, Price: price.ID, Proration: true, Quantity: item.Quantity,
		Subscription: sub.ID, SubscriptionItem: item.ID, Type: "invoiceitem",
	})
}

// addItems keeps proration lines as invoice items for the next invoice.
func (s *Sim) addItems(sub *Subscription, lines []InvoiceLine) {
	for _, line := range lines {
		item := &InvoiceItem{
			ID: s.newID("ii_", 24), Amount: line.Amount, Currency: line.Currency, Customer: sub.Customer,
			Date: line.Period.Start, Description: line.Description, Period: line.Period, Price: line.Price,
			Proration: true, Quantity: line.Quantity, Subscription: sub.ID, SubscriptionItem: line.SubscriptionItem,
			Internal: line.Internal,
		}
		s.st.InvoiceItems.put(item.ID, item)
		s.emit("invoiceitem.created", s.invoiceItem(item), nil)
	}
}
