package tenants

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants/tenantsdb"
)

// OfferFor is how long the person named has to confirm that they take an organization over.
const OfferFor = 7 * 24 * time.Hour

// OfferForm names the member who is to be owner. ID is made when the form is shown, so that sending it twice makes one
// offer.
type OfferForm struct {
	ID    uuid.UUID `form:"id"`
	Email string    `form:"email"`
}

// Offer is a handing over that waits for the person named.
type Offer struct {
	ID        uuid.UUID
	FromUser  uuid.UUID
	From      string
	ToUser    uuid.UUID
	To        string
	ExpiresAt time.Time
}

// Offers reads the handings over that wait, and members who could be named, for a hint.
func (t *Tenants) Offers(ctx context.Context, s scope.Scope) ([]Offer, []Member, error) {
	var offers []Offer
	var members []Member
	err := t.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		db.Rows(r, &offers, tenantsdb.OpenTransfers, s.TenantID)
		db.Rows(r, &members, tenantsdb.ListPeople, s.TenantID, time.Time{}, uuid.Nil, "", peoplePageSize)
	})
	return offers, members, err
}

// OfferOwnership names the member to whom an owner hands over; the earlier offer of the same owner is withdrawn. Nothing
// changes until that person confirms.
func (t *Tenants) OfferOwnership(ctx context.Context, s scope.Scope, f OfferForm) error {
	if f.ID == uuid.Nil {
		return fault.New(fault.Invalid, "This form is incomplete. Reload the page and try again.")
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := lockOwnerTx(ctx, tx, s); err != nil {
			return err
		}
		q := tenantsdb.New()
		if there, err := q.TransferExists(ctx, tx, tenantsdb.TransferExistsParams{TenantID: s.TenantID, ID: f.ID}); err != nil || there {
			return err // pressed twice
		}
		to, err := heirTx(ctx, tx, s, f.Email)
		if err != nil {
			return err
		}
		if err := q.EndTransfersOf(ctx, tx, tenantsdb.EndTransfersOfParams{TenantID: s.TenantID, FromUser: s.Person.ID}); err != nil {
			return fmt.Errorf("withdraw the earlier offer: %w", err)
		}
		err = q.CreateTransfer(ctx, tx, tenantsdb.CreateTransferParams{
			TenantID: s.TenantID, ID: f.ID, FromUser: s.Person.ID, ToUser: to.UserID, ExpiresAt: time.Now().Add(OfferFor),
		})
		if err != nil {
			return fmt.Errorf("create offer: %w", err)
		}
		if err := t.ownershipMailTx(ctx, tx, s, f.ID, false); err != nil {
			return err
		}
		return ownershipEventTx(ctx, tx, s, "ownership.offered", to.UserID, to.Name)
	})
}

// lockOwnerTx locks the organization and reads the person who asks, who must be an owner at this moment.
func lockOwnerTx(ctx context.Context, tx db.Tx, s scope.Scope) error {
	_, own, err := lockMemberTx(ctx, tx, s, s.Person.ID)
	if err == nil && !own.May(scope.TransferOwnership) {
		return fault.New(fault.Denied, "Only an owner hands an organization over.")
	}
	return err
}

// heirTx finds the member who is named, who must be another one and no owner yet.
func heirTx(ctx context.Context, tx db.Tx, s scope.Scope, email string) (tenantsdb.MemberByEmailRow, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	to, err := tenantsdb.New().MemberByEmail(ctx, tx, tenantsdb.MemberByEmailParams{TenantID: s.TenantID, Email: email})
	switch {
	case email == "":
		return to, fault.Field("email", "Enter the address of a member.")
	case db.None(err):
		return to, fault.Field("email", "Nobody with this address is a member. Invite them first.")
	case err != nil:
		return to, fmt.Errorf("find the member: %w", err)
	case to.Closed: // it would be an owner who cannot get in, or is gone in two weeks
		return to, fault.Field("email", to.Name+" cannot use their account at present, or is deleting it. Name another member.")
	case to.UserID == s.Person.ID:
		return to, fault.Field("email", "This is your own address. Name another member.")
	case scope.Role(to.Role) == scope.Owner:
		return to, fault.Field("email", to.Name+" is an owner already. To give up ownership, change your own role.")
	}
	return to, nil
}

// WithdrawOffer takes an offer back; any owner may.
func (t *Tenants) WithdrawOffer(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := lockOwnerTx(ctx, tx, s); err != nil {
			return err
		}
		o, err := offerTx(ctx, tx, s, id)
		if err != nil || o.EndedAt != nil {
			return err // pressed twice
		}
		if o.ConfirmedAt != nil {
			return fault.New(fault.Conflict, o.ToName+" has confirmed already and is an owner now.")
		}
		return endOfferTx(ctx, tx, s, o, "ownership.withdrawn")
	})
}

