package stripesim

// PortalSession is a hosted page where a customer looks after a subscription.
type PortalSession struct {
	ID            string         `json:"id"`
	Configuration string         `json:"configuration"`
	Created       int64          `json:"created"`
	Customer      string         `json:"customer"`
	Locale        string         `json:"locale,omitempty"`
	ReturnURL     string         `json:"return_url,omitempty"`
	URL           string         `json:"url"`
	Internal      portalInternal `json:"_sim"`
}

type portalInternal struct {
	Typed *CardForm `json:"typed,omitempty"` // waits for the 3-D Secure page
	After string    `json:"after,omitempty"` // where the flow it was made for ends; empty is the Portal's first page
}

// PortalConfig says what the Portal offers.
type PortalConfig struct {
	ID               string            `json:"id"`
	Active           bool              `json:"active"`
	BusinessProfile  obj               `json:"business_profile,omitempty"`
	Created          int64             `json:"created"`
	DefaultReturnURL string            `json:"default_return_url,omitempty"`
	Features         obj               `json:"features,omitempty"`
	IsDefault        bool              `json:"is_default"`
	Metadata         map[string]string `json:"metadata,omitempty"`
	Updated          int64             `json:"updated"`
}

func (s *Sim) portalConfig(config *PortalConfig) obj {
	return s.shaped("billing_portal.configuration", config)
}

func (s *Sim) portalSession(session *PortalSession) obj {
	return s.shaped("billing_portal.session", session)
}

func (s *Sim) portalEndpoints() map[string]endpointFunc {
	return map[string]endpointFunc{
		"POST /v1/billing_portal/sessions":            s.createPortal,
		"POST /v1/billing_portal/configurations":      s.createPortalConfig,
		"GET /v1/billing_portal/configurations":       s.listPortalConfigs,
		"GET /v1/billing_portal/configurations/{id}":  s.getPortalConfig,
		"POST /v1/billing_portal/configurations/{id}": s.updatePortalConfig,
	}
}

func (s *Sim) createPortal(c *call) (obj, error) {
	customer, back, config := c.p.need("customer"), c.p.text("return_url"), c.p.text("configuration")
	locale := c.p.text("locale")
	flow := c.p.at("flow_data")
	kind := flow.choice("type", "", "payment_method_update", "subscription_cancel", "subscription_update")
	after := flow.at("after_completion")
	redirect := after.choice("type", "portal_homepage", "portal_homepage", "redirect", "hosted_confirmation") == "redirect"
	target := after.at("redirect").text("return_url")
	after.ignore("hosted_confirmation")
	flow.ignore("subscription_cancel", "subscription_update")
	if err := c.p.done(); err != nil {
		return nil, err
	}
	if _, err := s.liveCustomer(customer, "customer"); err != nil {
		return nil, err
	}
	settings := s.st.PortalConfigs.get(config)
	if config != "" && settings == nil {
		return nil, noSuch("configuration", config, "configuration")
	}
	if settings == nil {
		settings = s.defaultPortalConfig()
	}
	if back == "" {
		back = settings.DefaultReturnURL
	}
	session := &PortalSession{
		ID: s.newID("bps_", 24), Configuration: settings.ID, Created: s.now().Unix(), Customer: customer,
		Locale: locale, ReturnURL: back,
	}
	session.URL = s.url("/p/session/" + session.ID)
	if kind == "payment_method_update" {
		session.URL += "/card"
	}
	if redirect {
		session.Internal.After = target
	}
	s.st.Portals.put(session.ID, session)
	return s.portalSession(session), nil
}

// afterFlow is where the flow of a session ends.
func (session *PortalSession) afterFlow() string {
	if session.Internal.After != "" {
		return session.Internal.After
	}
	return "/p/session/" + session.ID
}

