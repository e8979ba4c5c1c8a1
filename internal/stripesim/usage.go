package stripesim

import (
	"fmt"
	"slices"
)

// usageGrace is how long after the end of a period its usage is still taken, as Stripe's five minutes.
const usageGrace = 5 * 60

// UsageRecord is what was used of a metered item at a time. A second one of the same time adds to it or replaces it.
type UsageRecord struct {
	ID               string `json:"id"`
	Quantity         int64  `json:"quantity"`
	SubscriptionItem string `json:"subscription_item"`
	Timestamp        int64  `json:"timestamp"`
}

func (s *Sim) usageRecord(r *UsageRecord) obj { return s.shaped("usage_record", r) }

func (s *Sim) usageEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/subscription_items/{id}/usage_records":         s.createUsage,
		"GET /v1/subscription_items/{id}/usage_record_summaries": s.listSummaries,
	}
}

func (s *Sim) createUsage(c *call) (obj, error) {
	sub, item := s.findItem(c.id)
	if item == nil {
		return nil, noSuch("subscription_item", c.id, "")
	}
	c.p.need("quantity")
	quantity, at := c.p.number("quantity"), s.now().Unix()
	if text := c.p.text("timestamp"); text != "" && text != "now" {
		at = c.p.number("timestamp")
	}
	add := c.p.choice("action", "increment", "increment", "set") == "increment"
	if quantity < 0 {
		c.p.fail(invalid("quantity", "This value must be greater than or equal to 0."))
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if problem := s.cannotRecord(sub, item, at); problem != nil {
		return nil, problem
	}
	return s.usageRecord(s.recordUsage(item.ID, quantity, at, add)), nil
}

// cannotRecord is why usage of an item at a time is not taken, or nil.
func (s *Sim) cannotRecord(sub *Subscription, item *SubscriptionItem, at int64) *apiError {
	now := s.now().Unix()
	earliest := sub.CurrentPeriodStart
	if inv := s.st.Invoices.get(sub.LatestInvoice); inv != nil && inv.Status == "draft" && now-sub.CurrentPeriodStart <= usageGrace {
		earliest = min(earliest, inv.PeriodStart)
	}
	switch {
	case !s.isMetered(item.Price):
		return invalid("", "Cannot create a usage record for the subscription item "+item.ID+" because its price is not metered.")
	case sub.ended():
		return invalid("", "Cannot create a usage record because the subscription "+sub.ID+" is canceled.")
	case at > now+usageGrace:
		return invalid("timestamp", "Cannot create the usage record with this timestamp because it is in the future.")
	case at < earliest:
		return invalid("timestamp", "Cannot create the usage record with this timestamp because timestamps must be after the subscription's last invoice period (or current period start time).")
	}
	return nil
}

func (s *Sim) recordUsage(item string, quantity, at int64, add bool) *UsageRecord {
	id := fmt.Sprintf("%s@%d", item, at)
	record := s.st.Usage.get(id)
	if record == nil {
		record = &UsageRecord{ID: s.newID("mbur_", 24), SubscriptionItem: item, Timestamp: at}
		s.st.Usage.put(id, record)
	}
	if !add {
		record.Quantity = 0
	}
	record.Quantity += quantity
	return record
}

// used counts what was used of an item within a period, its end excluded, as its price says.
func (s *Sim) used(item SubscriptionItem, within Period) int64 {
	price := s.st.Prices.get(item.Price)
	if price == nil || !price.metered() {
		return 0
	}
	how := price.Recurring.AggregateUsage
	var total, latest int64
	for _, r := range s.st.Usage.oldest(func(r *UsageRecord) bool {
		return r.SubscriptionItem == item.ID && r.Timestamp < within.End && (how == "last_ever" || r.Timestamp >= within.Start)
	}) {
		switch how {
		case "max":
			total = max(total, r.Quantity)
		case "last_during_period", "last_ever":
			if r.Timestamp >= latest {
				total, latest = r.Quantity, r.Timestamp
			}
		default:
			total += r.Quantity
		}
	}
	return total
}

// usageLines are the metered items of a period as lines; there are none for a trial and what was not begun.
func (s *Sim) usageLines(sub *Subscription, within Period) []InvoiceLine {
	if !slices.Contains([]string{"active", "past_due", "unpaid"}, sub.Status) {
		return nil
	}
	var lines []InvoiceLine
	for _, item := range sub.Items {
		price := s.st.Prices.get(item.Price)
		if price == nil || !price.metered() {
			continue
		}
		line := InvoiceLine{
			Currency: price.Currency, Period: within, Price: price.ID, Subscription: sub.ID, SubscriptionItem: item.ID, Type: "subscription",
		}
		s.count(&line)
		lines = append(lines, line)
	}
	return lines
}

// count writes the usage of its period into a metered line.
func (s *Sim) count(line *InvoiceLine) {
	price := s.st.Prices.get(line.Price)
	line.Quantity = s.used(SubscriptionItem{ID: line.SubscriptionItem, Price: line.Price}, line.Period)
	line.Amount = price.cost(line.Quantity)
	line.Description = fmt.Sprintf("%d × %s (at %s / %s)", line.Quantity, s.productName(price), price.unit(), every(price.Recurring))
}

// countAgain takes usage into a draft that was reported after its period had ended.
func (s *Sim) countAgain(inv *Invoice) {
	for i := range inv.Lines {
		if inv.Lines[i].Type == "subscription" && s.isMetered(inv.Lines[i].Price) {
			s.count(&inv.Lines[i])
		}
	}
}

func sumOf(lines []InvoiceLine) int64 {
	var sum int64
	for _, line := range lines {
		sum += line.Amount
	}
	return sum
}

// hasUsage reports whether the current period has metered usage that costs something.
func (s *Sim) hasUsage(sub *Subscription) bool {
	return sumOf(s.usageLines(sub, Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd})) > 0
}

// usageProblem is why a metered item cannot be taken off a subscription, or nil; forget says that its usage goes with it.
func (s *Sim) usageProblem(sub *Subscription, item SubscriptionItem, forget bool) *apiError {
	if forget || s.used(item, Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}) == 0 {
		return nil
	}
	return invalid("clear_usage", "The subscription item "+item.ID+" cannot be deleted because it has usage. "+
		"Pass `clear_usage=true` to delete the item and its usage.")
}
