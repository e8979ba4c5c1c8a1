package contract_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newer is what Stripe's API of today does otherwise than the version 2023-10-16, which the client asks for with each
// request and which Stripe goes on serving. Parameters are left out before the request is sent; with none named the whole
// request is not there any more. Each has to be refused as it is, else the line can go.
type newer struct{ call, parameters, reason string }

func exceptions() []newer {
	return []newer{
		{"GET /v1/invoices/upcoming", "", "became POST /v1/invoices/create_preview in 2025-03-31"},
		{"POST /v1/subscription_items/{id}/usage_records", "", "became meter events in 2025-03-31"},
		{"GET /v1/subscription_items/{id}/usage_record_summaries", "", "became meter event summaries in 2025-03-31"},
		{"POST /v1/prices", "recurring[aggregate_usage]", "became the formula of a billing meter in 2025-03-31"},
		{"POST /v1/subscription_schedules/{id}", "phases[][iterations]", "became duration in 2025-09-30"},
		{"POST /v1/subscription_schedules/{id}", "phases[][coupon]", "became discounts[] in 2025-03-31"},
		{"POST /v1/subscriptions", "coupon promotion_code", "became discounts[] in 2025-03-31"},
		{"POST /v1/subscriptions/{id}", "coupon promotion_code", "became discounts[] in 2025-03-31"},
	}
}

// TestRequestsAreStripes walks through all that the app does at Stripe and has stripe-mock look at each kind of request.
func TestRequestsAreStripes(t *testing.T) {
	t.Parallel()
	rec := walk(t)
	judge := judge{startMock(t), readSpec(t)}
	kinds := rec.all()
	for _, r := range kinds {
		checked, gone := judge.allowed(t, r)
		if gone {
			continue
		}
		if problem := judge.refuses(t, checked); problem != "" {
			t.Errorf("%s is refused: %s\nsent: %v", r, problem, checked.form)
		}
	}
	for call, shape := range calls(t) {
		if shape == "" {
			t.Errorf("the app calls %s, which this test does not know: name its request in addresses", call)
		} else if !rec.has(shape) {
			t.Errorf("the app calls %s, and the walk has not made it ask %s", call, shape)
		}
	}
	t.Logf("%d kinds of requests", len(kinds))
}

// judge is stripe-mock and the description it brings along.
type judge struct {
	mock *mock
	spec spec
}

// refuses says why a request is none of Stripe's, or "".
func (j judge) refuses(t *testing.T, r request) string {
	t.Helper()
	if names := j.spec.unknown(r); len(names) > 0 {
		return "unknown: " + strings.Join(names, ", ")
	}
	return j.mock.refuses(t, r)
}

// allowed takes out of a request what only the pinned version knows. gone: the whole request.
func (j judge) allowed(t *testing.T, r request) (checked request, gone bool) {
	t.Helper()
	for _, e := range exceptions() {
		if e.call != r.String() {
			continue
		}
		if e.parameters == "" {
			if j.refuses(t, r) == "" {
				t.Errorf("%s is taken as it is: the exception (%s) can go", r, e.reason)
			}
			return r, true
		}
		for _, name := range strings.Fields(e.parameters) {
			if !slices.Contains(r.parameters(), name) {
				continue
			}
			if j.refuses(t, r) == "" {
				t.Errorf("%s takes %s as it is: the exception (%s) can go", r, name, e.reason)
			}
			r = r.without(name)
		}
	}
	return r, false
}

// TestTheContractCanFail plants what a slip of the pen would send.
func TestTheContractCanFail(t *testing.T) {
	t.Parallel()
	judge := judge{startMock(t), readSpec(t)}
	right := request{method: "POST", path: "/v1/subscriptions/sub_1", form: map[string][]string{
		"items[0][id]": {"si_1"}, "items[0][quantity]": {"2"}, "proration_behavior": {"none"},
	}}
	if problem := judge.refuses(t, right); problem != "" {
		t.Fatalf("a right request is refused: %s", problem)
	}
	for name, wrong := range map[string]request{
		"a misspelt parameter":    {right.method, right.path, map[string][]string{"items[0][id]": {"si_1"}, "proration_behaviour": {"none"}}},
		"one inside a list":       {right.method, right.path, map[string][]string{"items[0][quantty]": {"2"}}},
		"a value that is no word": {right.method, right.path, map[string][]string{"proration_behavior": {"later"}}},
		"a number that is none":   {right.method, right.path, map[string][]string{"items[0][quantity]": {"two"}}},
		"another address":         {right.method, "/v1/subscriptionz/sub_1", right.form},
	} {
		if judge.refuses(t, wrong) == "" {
			t.Errorf("%s is taken", name)
		}
	}
	misspelt := request{right.method, right.path, map[string][]string{"metadata[a]": {"b"}, "cancel_at_period_ende": {"true"}}}
	if got := judge.refuses(t, misspelt); got != "unknown: cancel_at_period_ende" {
		t.Errorf("the reason is %q", got)
	}
}

