package stripesim

// summary is what was used of an item in one period.
type summary struct {
	ID               string `json:"id"`
	Invoice          string `json:"invoice,omitempty"`
	Period           Period `json:"period"`
	SubscriptionItem string `json:"subscription_item"`
	TotalUsage       int64  `json:"total_usage"`
}

// listSummaries lists the current period, which has no invoice yet, and then those that were billed.
func (s *Sim) listSummaries(c *call) (obj, error) {
	sub, item := s.findItem(c.id)
	if item == nil {
		return nil, noSuch("subscription_item", c.id, "")
	}
	if !s.isMetered(item.Price) {
		return nil, invalid("", "The subscription item "+item.ID+" has no usage because its price is not metered.")
	}
	var rows []*summary
	if !sub.ended() {
		now := Period{sub.CurrentPeriodStart, sub.CurrentPeriodEnd}
		rows = append(rows, &summary{ID: "sis_" + item.ID, Period: now, SubscriptionItem: item.ID, TotalUsage: s.used(*item, now)})
	}
	for _, inv := range s.st.Invoices.newest(func(inv *Invoice) bool { return inv.Subscription == sub.ID }) {
		for _, line := range inv.Lines {
			if line.SubscriptionItem == item.ID && line.Type == "subscription" && s.isMetered(line.Price) {
				rows = append(rows, &summary{
					ID: "sis_" + line.ID, Invoice: inv.ID, Period: line.Period, SubscriptionItem: item.ID, TotalUsage: line.Quantity,
				})
			}
		}
	}
	return page(c, "/v1/subscription_items/"+item.ID+"/usage_record_summaries", rows,
		func(row *summary) string { return row.ID }, func(row *summary) obj { return s.shaped("usage_record_summary", row) })
}
