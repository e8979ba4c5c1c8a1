package stripesim

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Transform divides a quantity before it is charged, as in "for each thousand".
type Transform struct {
	DivideBy int64  `json:"divide_by"`
	Round    string `json:"round"` // up or down
}

func readTransform(p *params) *Transform {
	if !p.has("transform_quantity") {
		return nil
	}
	at := p.at("transform_quantity")
	at.need("divide_by")
	at.need("round")
	return &Transform{DivideBy: max(1, at.number("divide_by")), Round: at.choice("round", "up", "up", "down")}
}

// readUnit reads unit_amount or unit_amount_decimal, which may have parts of the smallest unit.
func readUnit(p *params, price *Price) {
	price.UnitAmount = p.number("unit_amount")
	text := p.text("unit_amount_decimal")
	if text == "" {
		return
	}
	unit, ok := new(big.Rat).SetString(text)
	switch {
	case !ok || unit.Sign() < 0:
		p.fail(invalid("unit_amount_decimal", "Invalid decimal: "+text))
	case p.has("unit_amount"):
		p.fail(invalid("unit_amount", "You may only specify one of these parameters: unit_amount, unit_amount_decimal."))
	case unit.IsInt():
		price.UnitAmount = unit.Num().Int64()
	default:
		price.UnitAmountDecimal = text
	}
}

// fractional reports whether a unit costs less than the currency's smallest unit can say.
func (p *Price) fractional() bool { return strings.Contains(p.UnitAmountDecimal, ".") }

// unit is what one costs, for people: $9.00, or $0.0005.
func (p *Price) unit() string {
	if !p.fractional() {
		return money(p.UnitAmount, p.Currency) + p.per()
	}
	amount, ok := new(big.Rat).SetString(p.UnitAmountDecimal)
	if !ok {
		return p.UnitAmountDecimal
	}
	if !slices.Contains(noDecimals(), p.Currency) {
		amount.Quo(amount, big.NewRat(100, 1))
	}
	return strings.TrimRight(amount.FloatString(12), "0") + " " + strings.ToUpper(p.Currency) + p.per()
}

func (p *Price) per() string {
	if p.Transform == nil {
		return ""
	}
	return " for " + strconv.FormatInt(p.Transform.DivideBy, 10)
}

// cost is what a quantity costs, rounded half up to the smallest unit.
func (p *Price) cost(quantity int64) int64 {
	if p.Transform != nil {
		up := int64(0)
		if p.Transform.Round == "up" && quantity%p.Transform.DivideBy != 0 {
			up = 1
		}
		quantity = quantity/p.Transform.DivideBy + up
	}
	if !p.fractional() {
		return p.UnitAmount * quantity
	}
	amount, ok := new(big.Rat).SetString(p.UnitAmountDecimal)
	if !ok {
		return 0
	}
	amount.Mul(amount, big.NewRat(quantity, 1)).Add(amount, big.NewRat(1, 2))
	return new(big.Int).Div(amount.Num(), amount.Denom()).Int64()
}

// itemProblem is why a price and the quantity given with it do not go together, or nil.
func (p *Price) itemProblem(at *params) *apiError {
	if p.metered() && at.has("quantity") {
		return invalid(at.name+"[quantity]", "`quantity` should not be specified where `usage_type` is `metered`.")
	}
	return nil
}

// mixProblem is why prices cannot be on one subscription together, or nil.
func (s *Sim) mixProblem(param string, items []SubscriptionItem) *apiError {
	var first *Price
	for _, item := range items {
		price := s.st.Prices.get(item.Price)
		switch {
		case price == nil || price.Recurring == nil:
		case first == nil:
			first = price
		case price.Currency != first.Currency:
			return invalid(param, "The price specified only supports `"+price.Currency+"`. This doesn't match the expected currency: `"+first.Currency+"`.")
		case price.Recurring.Interval != first.Recurring.Interval || price.Recurring.IntervalCount != first.Recurring.IntervalCount:
			return invalid(param, "All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.")
		}
	}
	return nil
}
