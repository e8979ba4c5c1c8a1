package privacy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/files"
	"plinth/internal/privacy/privacydb"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/webhooks"
	"plinth/jobs"
)

// RunOrganization goes on with the copy of an organization for a while, and says whether there is more to do.
// jobs.ErrNothingToDo when the copy has ended, or who asked may not have it any more.
func (p *Privacy) RunOrganization(ctx context.Context, tenant, id uuid.UUID) (more bool, err error) {
	return p.turn(ctx, func(ctx context.Context) (*making, error) { return p.makingOfOrganization(ctx, tenant, id) })
}

func (p *Privacy) makingOfOrganization(ctx context.Context, tenant, id uuid.UUID) (*making, error) {
	s := scope.System(tenant)
	var e *privacydb.TenantExportByIDRow
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Maybe(r, &e, privacydb.TenantExportByID, tenant, id) })
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the copy under way: %w", err)
	case e == nil || e.State != Running:
		return nil, jobs.ErrNothingToDo
	case !scope.Role(e.Role).May(scope.ExportOrganization): // by now: who was an owner may not be one any more
		return nil, errors.Join(jobs.ErrNothingToDo, p.GiveUpOrganization(ctx, tenant, id))
	}
	return &making{
		folder: folderIn(tenant, id), parts: p.partsOfOrganization(tenant), at: place{e.Step, e.Part, e.AfterID},
		move: func(ctx context.Context, to place) error {
			return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
				_, err := privacydb.New().MoveTenantExport(ctx, tx, privacydb.MoveTenantExportParams{
					TenantID: tenant, ID: id, WasStep: e.Step, WasPart: e.Part, Step: to.step, Part: to.page, AfterID: to.after,
				})
				return err
			})
		},
		finish: func(ctx context.Context, bytes int64) error { return p.finishOrganization(ctx, s, id, bytes) },
	}, nil
}

// filesOf is where the files of an organization lie.
func filesOf(tenant uuid.UUID) string { return "tenants/" + tenant.String() + "/" }

// Stored is how many bytes of files an organization keeps. Copies of its data that wait to be fetched are not its doing,
// and go by themselves.
func (p *Privacy) Stored(ctx context.Context, tenant uuid.UUID) (int64, error) {
	return p.Files.Size(ctx, filesOf(tenant), copiesOf(tenant))
}

func copiesOf(tenant uuid.UUID) string { return filesOf(tenant) + "exports/" }

func folderIn(tenant, export uuid.UUID) string {
	return copiesOf(tenant) + export.String() + "/"
}

// partsOfOrganization is what the copy of an organization consists of, in order.
func (p *Privacy) partsOfOrganization(tenant uuid.UUID) []part {
	of := func(name string, read func(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error), table string) part {
		return part{name: name, tenant: tenant, table: strings.Fields(table), read: func(ctx context.Context, tx db.Tx, after uuid.UUID, size int32) ([]db.Doc, error) {
			docs, err := read(ctx, tx, tenant, after, size)
			if err != nil {
				return nil, fmt.Errorf("export %s: %w", name, err)
			}
			return docs, nil
		}}
	}
	return []part{
		{name: "organization", tenant: tenant, read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) {
			return tenants.ExportOrganizationTx(ctx, tx, tenant)
		})},
		of("people", tenants.ExportPeopleTx, "id name email role joined_at left_at"),
		of("invitations", tenants.ExportInvitationsTx, "email role invited_by created_at expires_at accepted_at revoked_at"),
		of("join_links", tenants.ExportJoinLinksTx, "role made_by created_at ended_at"),
		of("ownership", tenants.ExportTransfersTx, "from to created_at confirmed_at ended_at"),
		of("projects", projects.ExportAllProjectsTx, "key name description visibility members created_at archived_at"),
		of("tickets", projects.ExportAllTicketsTx, "project number title body status priority author assignee created_at updated_at closed_at"),
		of("comments", projects.ExportAllCommentsTx, "project ticket author body created_at edited_at"),
		of("subscriptions", billing.ExportSubscriptionsTx, "stripe_id status seats amount currency interval created_at period_end trial_end ends_at ended_at "+
			"changes_to changes_at discount discount_percent discount_amount discount_until card_brand card_last4 card_expires"),
		of("invoices", billing.ExportInvoicesTx, "number status currency total amount_due amount_paid issued_at period_start period_end page pdf"),
		of("activity", events.ExportHistoryTx, "at actor action object name changes personal seal"),
		{name: "logo", kept: func(ctx context.Context) (string, error) { return tenants.LogoKey(ctx, p.DB.Direct(), tenant) }},
		// New parts come last: a copy under way knows where it stands by their number.
		{name: "billing", tenant: tenant, read: one(func(ctx context.Context, tx db.Tx) ([]byte, error) {
			return billing.ExportSettingsTx(ctx, tx, tenant)
		})},
		of("usage", billing.ExportUsageTx, "meter hour measured charged reported_at note"),
		of("attachments", files.ExportAllTx, "project ticket file name type bytes sha256 author created_at"),
		of("webhooks", webhooks.ExportTx, "url description types state created_at"),
	}
}

func (p *Privacy) finishOrganization(ctx context.Context, s scope.Scope, id uuid.UUID, bytes int64) error {
	q := privacydb.New()
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		finished, err := q.FinishTenantExport(ctx, tx, privacydb.FinishTenantExportParams{TenantID: s.TenantID, ID: id, Bytes: bytes})
		if err != nil || finished == 0 {
			return err
		}
		if err := q.ReplaceTenantExports(ctx, tx, privacydb.ReplaceTenantExportsParams{TenantID: s.TenantID, ID: id}); err != nil {
			return fmt.Errorf("replace the earlier copies: %w", err)
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.SendOrganizationExportReady{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, ExportID: id})
	})
}
