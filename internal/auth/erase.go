package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/users"
)

// AddressesTx lists every address a person has or had here, or is about to have, but for those that are another's by now.
// It is called inside db.InAdmin, and before the personal values of events are emptied, which tell of earlier ones.
func AddressesTx(ctx context.Context, tx db.Tx, userID uuid.UUID) ([]string, error) {
	all, err := authdb.New().AddressesOf(ctx, tx, userID)
	if err != nil {
		return nil, fmt.Errorf("list the addresses of a person: %w", err)
	}
	return all, nil
}

// EraseTx takes away what a person proves with, where they are signed in and the links that went to them, and says how
// many rows of which table. It is called inside db.InAdmin. What scs keeps for their cookies leads nowhere without the
// rows in sessions, holds no address, and goes when it expires.
func EraseTx(ctx context.Context, tx db.Tx, u users.User, addresses []string) (map[string]int64, error) {
	q, gone := authdb.New(), map[string]int64{}
	for table, erase := range map[string]func() (int64, error){
		"links":          func() (int64, error) { return EraseLinksTx(ctx, tx, u.ID, addresses) },
		"sessions":       func() (int64, error) { return q.EraseSessions(ctx, tx, u.ID) },
		"totp_factors":   func() (int64, error) { return q.EraseTOTP(ctx, tx, u.ID) },
		"recovery_codes": func() (int64, error) { return q.EraseRecoveryCodes(ctx, tx, u.ID) },
		"passkeys":       func() (int64, error) { return q.ErasePasskeys(ctx, tx, u.ID) },
		"identities":     func() (int64, error) { return q.EraseIdentities(ctx, tx, u.ID) },
		"email_changes":  func() (int64, error) { return q.EraseEmailChanges(ctx, tx, u.ID) },
		"impersonations": func() (int64, error) { return q.EraseImpersonations(ctx, tx, u.ID) },
		"known_devices":  func() (int64, error) { return q.EraseKnownDevices(ctx, tx, u.ID) },
	} {
		n, err := erase()
		if err != nil {
			return nil, fmt.Errorf("erase %s: %w", table, err)
		}
		gone[table] = n
	}
	return gone, nil
}

// EraseLinksTx takes away the sign-ups and the one-time links of any of a person's addresses, and says how many. It is
// called inside db.InAdmin.
func EraseLinksTx(ctx context.Context, tx db.Tx, userID uuid.UUID, addresses []string) (int64, error) {
	q := authdb.New()
	waiting, err := q.EraseSignups(ctx, tx, addresses)
	if err != nil {
		return 0, fmt.Errorf("erase sign-ups: %w", err)
	}
	links, err := q.EraseTokens(ctx, tx, authdb.EraseTokensParams{UserID: userID, Addresses: addresses})
	if err != nil {
		return 0, fmt.Errorf("erase links: %w", err)
	}
	return waiting + links, nil
}
