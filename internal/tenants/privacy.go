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
