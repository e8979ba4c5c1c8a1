package privacy

import (
	"context"

	"plinth/internal/auth"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

// CloseDays is for how many days a closing account can be taken back.
const CloseDays = 14

// CloseForm deletes an account. Its person types their address, so that it is not done by mistake.
type CloseForm struct {
	Email string `form:"email"`
}

// Hindrances are the organizations that would have no owner without the person. Somebody else has to be made owner of
// each, or it has to be deleted, before the account can be.
func (p *Privacy) Hindrances(ctx context.Context, person scope.Person) ([]tenants.Sole, error) {
	var sole []tenants.Sole
	err := p.DB.ReadAdmin(ctx, func(r *db.Reads) { tenants.QueueSolelyOwned(r, person.ID, &sole) })
	return sole, err
}

// Close lets the account be erased after CloseDays, until when its person can Keep it. All other sessions end. It is
// refused while an organization would be left without an owner; of two owners who close at once, one is. The same form
// sent twice closes once.
func (p *Privacy) Close(ctx context.Context, person scope.Person, f CloseForm, d auth.Device) error {
	switch users.NormalEmail(f.Email) {
	case "":
		return fault.Field("email", "Type your e-mail address.")
	case person.Email:
	default:
		return fault.Field("email", "This is not the address of your account, "+person.Email+".")
	}
	at := p.now().AddDate(0, 0, CloseDays)
	return p.DB.InAdmin(ctx, func(ctx context.Context, tx db.Tx) error {
		sole, err := tenants.LockPlacesTx(ctx, tx, person.ID)
		if err != nil {
			return err
		}
		if len(sole) > 0 {
			return fault.New(fault.Conflict, "You are the only owner of "+sole[0].Name+". Hand it over or delete it first.")
		}
		closed, err := users.CloseTx(ctx, tx, person.ID, at)
		if err != nil || !closed {
			return err // pressed twice
		}
		until := map[string][2]string{"until": {"", at.In(person.Location()).Format("2 January 2006")}}
		return p.Auth.ChangedTx(ctx, tx, person, auth.ClosingAsked, until, d)
	})
}

// Keep takes the closing of the account back. Conflict when it is too late; an account that is not closing stays as it
// is.
func (p *Privacy) Keep(ctx context.Context, person scope.Person, d auth.Device) error {
	return p.DB.InPerson(ctx, person.ID, func(ctx context.Context, tx db.Tx) error {
		kept, err := users.KeepTx(ctx, tx, person.ID, p.now())
		if err != nil {
			return err
		}
		if !kept {
			if !person.EraseAt.IsZero() {
				return fault.New(fault.Conflict, "It is too late: your account is being erased.")
			}
			return nil // pressed twice
		}
		_, err = events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: person.ID, ActorID: person.ID, Action: auth.ClosingTakenBack,
			Person: map[string]string{"address": d.Address, "device": d.Name()}, RequestID: d.Request,
		})
		return err
	})
}
