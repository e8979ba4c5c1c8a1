package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/tenants/tenantsdb"
	"plinth/internal/users"
)

// PurgeTx deletes up to limit rows of who belonged to an organization, what it asked of them, and its addresses; it says of which table and how many, zero
// when there is nothing left. It is called inside db.InAdmin.
func PurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, limit int32) (noun string, n int64, err error) {
	return db.PurgeSome(ctx, tx, tenant, limit, []db.Purge{
		{Noun: "join_links", SQL: tenantsdb.PurgeJoinLinks},
		{Noun: "ownership_transfers", SQL: tenantsdb.PurgeTransfers},
		{Noun: "invitations", SQL: tenantsdb.PurgeInvitations},
		{Noun: "memberships", SQL: tenantsdb.PurgeMemberships},
		{Noun: "tenant_policies", SQL: tenantsdb.PurgePolicies},
		{Noun: "tenant_slugs", SQL: tenantsdb.PurgeSlugs},
		{Noun: "staff_notes", SQL: users.PurgeNotes},
	})
}

// PurgeDue lists the organizations that were deleted before a time and are to be erased, or are being erased.
func PurgeDue(ctx context.Context, q tenantsdb.DBTX, before time.Time, limit int32) ([]uuid.UUID, error) {
	ids, err := tenantsdb.New().PurgeDue(ctx, q, tenantsdb.PurgeDueParams{DeletedAt: &before, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("list the organizations to be erased: %w", err)
	}
	return ids, nil
}

// BeginPurgeTx marks that erasing the organization has begun, if it was deleted before a time; from then on it cannot be
// brought back. It is false when it was begun before, or is not to begin. It is called inside db.InAdmin.
func BeginPurgeTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, before time.Time) (bool, error) {
	n, err := tenantsdb.New().BeginPurge(ctx, tx, tenantsdb.BeginPurgeParams{ID: tenant, DeletedAt: &before})
	if err != nil {
		return false, fmt.Errorf("begin to erase the organization: %w", err)
	}
	return n == 1, nil
}

// LockPurgingTx locks an organization that is being erased, and says when that was asked for and when it was deleted;
// NotFound when it is not being erased, or is erased. It is called inside db.InAdmin.
func LockPurgingTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) (asked, deleted time.Time, err error) {
	row, err := tenantsdb.New().LockPurging(ctx, tx, tenant)
	if db.None(err) {
		return asked, deleted, fault.Missing()
	}
	if err != nil {
		return asked, deleted, fmt.Errorf("lock the organization that is erased: %w", err)
	}
	if row.ClosingAt != nil {
		asked = *row.ClosingAt
	}
	return asked, *row.DeletedAt, nil
}

// EntombTx leaves of an organization its id, which a trial and the record of the erasure refer to; its address is free.
// It is called inside db.InAdmin.
func EntombTx(ctx context.Context, tx db.Tx, tenant uuid.UUID) error {
	if err := tenantsdb.New().Entomb(ctx, tx, tenant); err != nil {
		return fmt.Errorf("leave the tombstone: %w", err)
	}
	return nil
}
