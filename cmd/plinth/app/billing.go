package app

import (
	"time"

	"plinth/internal/billing"
	"plinth/internal/config"
	"plinth/internal/stripesim"
)

func (a *App) newBilling() *billing.Billing {
	b := &billing.Billing{
		DB: a.DB, Queue: a.Queue, Plans: a.Plans, URL: a.Config.URL, Livemode: a.Config.Livemode(), Log: a.Log, Now: time.Now,
		Stripe: billing.NewStripe(string(a.Config.SecretKey), a.Config.APIURL),
	}
	for _, secret := range a.Config.WebhookSecrets {
		b.Secrets = append(b.Secrets, string(secret))
	}
	return b
}

// UseLocalStripe lets trials, periods and grace run by the local Stripe's clock, and shows it on its developer page. It
// must be called before Web.
func (a *App) UseLocalStripe(sim *stripesim.Sim) {
	a.Sim = sim
	a.Billing.Now, a.Plans.Now = sim.Now, sim.Now
}

// dashboard is where Stripe shows its objects to people, in the mode of the key; "" where another API answers.
func dashboard(c *config.Config) string {
	switch {
	case c.APIURL != "":
		return ""
	case c.Livemode():
		return "https://dashboard.stripe.com"
	}
	return "https://dashboard.stripe.com/test"
}
