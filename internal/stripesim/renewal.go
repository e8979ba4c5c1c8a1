package stripesim

import (
	"fmt"
	"time"
)

// periodAfter is the first end of a period after t, counted from the anchor so that the 31st comes back
// after a short month.
func periodAfter(anchor int64, every *Recurring, t int64) int64 {
	if t < anchor {
		return anchor
	}
	begin := time.Unix(anchor, 0).UTC()
	count := int(max(1, every.IntervalCount))
	for n := 1; ; n++ {
		if end := addPeriods(begin, every.Interval, n*count).Unix(); end > t {
			return end
		}
	}
}

func addPeriods(begin time.Time, interval string, n int) time.Time {
	switch interval {
	case "day":
		return begin.AddDate(0, 0, n)
	case "week":
		return begin.AddDate(0, 0, 7*n)
	case "year":
		n *= 12
	}
	months := time.Date(begin.Year(), begin.Month()+time.Month(n), 1, begin.Hour(), begin.Minute(), begin.Second(), 0, time.UTC)
	last := months.AddDate(0, 1, -1).Day()
	return months.AddDate(0, 0, min(begin.Day(), last)-1)
}

// beginPeriod starts a fresh billing cycle at t.
func (s *Sim) beginPeriod(sub *Subscription, t int64) {
	sub.BillingCycleAnchor, sub.CurrentPeriodStart = t, t
	sub.CurrentPeriodEnd = periodAfter(t, s.recurring(sub.Items), t)
	if sub.CancelAtPeriodEnd {
		sub.CancelAt = sub.CurrentPeriodEnd
	}
}

func (s *Sim) recurring(items []SubscriptionItem) *Recurring {
	for _, item := range items {
		if price := s.st.Prices.get(item.Price); price != nil && price.Recurring != nil {
			return price.Recurring
		}
	}
	return &Recurring{Interval: "month", IntervalCount: 1}
}

// periodLines are the regular lines for the subscription's current period.
func (s *Sim) periodLines(sub *Subscription, items []SubscriptionItem) []InvoiceLine {
	var lines []InvoiceLine
	for _, item := range items {
		price := s.st.Prices.get(item.Price)
		if price == nil || price.metered() {
			continue
		}
		line := InvoiceLine{
			Currency: price.Currency, Period: Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}, Price: price.ID,
			Quantity: item.Quantity, Subscription: sub.ID, SubscriptionItem: item.ID, Type: "subscription",
		}
		name := s.productName(price)
		if sub.Status == "trialing" {
			line.Description = "Trial period for " + name
		} else {
			line.Amount = price.cost(item.Quantity)
			line.Description = fmt.Sprintf("%d × %s (at %s / %s)", item.Quantity, name, price.unit(), every(price.Recurring))
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *Sim) productName(price *Price) string {
	if product := s.st.Products.get(price.Product); product != nil {
		return product.Name
	}
	return price.Product
}

// renew begins the next period with a draft invoice, or ends the subscription as planned.
func (s *Sim) renew(sub *Subscription) {
	if sub.CancelAtPeriodEnd {
		s.endAsPlanned(sub)
		return
	}
	last := Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}
	used := s.usageLines(sub, last)
	before := s.subscription(sub)
	sub.CurrentPeriodStart = last.End
	sub.CurrentPeriodEnd = periodAfter(sub.BillingCycleAnchor, s.recurring(sub.Items), last.End)
	s.cycle(sub, before, last, used)
}

// cycle makes the draft of a new period; after the draft's hour it is finalized and charged.
func (s *Sim) cycle(sub *Subscription, before obj, last Period, used []InvoiceLine) {
	inv := s.newInvoice(sub, "subscription_cycle", last, append(used, s.periodLines(sub, sub.Items)...))
	sub.LatestInvoice = inv.ID
	s.emitUpdate("customer.subscription.updated", before, s.subscription(sub))
	inv.AutoAdvance = sub.Status != "unpaid" && sub.PauseCollection == nil
	if inv.AutoAdvance {
		inv.Internal.FinalizeAt = s.now().Add(max(0, s.cfg.DraftFor)).Unix()
		inv.NextPaymentAttempt = inv.Internal.FinalizeAt
	}
	s.emit("invoice.created", s.invoice(inv), nil)
	if sub.PauseCollection != nil && sub.PauseCollection.Behavior == "void" {
		s.finalize(inv)
		s.void(inv)
	}
}

func (s *Sim) warnOfTrialEnd(sub *Subscription) {
	sub.Internal.TrialWarned = true
	s.emit("customer.subscription.trial_will_end", s.subscription(sub), nil)
}

// endTrial begins the first paid period, or does what the trial settings say when no card is there.
func (s *Sim) endTrial(sub *Subscription) {
	now := s.now().Unix()
	if sub.CancelAtPeriodEnd {
		s.cancelNow(sub, "")
		return
	}
	if s.defaultMethod(sub.Customer, sub.ID) == nil {
		switch sub.TrialSettings.EndBehavior.MissingPaymentMethod {
		case "cancel":
			s.cancelNow(sub, "cancellation_requested")
			return
		case "pause":
			s.changeSubscription(sub, func() { sub.Status = "paused" })
			s.emit("customer.subscription.paused", s.subscription(sub), nil)
			return
		}
	}
	last := Period{sub.CurrentPeriodStart, now}
	before := s.subscription(sub)
	sub.Status, sub.TrialEnd = "active", min(sub.TrialEnd, now)
	s.beginPeriod(sub, now)
	s.cycle(sub, before, last, nil) // what was used in a trial is free
}

// announceUpcoming tells of the next renewal a week before, with an invoice that has no id yet.
func (s *Sim) announceUpcoming(sub *Subscription) {
	sub.Internal.UpcomingFor = sub.CurrentPeriodEnd
	s.emit("invoice.upcoming", s.invoice(s.preview(sub, preview{items: sub.Items})), nil)
}
