package views

import (
	"net/url"

	"plinth/internal/billing"
)

// PlanCards are the catalogue's plans as the landing page shows them.
func PlanCards(plans []billing.Plan) []PlanCard {
	var cards []PlanCard
	for i, p := range plans {
		card := PlanCard{
			Name: p.Name, Text: p.Description, Features: p.Features, Currency: "eur", Button: "Start free", URL: "/signup", Pick: i == 1,
		}
		if price, ok := p.Price("month"); ok {
			card.Monthly, card.Currency, card.PerSeat = price.Amount, price.Currency, p.PerSeat
			card.Button, card.URL = "Start with "+p.Name, "/signup?plan="+url.QueryEscape(p.Key)
		}
		if price, ok := p.Price("year"); ok {
			card.Yearly = price.Amount
		}
		cards = append(cards, card)
	}
	return cards
}
