package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users"
)

// What staff did to an account, in its own history.
const (
	StaffSignedOut = "account.signed_out_by_staff"
	StaffSuspended = "account.suspended"
	StaffLifted    = "account.suspension_lifted"
	StaffFactors   = "account.factors_reset"
	StaffVerified  = "account.verified_by_staff"
)

// ByStaff is an act of staff on an account: who does it, and the request they do it with.
type ByStaff struct {
	Person  scope.Person
	Request string
}

// SignOutTx ends every session of an account. It is called inside db.InAdmin.
func SignOutTx(ctx context.Context, tx db.Tx, by ByStaff, id uuid.UUID) error {
	if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: id}); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return noteStaffTx(ctx, tx, by, id, StaffSignedOut, nil)
}

// SuspendTx keeps an account from signing in and ends its sessions; with no reason it lifts that again. false when it is so
// already. It is called inside db.InAdmin.
func SuspendTx(ctx context.Context, tx db.Tx, by ByStaff, id uuid.UUID, reason string) (bool, error) {
	changed, err := users.SuspendTx(ctx, tx, id, reason)
	if err != nil || !changed {
		return false, err
	}
	if reason == "" {
		return true, noteStaffTx(ctx, tx, by, id, StaffLifted, nil)
	}
	if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: id}); err != nil {
		return false, fmt.Errorf("end sessions: %w", err)
	}
	return true, noteStaffTx(ctx, tx, by, id, StaffSuspended, nil)
}

// ResetFactorsTx takes away the second factors of an account, passkeys and recovery codes among them, ends its sessions and
// tells its person by mail. false when it has none. It is called inside db.InAdmin.
func (a *Auth) ResetFactorsTx(ctx context.Context, tx db.Tx, by ByStaff, u users.User) (bool, error) {
	q := authdb.New()
	var gone int64
	for what, erase := range map[string]func(context.Context, authdb.DBTX, uuid.UUID) (int64, error){
		"the app": q.EraseTOTP, "recovery codes": q.EraseRecoveryCodes, "passkeys": q.ErasePasskeys,
	} {
		n, err := erase(ctx, tx, u.ID)
		if err != nil {
			return false, fmt.Errorf("take away %s: %w", what, err)
		}
		gone += n
	}
	if gone == 0 {
		return false, nil
	}
	if err := q.EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: u.ID}); err != nil {
		return false, fmt.Errorf("end sessions: %w", err)
	}
	return true, a.tellStaffTx(ctx, tx, by, u, StaffFactors, nil)
}

// VerifyTx makes the account of a sign-up whose address staff have made sure of, with the password that was chosen then,
// and tells its person by mail; nobody is signed in. NotFound when it waits no longer; Conflict when the address has an
// account. It is called inside db.InAdmin.
func (a *Auth) VerifyTx(ctx context.Context, tx db.Tx, by ByStaff, signup uuid.UUID) (uuid.UUID, error) {
	row, err := authdb.New().SignupByID(ctx, tx, signup)
	if db.None(err) {
		return uuid.Nil, fault.Missing()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("find sign-up: %w", err)
	}
	u := users.New{Email: row.Email, Name: row.Name, PasswordHash: row.PasswordHash, TermsVersion: row.TermsVersion}
	if u.ID, err = a.makeTx(ctx, tx, u, by.Request, by.Person.ID); err != nil {
		return uuid.Nil, err
	}
	return u.ID, a.tellStaffTx(ctx, tx, by, users.User{ID: u.ID, Email: u.Email, Name: u.Name}, StaffVerified, nil)
}

// ClosingTx notes that staff have an account deleted, ends its sessions and tells its person by mail; until is the day. It
// is called inside db.InAdmin.
func (a *Auth) ClosingTx(ctx context.Context, tx db.Tx, by ByStaff, u users.User, until string) error {
	if err := authdb.New().EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{UserID: u.ID}); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return a.tellStaffTx(ctx, tx, by, u, ClosingAsked, map[string][2]string{"until": {"", until}})
}

// KeptTx notes that staff have taken the deletion of an account back. It is called inside db.InAdmin.
func KeptTx(ctx context.Context, tx db.Tx, by ByStaff, id uuid.UUID) error {
	return noteStaffTx(ctx, tx, by, id, ClosingTakenBack, nil)
}

// StaffRoleTx notes which role in the back-office an account has from now on. It is called inside db.InAdmin.
func StaffRoleTx(ctx context.Context, tx db.Tx, by ByStaff, id uuid.UUID, role scope.StaffRole) error {
	action := "account.staff_granted"
	if role == "" {
		action = "account.staff_revoked"
	}
	return noteStaffTx(ctx, tx, by, id, action, map[string][2]string{"role": {"", string(role)}})
}

func noteStaffTx(ctx context.Context, tx db.Tx, by ByStaff, id uuid.UUID, action string, changes map[string][2]string) error {
	_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: id, ActorID: by.Person.ID, Action: action, Changes: changes, RequestID: by.Request,
	})
	return err
}

// tellStaffTx notes what staff did to an account and tells its person by mail. Where staff sit is nobody's business.
func (a *Auth) tellStaffTx(ctx context.Context, tx db.Tx, by ByStaff, u users.User, action string, changes map[string][2]string) error {
	event, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
		UserID: u.ID, ActorID: by.Person.ID, Action: action, Changes: changes, RequestID: by.Request,
	})
	if err != nil {
		return err
	}
	return a.tellTx(ctx, tx, u, event)
}