func (s *Sim) defaultPortalConfig() *PortalConfig {
	for _, config := range s.st.PortalConfigs.oldest(nil) {
		if config.IsDefault {
			return config
		}
	}
	config := &PortalConfig{ID: s.newID("bpc_", 24), Active: true, IsDefault: true, Created: s.now().Unix(), Updated: s.now().Unix()}
	s.st.PortalConfigs.put(config.ID, config)
	return config
}

func readPortalConfig(p *params, config *PortalConfig) error {
	if p.has("business_profile") {
		config.BusinessProfile = p.at("business_profile").tree()
	}
	if p.has("features") {
		merged := toObj(config.Features)
		merge(merged, p.at("features").tree())
		config.Features = merged
	}
	if p.has("default_return_url") {
		config.DefaultReturnURL = p.text("default_return_url")
	}
	if p.has("active") {
		config.Active = p.flag("active")
	}
	config.Metadata = p.metadata(config.Metadata)
	p.ignore("login_page")
	return p.done()
}

// tree turns parameters into an object as they are, with true and false as booleans.
func (p *params) tree() obj {
	out := obj{}
	for key, kid := range p.kids {
		kid.used = true
		switch {
		case len(kid.kids) > 0 && isList(kid):
			values := []any{}
			for _, member := range p.list(key) {
				member.used = true
				if len(member.kids) > 0 {
					values = append(values, member.tree())
				} else {
					values = append(values, member.value)
				}
			}
			out[key] = values
		case len(kid.kids) > 0:
			out[key] = kid.tree()
		case kid.value == "true" || kid.value == "false":
			out[key] = kid.value == "true"
		default:
			out[key] = orNil(kid.value)
		}
	}
	return out
}

func isList(p *params) bool {
	_, ok := p.kids["0"]
	return ok
}

func (s *Sim) createPortalConfig(c *call) (obj, error) {
	config := &PortalConfig{ID: s.newID("bpc_", 24), Active: true, Created: s.now().Unix(), Updated: s.now().Unix()}
	if err := readPortalConfig(c.p, config); err != nil {
		return nil, err
	}
	config.IsDefault = len(s.st.PortalConfigs.order) == 0
	s.st.PortalConfigs.put(config.ID, config)
	s.emit("billing_portal.configuration.created", s.portalConfig(config), nil)
	return s.portalConfig(config), nil
}

func (s *Sim) updatePortalConfig(c *call) (obj, error) {
	config := s.st.PortalConfigs.get(c.id)
	if config == nil {
		return nil, noSuch("configuration", c.id, "")
	}
	changed := *config
	if err := readPortalConfig(c.p, &changed); err != nil {
		return nil, err
	}
	before := s.portalConfig(config)
	changed.Updated = s.now().Unix()
	*config = changed
	s.emitUpdate("billing_portal.configuration.updated", before, s.portalConfig(config))
	return s.portalConfig(config), nil
}

func (s *Sim) getPortalConfig(c *call) (obj, error) {
	config := s.st.PortalConfigs.get(c.id)
	if config == nil {
		return nil, noSuch("configuration", c.id, "")
	}
	return s.portalConfig(config), c.p.done()
}

func (s *Sim) listPortalConfigs(c *call) (obj, error) {
	anyActive, active := !c.p.has("active"), c.p.flag("active")
	anyDefault, isDefault := !c.p.has("is_default"), c.p.flag("is_default")
	rows := s.st.PortalConfigs.newest(func(config *PortalConfig) bool {
		return (anyActive || config.Active == active) && (anyDefault || config.IsDefault == isDefault)
	})
	return page(c, "/v1/billing_portal/configurations", rows, func(config *PortalConfig) string { return config.ID }, s.portalConfig)
}

// offers reports whether a feature of the Portal is on.
func (s *Sim) offers(session *PortalSession, feature string) bool {
	config := s.st.PortalConfigs.get(session.Configuration)
	if config == nil {
		return true
	}
	features, _ := s.portalConfig(config)["features"].(obj)
	settings, _ := features[feature].(obj)
	on, _ := settings["enabled"].(bool)
	return on
}
