package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/secret"
	"plinth/internal/users"
)

// KnowDevice notes the browser a person has signed in from. When the account is known from other browsers and not from
// this one, its person is told by mail. browser is the id in its sealed cookie.
func (a *Auth) KnowDevice(ctx context.Context, userID, browser uuid.UUID, d Device) error {
	return a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		known, err := authdb.New().KnowDevice(ctx, tx, authdb.KnowDeviceParams{UserID: userID, Hash: secret.Hash(browser.String())})
		if err != nil {
			return fmt.Errorf("note the device: %w", err)
		}
		if !known.Fresh || known.Others == 0 {
			return nil
		}
		user, err := users.ByID(ctx, tx, userID)
		if err != nil {
			return err
		}
		return a.noticeTx(ctx, tx, user, NewDevice, nil, d)
	})
}
