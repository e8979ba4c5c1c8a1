package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/internal/users"
)

// ProfileForm is what a person says of themselves.
type ProfileForm struct {
	Name string `form:"name"`
	Zone string `form:"time_zone"`
}

// UpdateProfile changes a person's name and time zone.
func (a *Auth) UpdateProfile(ctx context.Context, p scope.Person, f ProfileForm) error {
	f.Name = strings.TrimSpace(f.Name)
	var wrong fault.Fields
	if text := CheckName(f.Name); text != "" {
		wrong.Add("name", text)
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "" || f.Zone == "Local" {
		wrong.Add("time_zone", "Choose a time zone from the list.")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		if err := users.SetProfileTx(ctx, tx, p.ID, f.Name, f.Zone); err != nil {
			return err
		}
		_, err := events.AppendAccountTx(ctx, tx, events.AccountEvent{
			UserID: p.ID, ActorID: p.ID, Action: "account.changed", Person: map[string]string{"name": f.Name},
		})
		return err
	})
}

// PasswordForm changes a password.
type PasswordForm struct {
	Current  string `form:"current"`
	Password string `form:"password"`
}

// ChangePassword sets a new password after the present one was given, ends all other sessions, and tells the person by
// mail. Wrong present passwords are met with a growing delay, as at sign-in. The same form sent twice changes it once.
func (a *Auth) ChangePassword(ctx context.Context, p scope.Person, f PasswordForm, d Device) error {
	if f.Current == "" {
		return fault.Field("current", "Enter your present password.")
	}
	user, err := users.ByID(ctx, a.DB.Direct(), p.ID)
	if err != nil {
		return err
	}
	if err := a.checkNewPassword(ctx, user, f.Password); err != nil {
		return err
	}
	ok, err := a.passwordMatches(ctx, user, f.Current, d)
	if err != nil {
		return err
	}
	if !ok {
		// The second press of the button: it is this already. Whoever guesses learns no more than from the other field.
		if done, err := a.Hasher.Matches(ctx, f.Password, user.PasswordHash); err != nil || done {
			return err
		}
		return fault.Field("current", "This is not your present password.")
	}
	hash, err := a.Hasher.Hash(ctx, f.Password)
	if err != nil {
		return err
	}
	return a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		if err := users.SetPasswordTx(ctx, tx, p.ID, hash); err != nil {
			return err
		}
		if err := authdb.New().RevokeTokens(ctx, tx, authdb.RevokeTokensParams{SubjectID: p.ID, Purpose: PurposeReset}); err != nil {
			return fmt.Errorf("revoke reset links: %w", err)
		}
		return a.ChangedTx(ctx, tx, p, PasswordChanged, nil, d)
	})
}

// checkNewPassword refuses what a stranger who knows the person would try, the names of their organizations included.
func (a *Auth) checkNewPassword(ctx context.Context, user users.User, password string) error {
	var orgs []tenants.Organization
	err := a.DB.ReadPerson(ctx, user.ID, func(r *db.Reads) { tenants.QueueOrganizations(r, user.ID, &orgs) })
	if err != nil {
		return fmt.Errorf("read the person's organizations: %w", err)
	}
	personal := []string{user.Name, user.Email, mailbox(user.Email)}
	for _, o := range orgs {
		personal = append(personal, o.Name, o.Slug)
	}
	if wrong := CheckPassword(password, personal...); wrong != "" {
		return fault.Field("password", wrong)
	}
	return nil
}
