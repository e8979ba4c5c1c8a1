// Package users owns the accounts: who a person is, wherever they belong.
package users

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/users/usersdb"
)

// User is an account. Its address has been proven; what waits for proof is a sign-up, not a user.
type User struct {
	ID           uuid.UUID
	Email        string
	Name         string
	PasswordHash string // empty when the person signs in another way
	Zone         string
	Staff        scope.StaffRole // "" is not staff
}

// New is what an account is made of.
type New struct {
	ID           uuid.UUID
	Email        string
	Name         string
	PasswordHash string
	TermsVersion string
	Zone         string
}

// NormalEmail is the form addresses are stored and compared in.
func NormalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// CreateTx makes the account. made is false when the address has one already; nothing is changed then.
func CreateTx(ctx context.Context, tx db.Tx, n New) (made bool, err error) {
	if n.Zone == "" {
		n.Zone = "UTC"
	}
	rows, err := usersdb.New().CreateUser(ctx, tx, usersdb.CreateUserParams{
		ID: n.ID, Email: NormalEmail(n.Email), Name: n.Name, PasswordHash: &n.PasswordHash,
		TermsVersion: n.TermsVersion, TimeZone: n.Zone,
	})
	if err != nil {
		return false, fmt.Errorf("create user: %w", err)
	}
	return rows == 1, nil
}

// ByEmail finds the account of an address; NotFound when there is none.
func ByEmail(ctx context.Context, q usersdb.DBTX, email string) (User, error) {
	row, err := usersdb.New().UserByEmail(ctx, q, NormalEmail(email))
	if db.None(err) {
		return User{}, fault.Missing()
	}
	if err != nil {
		return User{}, fmt.Errorf("find user by address: %w", err)
	}
	return user(usersdb.UserByIDRow(row)), nil
}

// ByID finds an account; NotFound when there is none.
func ByID(ctx context.Context, q usersdb.DBTX, id uuid.UUID) (User, error) {
	row, err := usersdb.New().UserByID(ctx, q, id)
	if db.None(err) {
		return User{}, fault.Missing()
	}
	if err != nil {
		return User{}, fmt.Errorf("find user: %w", err)
	}
	return user(row), nil
}

func user(row usersdb.UserByIDRow) User {
	u := User{ID: row.ID, Email: row.Email, Name: row.Name, Zone: row.TimeZone, Staff: scope.StaffRole(row.Staff)}
	if row.PasswordHash != nil {
		u.PasswordHash = *row.PasswordHash
	}
	return u
}

// SetPasswordTx stores a new password's hash. The person must be in scope.
func SetPasswordTx(ctx context.Context, tx db.Tx, id uuid.UUID, hash string) error {
	rows, err := usersdb.New().SetPassword(ctx, tx, usersdb.SetPasswordParams{ID: id, PasswordHash: &hash})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// SetProfileTx stores name and time zone. The person must be in scope.
func SetProfileTx(ctx context.Context, tx db.Tx, id uuid.UUID, name, zone string) error {
	rows, err := usersdb.New().SetProfile(ctx, tx, usersdb.SetProfileParams{ID: id, Name: name, TimeZone: zone})
	if err != nil {
		return fmt.Errorf("set profile: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// SetEmailTx stores a new address that was proven; Conflict when another account has it. The person must be in scope.
func SetEmailTx(ctx context.Context, tx db.Tx, id uuid.UUID, email string) error {
	rows, err := usersdb.New().SetEmail(ctx, tx, usersdb.SetEmailParams{ID: id, Email: NormalEmail(email)})
	if db.Violates(err, "users_email_key") {
		return fault.New(fault.Conflict, "This address has an account of its own by now.")
	}
	if err != nil {
		return fmt.Errorf("set address: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}
