package views

import (
	"context"
	"net/url"
	"time"

	"plinth/internal/billing"
	"plinth/internal/scope"
	"plinth/views/ui"
)

func limitText(ctx context.Context, n int, one, many, none string) string {
	if n < 0 {
		return ui.T(ctx, none)
	}
	return ui.TN(ctx, n, one, many)
}

// limits are what a plan includes, as lines.
func limits(ctx context.Context, plan billing.Plan) []string {
	storage := ui.T(ctx, "Storage without limit")
	if plan.Limits.StorageMB >= 0 {
		storage = ui.T(ctx, "%s of storage", ui.Bytes(ctx, int64(plan.Limits.StorageMB)*1_000_000))
	}
	all := []string{
		limitText(ctx, plan.Limits.Members, "One member", "%d members", "Members without limit"),
		limitText(ctx, plan.Limits.Projects, "One project", "%d projects", "Projects without limit"),
		storage,
	}
	if plan.Scope().Includes(scope.MembersOnlyProjects) {
		all = append(all, ui.T(ctx, "Members-only projects"))
	}
	return all
}

// invoiceState is an invoice's state as a word and a hue.
func invoiceState(ctx context.Context, in billing.Invoice) (text, hue string) {
	switch {
	case in.Status == "paid":
		return ui.T(ctx, "Paid"), "moss"
	case in.Status == "void":
		return ui.T(ctx, "Void"), ""
	case in.Status == "uncollectible":
		return ui.T(ctx, "Written off"), ""
	case in.Attempts > 0:
		return ui.T(ctx, "Failed"), "brick"
	}
	return ui.T(ctx, "Open"), "blue"
}

func invoicesNext(s scope.Scope, next *billing.InvoiceCursor) string {
	q := url.Values{"after": {next.IssuedAt.Format(time.RFC3339Nano) + "_" + next.ID.String()}}
	return ui.OrgPath(s.Slug, "billing", "invoices") + "?" + q.Encode()
}
