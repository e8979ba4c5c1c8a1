package stripesim

import (
	"slices"
	"strconv"
)

// Price is Stripe's price, per unit, recurring or one-time.
type Price struct {
	ID         string     `json:"id"`
	Active     bool       `json:"active"`
	Created    int64      `json:"created"`
	Currency   string     `json:"currency"`
	LookupKey  string     `json:"lookup_key,omitempty"`
	Nickname   string     `json:"nickname,omitempty"`
	Product    string     `json:"product"`
	Recurring  *Recurring `json:"recurring"`
	Type       string     `json:"type"`
	UnitAmount int64      `json:"unit_amount"` // in the currency's smallest unit
	// UnitAmountDecimal is set where a unit costs a part of it; UnitAmount is 0 then.
	UnitAmountDecimal string            `json:"unit_amount_decimal,omitempty"`
	Transform         *Transform        `json:"transform_quantity,omitempty"`
	Metadata          map[string]string `json:"metadata,omitempty"`
}

// Recurring says how often a price is charged.
type Recurring struct {
	Interval      string `json:"interval"`
	IntervalCount int64  `json:"interval_count"`
	UsageType     string `json:"usage_type"`
	// AggregateUsage says how a metered price counts a period: sum, max, last_during_period or last_ever.
	AggregateUsage string `json:"aggregate_usage,omitempty"`
}

func (s *Sim) price(p *Price) obj {
	out := s.shaped("price", p)
	out["unit_amount_decimal"] = strconv.FormatInt(p.UnitAmount, 10)
	if p.fractional() {
		out["unit_amount"], out["unit_amount_decimal"] = nil, p.UnitAmountDecimal
	}
	return out
}

func (s *Sim) createPrice(c *call) (obj, error) {
	price := &Price{
		ID: s.newID("price_", 24), Active: true, Created: s.now().Unix(), Type: "one_time",
		Currency: c.p.need("currency"), Product: c.p.text("product"), Transform: readTransform(c.p),
	}
	readUnit(c.p, price)
	if c.p.has("active") {
		price.Active = c.p.flag("active")
	}
	price.Recurring = readRecurring(c.p)
	if price.Recurring != nil {
		price.Type = "recurring"
	}
	transfer := s.readPriceLabels(c.p, price)
	data := c.p.at("product_data")
	name := data.text("name")
	productMetadata := data.metadata(nil)
	data.ignore("active", "statement_descriptor", "tax_code", "unit_label", "id")
	c.p.ignore("billing_scheme", "tax_behavior", "currency_options", "custom_unit_amount")
	if price.Product == "" && name == "" {
		c.p.fail(missingParam("product"))
	}
	if price.Product != "" && s.st.Products.get(price.Product) == nil {
		c.p.fail(noSuch("product", price.Product, "product"))
	}
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if err := s.claimLookupKey(price.LookupKey, price.ID, transfer); err != nil {
		return nil, err
	}
	if price.Product == "" {
		product := &Product{ID: s.newID("prod_", 14), Active: true, Created: price.Created, Updated: price.Created, Name: name, Metadata: productMetadata}
		s.st.Products.put(product.ID, product)
		s.emit("product.created", s.product(product), nil)
		price.Product = product.ID
	}
	s.st.Prices.put(price.ID, price)
	s.emit("price.created", s.price(price), nil)
	return s.price(price), nil
}

func readRecurring(p *params) *Recurring {
	if !p.has("recurring") {
		return nil
	}
	at := p.at("recurring")
	recurring := &Recurring{
		Interval:      at.choice("interval", "month", "day", "week", "month", "year"),
		IntervalCount: max(1, at.number("interval_count")),
		UsageType:     at.choice("usage_type", "licensed", "licensed", "metered"),
	}
	if recurring.UsageType == "metered" {
		recurring.AggregateUsage = at.choice("aggregate_usage", "sum", "sum", "max", "last_during_period", "last_ever")
	}
	at.ignore("trial_period_days")
	return recurring
}

// readPriceLabels reads what may also change later; it reports whether a lookup key may be taken over.
func (s *Sim) readPriceLabels(p *params, price *Price) bool {
	if p.has("lookup_key") {
		price.LookupKey = p.text("lookup_key")
	}
	if p.has("nickname") {
		price.Nickname = p.text("nickname")
	}
	price.Metadata = p.metadata(price.Metadata)
	return p.flag("transfer_lookup_key")
}

// claimLookupKey takes the key from the price that has it when that was asked for.
func (s *Sim) claimLookupKey(key, by string, transfer bool) error {
	if key == "" {
		return nil
	}
	for _, other := range s.st.Prices.oldest(func(p *Price) bool { return p.LookupKey == key && p.ID != by }) {
		if !transfer {
			return invalid("lookup_key", "A price (`"+other.ID+"`) already uses that lookup key.")
		}
		before := s.price(other)
		other.LookupKey = ""
		s.emitUpdate("price.updated", before, s.price(other))
	}
	return nil
}

func (s *Sim) getPrice(c *call) (obj, error) {
	price := s.st.Prices.get(c.id)
	if price == nil {
		return nil, noSuch("price", c.id, "")
	}
	return s.price(price), c.p.done()
}

func (s *Sim) updatePrice(c *call) (obj, error) {
	price := s.st.Prices.get(c.id)
	if price == nil {
		return nil, noSuch("price", c.id, "")
	}
	changed := *price
	transfer := s.readPriceLabels(c.p, &changed)
	if c.p.has("active") {
		changed.Active = c.p.flag("active")
	}
	c.p.ignore("tax_behavior", "currency_options")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if err := s.claimLookupKey(changed.LookupKey, price.ID, transfer); err != nil {
		return nil, err
	}
	before := s.price(price)
	*price = changed
	s.emitUpdate("price.updated", before, s.price(price))
	return s.price(price), nil
}

func (s *Sim) listPrices(c *call) (obj, error) {
	keys, any, active := c.p.texts("lookup_keys"), !c.p.has("active"), c.p.flag("active")
	product, kind, currency := c.p.text("product"), c.p.text("type"), c.p.text("currency")
	within := createdRange(c.p)
	c.p.ignore("recurring")
	rows := s.st.Prices.newest(func(p *Price) bool {
		return (any || p.Active == active) && (len(keys) == 0 || slices.Contains(keys, p.LookupKey)) &&
			(product == "" || p.Product == product) && (kind == "" || p.Type == kind) &&
			(currency == "" || p.Currency == currency) && within(p.Created)
	})
	return page(c, "/v1/prices", rows, func(p *Price) string { return p.ID }, s.price)
}