var callOf = regexp.MustCompile(`\.Stripe\.([A-Z]\w*\.[A-Z]\w*)\(`)

// calls reads out of the source which of the client's functions the app calls, and finds their requests; "" for one that
// is not in the table.
func calls(t *testing.T) map[string]string {
	t.Helper()
	known, found := addresses(), map[string]string{}
	root := filepath.Join("..", "..")
	for _, dir := range []string{"internal", "handlers", "cmd", "jobs", "web"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, call := range callOf.FindAllStringSubmatch(string(source), -1) {
				found[call[1]] = known[call[1]]
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 10 {
		t.Fatalf("found only %d calls in the source", len(found))
	}
	return found
}

// addresses are the requests behind the client's functions.
func addresses() map[string]string {
	return map[string]string{
		"BillingPortalConfigurations.List":   "GET /v1/billing_portal/configurations",
		"BillingPortalConfigurations.New":    "POST /v1/billing_portal/configurations",
		"BillingPortalConfigurations.Update": "POST /v1/billing_portal/configurations/{id}",
		"BillingPortalSessions.New":          "POST /v1/billing_portal/sessions",
		"Charges.Get":                        "GET /v1/charges/{id}",
		"Disputes.Get":                       "GET /v1/disputes/{id}",
		"CheckoutSessions.Expire":            "POST /v1/checkout/sessions/{id}/expire",
		"CheckoutSessions.Get":               "GET /v1/checkout/sessions/{id}",
		"CheckoutSessions.List":              "GET /v1/checkout/sessions",
		"CheckoutSessions.New":               "POST /v1/checkout/sessions",
		"Customers.Del":                      "DELETE /v1/customers/{id}",
		"Customers.Get":                      "GET /v1/customers/{id}",
		"Customers.New":                      "POST /v1/customers",
		"Customers.Update":                   "POST /v1/customers/{id}",
		"Events.List":                        "GET /v1/events",
		"Invoices.FinalizeInvoice":           "POST /v1/invoices/{id}/finalize",
		"Invoices.Get":                       "GET /v1/invoices/{id}",
		"Invoices.List":                      "GET /v1/invoices",
		"Invoices.Upcoming":                  "GET /v1/invoices/upcoming",
		"Invoices.VoidInvoice":               "POST /v1/invoices/{id}/void",
		"Prices.List":                        "GET /v1/prices",
		"Prices.New":                         "POST /v1/prices",
		"Products.Get":                       "GET /v1/products/{id}",
		"Products.New":                       "POST /v1/products",
		"PromotionCodes.List":                "GET /v1/promotion_codes",
		"SubscriptionItems.New":              "POST /v1/subscription_items",
		"SubscriptionSchedules.New":          "POST /v1/subscription_schedules",
		"SubscriptionSchedules.Release":      "POST /v1/subscription_schedules/{id}/release",
		"SubscriptionSchedules.Update":       "POST /v1/subscription_schedules/{id}",
		"Subscriptions.Cancel":               "DELETE /v1/subscriptions/{id}",
		"Subscriptions.DeleteDiscount":       "DELETE /v1/subscriptions/{id}/discount",
		"Subscriptions.Get":                  "GET /v1/subscriptions/{id}",
		"Subscriptions.List":                 "GET /v1/subscriptions",
		"Subscriptions.New":                  "POST /v1/subscriptions",
		"Subscriptions.Resume":               "POST /v1/subscriptions/{id}/resume",
		"Subscriptions.Update":               "POST /v1/subscriptions/{id}",
		"UsageRecords.New":                   "POST /v1/subscription_items/{id}/usage_records",
	}
}
