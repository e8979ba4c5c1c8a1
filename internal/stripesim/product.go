package stripesim

import "slices"

// Product is Stripe's product.
type Product struct {
	ID           string            `json:"id"`
	Active       bool              `json:"active"`
	Created      int64             `json:"created"`
	Updated      int64             `json:"updated"`
	Name         string            `json:"name"`
	Description  string            `json:"description,omitempty"`
	DefaultPrice string            `json:"default_price,omitempty"`
	UnitLabel    string            `json:"unit_label,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
}

func (s *Sim) product(p *Product) obj { return s.shaped("product", p) }

func (s *Sim) catalogueEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/products":      s.createProduct,
		"GET /v1/products":       s.listProducts,
		"GET /v1/products/{id}":  s.getProduct,
		"POST /v1/products/{id}": s.updateProduct,
		"POST /v1/prices":        s.createPrice,
		"GET /v1/prices":         s.listPrices,
		"GET /v1/prices/{id}":    s.getPrice,
		"POST /v1/prices/{id}":   s.updatePrice,
	}
}

func (s *Sim) readProduct(p *params, product *Product) {
	for key, field := range map[string]*string{
		"name": &product.Name, "description": &product.Description, "unit_label": &product.UnitLabel,
		"default_price": &product.DefaultPrice,
	} {
		if p.has(key) {
			*field = p.text(key)
		}
	}
	if p.has("active") {
		product.Active = p.flag("active")
	}
	product.Metadata = p.metadata(product.Metadata)
	p.ignore("images", "features", "shippable", "statement_descriptor", "tax_code", "url", "type", "package_dimensions")
}

func (s *Sim) createProduct(c *call) (obj, error) {
	c.p.need("name")
	product := &Product{ID: c.p.text("id"), Active: true, Created: s.now().Unix(), Updated: s.now().Unix()}
	s.readProduct(c.p, product)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if product.ID == "" {
		product.ID = s.newID("prod_", 14)
	}
	if s.st.Products.get(product.ID) != nil {
		return nil, refused("resource_already_exists", "Product already exists.")
	}
	s.st.Products.put(product.ID, product)
	s.emit("product.created", s.product(product), nil)
	return s.product(product), nil
}

func (s *Sim) getProduct(c *call) (obj, error) {
	product := s.st.Products.get(c.id)
	if product == nil {
		return nil, noSuch("product", c.id, "")
	}
	return s.product(product), c.p.done()
}

func (s *Sim) updateProduct(c *call) (obj, error) {
	product := s.st.Products.get(c.id)
	if product == nil {
		return nil, noSuch("product", c.id, "")
	}
	changed := *product
	changed.Updated = s.now().Unix()
	s.readProduct(c.p, &changed)
	if err := c.p.done(); err != nil {
		return nil, err
	}
	before := s.product(product)
	*product = changed
	s.emitUpdate("product.updated", before, s.product(product))
	return s.product(product), nil
}

func (s *Sim) listProducts(c *call) (obj, error) {
	ids, any, active := c.p.texts("ids"), !c.p.has("active"), c.p.flag("active")
	within := createdRange(c.p)
	rows := s.st.Products.newest(func(p *Product) bool {
		return (any || p.Active == active) && (len(ids) == 0 || slices.Contains(ids, p.ID)) && within(p.Created)
	})
	return page(c, "/v1/products", rows, func(p *Product) string { return p.ID }, s.product)
}
