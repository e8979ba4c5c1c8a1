package billing

import (
	"context"
	"fmt"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"plinth/internal/billing/billingdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// The ways into the Portal.
const (
	PortalHome = ""     // all it offers
	PortalCard = "card" // straight to the payment method
)

// metaPortal marks the Portal's configuration that `plinth billing setup` has made.
const metaPortal = "plinth_portal"

// Portal returns the address of the page at Stripe where cards, invoices and the end of a subscription are looked
// after. Conflict when the organization has never bought anything.
func (b *Billing) Portal(ctx context.Context, s scope.Scope, way string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, APITimeout)
	defer cancel()
	if way != PortalCard {
		way = PortalHome
	}
	customer, err := b.Customer(ctx, s.TenantID)
	if err != nil {
		return "", err
	}
	if customer == "" {
		return "", fault.New(fault.Conflict, "There is nothing to look after yet: this organization has bought nothing.")
	}
	_, config, err := b.catalogueAtStripe(ctx)
	if err != nil {
		return "", err
	}
	back := b.URL + "/orgs/" + s.Slug + "/billing?from=portal"
	// A session changes nothing by itself, so no intent is written down, and each press has a session of its own: one whose
	// flow was finished a moment ago leads nowhere.
	params := &stripe.BillingPortalSessionParams{Params: order(ctx, "portal_"+newID().String()), Customer: &customer, ReturnURL: &back}
	if config != "" {
		params.Configuration = &config
	}
	if way == PortalCard {
		params.FlowData = cardFlow(back)
	}
	session, err := b.Stripe.BillingPortalSessions.New(params)
	if err != nil {
		return "", away("make a portal session", err)
	}
	return session.URL, nil
}

func cardFlow(back string) *stripe.BillingPortalSessionFlowDataParams {
	return &stripe.BillingPortalSessionFlowDataParams{
		Type: stripe.String(string(stripe.BillingPortalSessionFlowTypePaymentMethodUpdate)),
		AfterCompletion: &stripe.BillingPortalSessionFlowDataAfterCompletionParams{
			Type:     stripe.String(string(stripe.BillingPortalSessionFlowAfterCompletionTypeRedirect)),
			Redirect: &stripe.BillingPortalSessionFlowDataAfterCompletionRedirectParams{ReturnURL: &back},
		},
	}
}

// current is the subscription that decides access, or nil.
func (b *Billing) current(ctx context.Context, s scope.Scope) (*Subscription, error) {
	var row *Subscription
	err := b.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &row, billingdb.CurrentSubscription, s.TenantID) })
	if err != nil {
		return nil, fmt.Errorf("read the current subscription: %w", err)
	}
	return row, nil
}

// portalConfig finds the configuration that setup has made, or nil.
func (b *Billing) portalConfig(ctx context.Context) (*stripe.BillingPortalConfiguration, error) {
	params := &stripe.BillingPortalConfigurationListParams{Active: stripe.Bool(true)}
	params.Context, params.Limit, params.Single = ctx, stripe.Int64(100), true
	list := b.Stripe.BillingPortalConfigurations.List(params)
	for list.Next() {
		if c := list.BillingPortalConfiguration(); c.Metadata[metaPortal] != "" {
			return c, nil
		}
	}
	if err := list.Err(); err != nil {
		return nil, away("list the portal's configurations", err)
	}
	return nil, nil
}

// portalFeatures is what the Portal offers: cards, billing address and tax id, invoices, the end. Plans and seats are not
// changed there: limits rise only with a payment, which is shown here before anybody confirms it, and seats follow members.
func portalFeatures() *stripe.BillingPortalConfigurationFeaturesParams {
	on := stripe.Bool(true)
	return &stripe.BillingPortalConfigurationFeaturesParams{
		CustomerUpdate: &stripe.BillingPortalConfigurationFeaturesCustomerUpdateParams{
			Enabled: on, AllowedUpdates: stripe.StringSlice([]string{"name", "address", "tax_id"}),
		},
		InvoiceHistory:      &stripe.BillingPortalConfigurationFeaturesInvoiceHistoryParams{Enabled: on},
		PaymentMethodUpdate: &stripe.BillingPortalConfigurationFeaturesPaymentMethodUpdateParams{Enabled: on},
		SubscriptionCancel: &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelParams{
			Enabled: on, Mode: stripe.String("at_period_end"),
		},
		SubscriptionUpdate: &stripe.BillingPortalConfigurationFeaturesSubscriptionUpdateParams{Enabled: stripe.Bool(false)},
	}
}

func productID(p Plan) string { return "plinth_" + strings.ToLower(p.Key) }
