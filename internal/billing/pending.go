package billing

import (
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
	if schedule.CurrentPhase == nil {
		return
	}
	for _, phase := range schedule.Phases {
		if phase.StartDate != schedule.CurrentPhase.EndDate {
			continue
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
		return
	}
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
