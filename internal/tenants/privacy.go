package tenants

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/tenants/tenantsdb"
)

// Place is an organization that a person belongs to or belonged to.
type Place struct {
	ID   uuid.UUID
	Slug string
}

// PlacesTx lists the organizations that the person in scope belongs to or belonged to.
func PlacesTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]Place, error) {
	rows, err := tenantsdb.New().EverMemberOf(ctx, tx, userID)
	if err != nil {
		return nil, fmt.Errorf("list the organizations of a person: %w", err)
	}
	out := make([]Place, len(rows))
	for i, row := range rows {
		out[i] = Place(row)
	}
	return out, nil
}

// ExportTx is a person's membership of the organization in scope, ended or not, for their copy; nil when the
// organization is gone.
func ExportTx(ctx context.Context, tx db.Tx, tenant, userID uuid.UUID) ([]byte, error) {
	doc, err := tenantsdb.New().ExportMembership(ctx, tx, tenantsdb.ExportMembershipParams{TenantID: tenant, UserID: userID})
	if db.None(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("export a membership: %w", err)
	}
	return doc, nil
}

// ExportOrganizationTx is the organization in scope itself, for the copy of all it has.
func ExportOrganizationTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) ([]byte, error) {
	doc, err := tenantsdb.New().ExportOrganization(ctx, tx, tenant)
	if err != nil {
		return nil, fmt.Errorf("export the organization: %w", err)
	}
	return doc, nil
}

// ExportPeopleTx is a page of those who belong or belonged to the organization in scope.
func ExportPeopleTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, tenantsdb.ExportPeople, tenant, after, size)
}

// ExportInvitationsTx is a page of the invitations to the organization in scope.
func ExportInvitationsTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, tenantsdb.ExportInvitations, tenant, after, size)
}

// ExportJoinLinksTx is a page of the join links of the organization in scope, without what makes them links.
func ExportJoinLinksTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, tenantsdb.ExportJoinLinks, tenant, after, size)
}

// ExportTransfersTx is a page of the handings over of the organization in scope.
func ExportTransfersTx(ctx context.Context, tx db.Tx, tenant, after uuid.UUID, size int32) ([]db.Doc, error) {
	return db.Docs(ctx, tx, tenantsdb.ExportTransfers, tenant, after, size)
}
