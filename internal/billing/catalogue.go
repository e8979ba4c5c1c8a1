// Package billing keeps the subscriptions table right: what Stripe says at rest is what the row says, and the row alone
// decides access.
package billing

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"plinth/internal/scope"
)

// Plan is what an organization can be on.
type Plan struct {
	Key         string `yaml:"key"`
	Name        string `yaml:"name"`
	Rank        int    `yaml:"rank"` // a higher rank is an upgrade
	Description string `yaml:"description"`
	PerSeat     bool   `yaml:"per_seat"`
	// Meter is what is charged by use besides the seats: MeterStorage, or nothing. MeterPrices are of a unit beyond what
	// the limits include, one for each interval of Prices.
	Meter       string     `yaml:"meter"`
	MeterPrices []Price    `yaml:"meter_prices"`
	Prices      []Price    `yaml:"prices"`
	Limits      PlanLimits `yaml:"limits"`
	TrialDays   int        `yaml:"trial_days"`
	Features    []string   `yaml:"features"` // what the pages that sell it say
	// Gates are the features it includes of those that some plan names; one that no plan names is everybody's.
	Gates []scope.Feature `yaml:"gates"`

	without []scope.Feature
}

// Price is one way to pay for a plan.
type Price struct {
	Interval    string `yaml:"interval"` // month or year
	LookupKey   string `yaml:"lookup_key"`
	StripePrice string `yaml:"stripe_price"` // optional; found by lookup key
	Amount      int64  `yaml:"amount"`       // smallest unit of the currency, for one seat
	Currency    string `yaml:"currency"`
}

// PlanLimits are what a plan allows; -1 means no limit.
type PlanLimits struct {
	Projects  int `yaml:"projects"`
	Members   int `yaml:"members"`
	StorageMB int `yaml:"storage_mb"`
	APIRPM    int `yaml:"api_rpm"`
}

// Scope returns the limits as the guard hands them on.
func (p Plan) Scope() scope.Limits {
	return scope.Limits{
		Plan: p.Key, Projects: p.Limits.Projects, Members: p.Limits.Members, StorageMB: p.Limits.StorageMB, APIRPM: p.Limits.APIRPM,
		Without: p.without,
	}
}

// Price returns the plan's price for month or year.
func (p Plan) Price(interval string) (Price, bool) {
	i := slices.IndexFunc(p.Prices, func(x Price) bool { return x.Interval == interval })
	if i < 0 {
		return Price{}, false
	}
	return p.Prices[i], true
}

// Catalogue is the list of plans, by rank; the first is what an organization without a subscription is on.
type Catalogue struct {
	// Now is the clock that grace runs by: the real one, or the local Stripe's.
	Now func() time.Time

	plans []Plan
}

//go:embed plans.yaml
var embedded []byte

// LoadCatalogue reads the catalogue from a file, or the embedded one when path is empty.
func LoadCatalogue(path string) (*Catalogue, error) {
	data := embedded
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("read PLANS_FILE: %w", err)
		}
	}
	c, err := ParseCatalogue(data)
	if err != nil {
		return nil, fmt.Errorf("plan catalogue: %w", err)
	}
	return c, nil
}

// ParseCatalogue reads a catalogue and checks it. The error names every fault.
func ParseCatalogue(data []byte) (*Catalogue, error) {
	var file struct {
		Plans []Plan `yaml:"plans"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	c := &Catalogue{Now: time.Now, plans: file.Plans}
	slices.SortStableFunc(c.plans, func(a, b Plan) int { return a.Rank - b.Rank })
	c.gate()
	return c, c.check()
}

// gate notes in each plan what others include and it does not.
func (c *Catalogue) gate() {
	for _, f := range scope.Features() {
		if _, gated := c.With(f); !gated {
			continue
		}
		for i, p := range c.plans {
			if !slices.Contains(p.Gates, f) {
				c.plans[i].without = append(c.plans[i].without, f)
			}
		}
	}
}

// With finds the lowest plan that names the feature; false when none does and it is everybody's.
func (c *Catalogue) With(f scope.Feature) (Plan, bool) {
	i := slices.IndexFunc(c.plans, func(p Plan) bool { return slices.Contains(p.Gates, f) })
	if i < 0 {
		return Plan{}, false
	}
	return c.plans[i], true
}

func (c *Catalogue) check() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(c.plans) == 0 {
		return errors.New("it has no plans")
	}
	if len(c.plans[0].Prices) != 0 {
		bad("plan %q has the lowest rank and must be free, but has prices", c.plans[0].Key)
	}
	keys, lookups := map[string]bool{}, map[string]bool{}
	for i, p := range c.plans {
		if p.Key == "" || p.Name == "" || keys[p.Key] {
			bad("plan %d needs a key of its own and a name", i+1)
		}
		keys[p.Key] = true
		for _, f := range p.Gates {
			if !slices.Contains(scope.Features(), f) {
				bad("plan %q gates %q, which is no feature: say one of %v", p.Key, f, scope.Features())
			}
		}
		if i > 0 && p.Rank == c.plans[i-1].Rank {
			bad("plans %q and %q have the same rank", c.plans[i-1].Key, p.Key)
		}
		for _, fault := range p.meterFaults() {
			bad("plan %q %s", p.Key, fault)
		}
		for _, price := range slices.Concat(p.Prices, p.MeterPrices) {
			if price.LookupKey == "" || lookups[price.LookupKey] || price.Amount <= 0 || len(price.Currency) != 3 {
				bad("plan %q has a price without its own lookup key, an amount above zero, or a currency", p.Key)
			}
			if price.Interval != "month" && price.Interval != "year" {
				bad("plan %q has a price by %q: say month or year", p.Key, price.Interval)
			}
			lookups[price.LookupKey] = true
		}
	}
	return errors.Join(faults...)
}

// Plans lists the plans, the free one first.
func (c *Catalogue) Plans() []Plan { return slices.Clone(c.plans) }

// Free is the plan of an organization without a subscription.
func (c *Catalogue) Free() Plan { return c.plans[0] }

// Plan finds a plan by key.
func (c *Catalogue) Plan(key string) (Plan, bool) {
	i := slices.IndexFunc(c.plans, func(p Plan) bool { return p.Key == key })
	if i < 0 {
		return Plan{}, false
	}
	return c.plans[i], true
}
