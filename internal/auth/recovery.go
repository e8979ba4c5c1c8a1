package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/users"
)

// recoveryCodes are given at once; each has 28 characters of five bits, so that a fast hash is enough.
const (
	recoveryCodes  = 10
	recoveryGroups = 7
)

var (
	totpEncoding     = base32.StdEncoding.WithPadding(base32.NoPadding)
	recoveryEncoding = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding) // nothing that looks like another
)

// newRecoveryCodes makes codes as people read them: groups of four.
func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, recoveryGroups*4)
		_, _ = rand.Read(raw) // never fails since Go 1.24
		s, groups := recoveryEncoding.EncodeToString(raw), make([]string, recoveryGroups)
		for g := range groups {
			groups[g] = s[g*4 : g*4+4]
		}
		codes[i] = strings.Join(groups, "-")
	}
	return codes
}

// plainCode is a code without what people put between its characters.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.ToLower(code))
}

// NewRecoveryCodes replaces a person's recovery codes; they are shown this once.
func (a *Auth) NewRecoveryCodes(ctx context.Context, p scope.Person, d Device) ([]string, error) {
	codes := newRecoveryCodes()
	err := a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		factors, err := authdb.New().FactorsOf(ctx, tx, p.ID)
		if err != nil {
			return fmt.Errorf("read factors: %w", err)
		}
		if !factors.Totp && factors.Passkeys == 0 {
			return fault.New(fault.Conflict, "Recovery codes stand in for a second factor. Set one up first.")
		}
		if err := replaceCodesTx(ctx, tx, p.ID, codes); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, CodesMade, nil, d)
	})
	return codes, err
}

func replaceCodesTx(ctx context.Context, tx db.Tx, userID uuid.UUID, codes []string) error {
	q := authdb.New()
	if err := q.DeleteRecoveryCodes(ctx, tx, userID); err != nil {
		return fmt.Errorf("drop the old recovery codes: %w", err)
	}
	hashes := make([][]byte, len(codes))
	for i, code := range codes {
		hashes[i] = hashCode(userID, plainCode(code))
	}
	if err := q.AddRecoveryCodes(ctx, tx, authdb.AddRecoveryCodesParams{UserID: userID, Hashes: hashes}); err != nil {
		return fmt.Errorf("keep the recovery codes: %w", err)
	}
	return nil
}

// dropCodesOfNothingTx drops recovery codes that stand in for nothing any more.
func dropCodesOfNothingTx(ctx context.Context, tx db.Tx, userID uuid.UUID) error {
	q := authdb.New()
	factors, err := q.FactorsOf(ctx, tx, userID)
	if err != nil {
		return fmt.Errorf("read factors: %w", err)
	}
	if factors.Totp || factors.Passkeys > 0 {
		return nil
	}
	if err := q.DeleteRecoveryCodes(ctx, tx, userID); err != nil {
		return fmt.Errorf("drop the recovery codes: %w", err)
	}
	return nil
}

// takeRecovery uses up a recovery code and says so by mail.
func (a *Auth) takeRecovery(ctx context.Context, userID uuid.UUID, code string, d Device) (bool, error) {
	used := false
	err := a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		rows, err := authdb.New().UseRecoveryCode(ctx, tx, authdb.UseRecoveryCodeParams{UserID: userID, Hash: hashCode(userID, code)})
		if err != nil {
			return fmt.Errorf("use up a recovery code: %w", err)
		}
		if used = rows == 1; !used {
			return nil
		}
		user, err := users.ByID(ctx, tx, userID)
		if err != nil {
			return err
		}
		return a.noticeTx(ctx, tx, user, CodeUsed, nil, d)
	})
	return used, err
}

func hashCode(userID uuid.UUID, code string) []byte { return secret.Hash(userID.String() + ":" + code) }
