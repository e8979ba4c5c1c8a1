package tenants

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/tenants/tenantsdb"
	"plinth/internal/users"
)

// Sole is an organization that would have no owner without a person.
type Sole struct {
	ID     uuid.UUID
	Slug   string
	Name   string
	Others int64 // people besides
}

// QueueSolelyOwned reads, as plinth_admin, the organizations that would have no owner without a person.
func QueueSolelyOwned(r *db.Reads, userID uuid.UUID, into *[]Sole) {
	db.Rows(r, into, tenantsdb.SolelyOwned, userID)
}

// LockPlacesTx locks the organizations of a person, so that nothing of who owns them changes, and lists those that would
// have no owner without them. It is called inside db.InAdmin.
func LockPlacesTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]Sole, error) {
	q := tenantsdb.New()
	if _, err := q.LockPlaces(ctx, tx, userID); err != nil {
		return nil, fmt.Errorf("lock the organizations of a person: %w", err)
	}
	rows, err := q.SolelyOwned(ctx, tx, userID)
	if err != nil {
		return nil, fmt.Errorf("list the organizations without another owner: %w", err)
	}
	out := make([]Sole, len(rows))
	for i, row := range rows {
		out[i] = Sole(row)
	}
	return out, nil
}

// OwnedTx lists the organizations of which a person is or was an owner. It is called inside db.InAdmin.
func OwnedTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]uuid.UUID, error) {
	ids, err := tenantsdb.New().OwnedPlaces(ctx, tx, userID)
	if err != nil {
		return nil, fmt.Errorf("list the organizations a person owned: %w", err)
	}
	return ids, nil
}

// EraseTx ends a person's memberships and takes their address from invitations; what they wrote stays. It says which
// organizations they left, and how many invitations named them. It is called inside db.InAdmin.
func EraseTx(ctx context.Context, tx db.Tx, u users.User) (left []uuid.UUID, invitations int64, err error) {
	q := tenantsdb.New()
	if invitations, err = q.EraseInvitations(ctx, tx, tenantsdb.EraseInvitationsParams{Email: u.Email, UserID: &u.ID}); err != nil {
		return nil, 0, fmt.Errorf("erase from invitations: %w", err)
	}
	if left, err = q.EraseMemberships(ctx, tx, u.ID); err != nil {
		return nil, 0, fmt.Errorf("end memberships: %w", err)
	}
	return left, invitations, nil
}
