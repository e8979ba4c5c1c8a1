package billing

import (
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
)

// running says whether a schedule still changes its subscription.
func running(schedule *stripe.SubscriptionSchedule) bool {
	return schedule != nil && schedule.ID != "" && schedule.Status != stripe.SubscriptionScheduleStatusReleased &&
		schedule.Status != stripe.SubscriptionScheduleStatusCanceled && schedule.Status != stripe.SubscriptionScheduleStatusCompleted
}

// pending is the price that a schedule brings after the current phase, and when.
func (c *Catalogue) pending(sub *stripe.Subscription, out *billingdb.WriteSubscriptionParams) {
	schedule := sub.Schedule
	if !running(schedule) {
		return
	}
	out.StripeScheduleID = &schedule.ID
	phase := nextPhase(schedule)
	if phase == nil {
		return
	}
	price := c.licensedPhase(phase)
	if price == nil {
		return
	}
	out.PendingStripePriceID, out.PendingAt = &price.ID, unix(phase.StartDate)
	if price.Recurring != nil {
		out.PendingInterval = string(price.Recurring.Interval)
	}
	if plan, ok := c.planOf(price); ok {
		out.PendingPlan = plan.Key
	}
}

// nextPhase is the one that follows the current one, or nil.
func nextPhase(schedule *stripe.SubscriptionSchedule) *stripe.SubscriptionSchedulePhase {
	if schedule.CurrentPhase == nil {
		return nil
	}
	for _, phase := range schedule.Phases {
		if phase.StartDate == schedule.CurrentPhase.EndDate {
			return phase
		}
	}
	return nil
}

// replanned says whether a row's planned change is another than the schedule's, as far as a list of subscriptions tells:
// there the phases name their prices by id alone, so the row's has to be among them.
func replanned(row *billingdb.SubscriptionStateRow, schedule *stripe.SubscriptionSchedule) bool {
	if !running(schedule) || schedule.Status == "" { // without a status it is an id that could not be expanded
		return false
	}
	phase := nextPhase(schedule)
	if phase == nil || row.PendingStripePriceID == nil || row.PendingAt == nil {
		return (phase != nil && len(phase.Items) > 0) != (row.PendingStripePriceID != nil)
	}
	return row.PendingAt.Unix() != phase.StartDate || !slices.ContainsFunc(phase.Items, func(item *stripe.SubscriptionSchedulePhaseItem) bool {
		return item.Price != nil && item.Price.ID == *row.PendingStripePriceID
	})
}

// licensedPhase is the price of the item of a phase that counts, chosen as among a subscription's items.
func (c *Catalogue) licensedPhase(phase *stripe.SubscriptionSchedulePhase) *stripe.Price {
	list := &stripe.SubscriptionItemList{}
	for _, item := range phase.Items {
		list.Data = append(list.Data, &stripe.SubscriptionItem{Price: item.Price})
	}
	if item := c.licensed(&stripe.Subscription{Items: list}); item != nil {
		return item.Price
	}
	return nil
}

// card is the one that the next invoice is charged to: the subscription's, else the customer's.
func card(sub *stripe.Subscription, out *billingdb.WriteSubscriptionParams) {
	method := sub.DefaultPaymentMethod
	if method == nil && sub.Customer != nil && sub.Customer.InvoiceSettings != nil {
		method = sub.Customer.InvoiceSettings.DefaultPaymentMethod
	}
	if method == nil || method.Card == nil {
		return
	}
	out.CardBrand, out.CardLast4 = string(method.Card.Brand), method.Card.Last4
	if method.Card.ExpYear > 0 {
		last := time.Date(int(method.Card.ExpYear), time.Month(method.Card.ExpMonth)+1, 0, 0, 0, 0, 0, time.UTC)
		out.CardExpires = &last
	}
}

// discount is what is taken off: the subscription's own, else the customer's.
func discount(sub *stripe.Subscription, out *billingdb.WriteSubscriptionParams) {
	d := sub.Discount
	if d == nil && sub.Customer != nil {
		d = sub.Customer.Discount
	}
	if d == nil || d.Coupon == nil || d.Deleted {
		return
	}
	out.DiscountName, out.DiscountPercent, out.DiscountAmount, out.DiscountUntil = d.Coupon.Name, d.Coupon.PercentOff, d.Coupon.AmountOff, unix(d.End)
	if out.DiscountName == "" {
		out.DiscountName = d.Coupon.ID
	}
}