// DeclineOffer says no, as the person named.
func (t *Tenants) DeclineOffer(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if _, _, err := lockMemberTx(ctx, tx, s, s.Person.ID); err != nil {
			return err
		}
		o, err := ownOfferTx(ctx, tx, s, id)
		if err != nil || o.EndedAt != nil || o.ConfirmedAt != nil {
			return err // pressed twice
		}
		return endOfferTx(ctx, tx, s, o, "ownership.declined")
	})
}

func endOfferTx(ctx context.Context, tx db.Tx, s scope.Scope, o tenantsdb.TransferByIDRow, action string) error {
	if _, err := tenantsdb.New().EndTransfer(ctx, tx, tenantsdb.EndTransferParams{TenantID: s.TenantID, ID: o.ID}); err != nil {
		return fmt.Errorf("end offer: %w", err)
	}
	return ownershipEventTx(ctx, tx, s, action, o.ToUser, o.ToName)
}

// ConfirmOwnership makes the person named an owner, and whoever handed over an admin. It is refused when the offer was
// withdrawn or is too old, or when who made it is no owner any more.
func (t *Tenants) ConfirmOwnership(ctx context.Context, s scope.Scope, id uuid.UUID) error {
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		m, own, err := lockMemberTx(ctx, tx, s, s.Person.ID)
		if err != nil {
			return err
		}
		o, err := ownOfferTx(ctx, tx, s, id)
		if err != nil || o.ConfirmedAt != nil {
			return err // pressed twice
		}
		if err := openOfferTx(ctx, tx, s, o); err != nil {
			return err
		}
		if own == scope.Guest {
			if err := t.Plans.AllowTx(ctx, tx, s, billing.Members); err != nil {
				return err
			}
		}
		if err := swapTx(ctx, tx, s, o); err != nil {
			return err
		}
		if err := t.ownershipMailTx(ctx, tx, s, o.ID, true); err != nil {
			return err
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "ownership.transferred", ObjectKind: "member", ObjectID: s.Person.ID,
			Changes: map[string][2]string{"role": {m.Role, string(scope.Owner)}, "former_owner_role": {string(scope.Owner), string(scope.Admin)}},
			Person:  map[string]string{"name": m.Name, "former_owner": o.FromName},
		})
	})
}

// openOfferTx refuses an offer that no longer stands.
func openOfferTx(ctx context.Context, tx db.Tx, s scope.Scope, o tenantsdb.TransferByIDRow) error {
	from, err := memberTx(ctx, tx, s, o.FromUser)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	switch {
	case o.EndedAt != nil:
		return fault.New(fault.Conflict, "This offer was withdrawn.")
	case !o.ExpiresAt.After(time.Now()):
		return fault.New(fault.Conflict, "This offer is too old. Ask "+o.FromName+" for a new one.")
	case scope.Role(from.Role) != scope.Owner:
		return fault.New(fault.Conflict, o.FromName+" is no longer an owner, so the offer no longer stands.")
	}
	return nil
}

// swapTx makes the new owner first: at no moment is there none.
func swapTx(ctx context.Context, tx db.Tx, s scope.Scope, o tenantsdb.TransferByIDRow) error {
	q := tenantsdb.New()
	for _, change := range []tenantsdb.SetRoleParams{
		{TenantID: s.TenantID, UserID: o.ToUser, Role: string(scope.Owner)}, {TenantID: s.TenantID, UserID: o.FromUser, Role: string(scope.Admin)},
	} {
		if _, err := q.SetRole(ctx, tx, change); err != nil {
			return fmt.Errorf("set role: %w", err)
		}
	}
	if err := q.ConfirmTransfer(ctx, tx, tenantsdb.ConfirmTransferParams{TenantID: s.TenantID, ID: o.ID}); err != nil {
		return fmt.Errorf("confirm the offer: %w", err)
	}
	return nil
}

func offerTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (tenantsdb.TransferByIDRow, error) {
	o, err := tenantsdb.New().TransferByID(ctx, tx, tenantsdb.TransferByIDParams{TenantID: s.TenantID, ID: id})
	if db.None(err) {
		return o, fault.Missing()
	}
	if err != nil {
		return o, fmt.Errorf("read offer: %w", err)
	}
	return o, nil
}

// ownOfferTx is offerTx for the person named; the same NotFound for everybody else.
func ownOfferTx(ctx context.Context, tx db.Tx, s scope.Scope, id uuid.UUID) (tenantsdb.TransferByIDRow, error) {
	o, err := offerTx(ctx, tx, s, id)
	if err == nil && o.ToUser != s.Person.ID {
		return tenantsdb.TransferByIDRow{}, fault.Missing()
	}
	return o, err
}

func ownershipEventTx(ctx context.Context, tx db.Tx, s scope.Scope, action string, to uuid.UUID, name string) error {
	return events.AppendTx(ctx, tx, s, events.Event{Action: action, ObjectKind: "member", ObjectID: to, Person: map[string]string{"name": name}})
}
