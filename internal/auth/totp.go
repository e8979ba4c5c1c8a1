package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// Codes are those of RFC 6238 as every app understands them: six digits, 30 seconds, SHA-1. One step before and after
// the present one is taken, for clocks that are off.
const (
	totpDigits = 6
	totpPeriod = 30
	totpUse    = "totp secret"
)

// confirmAgain is how long the form that turns a factor on may be sent again.
const confirmAgain = 2 * time.Minute

// TOTPSetup is a second factor that waits for its first code.
type TOTPSetup struct {
	Secret string // base32, to be typed where no picture can be read
	URL    string // otpauth://…, for the picture
}

// BeginTOTP makes the secret of a new second factor; nothing is asked for it until ConfirmTOTP.
func (a *Auth) BeginTOTP(ctx context.Context, p scope.Person) error {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Plinth", AccountName: p.Email})
	if err != nil {
		return fmt.Errorf("make a secret: %w", err)
	}
	err = authdb.New().BeginTOTP(ctx, a.DB.Direct(), authdb.BeginTOTPParams{UserID: p.ID, Secret: a.sealTOTP(p.ID, key.Secret())})
	if err != nil {
		return fmt.Errorf("keep the secret: %w", err)
	}
	return nil
}

// PendingTOTP returns the second factor that waits for its first code, or NotFound.
func (a *Auth) PendingTOTP(ctx context.Context, p scope.Person) (TOTPSetup, error) {
	row, key, err := a.totpOf(ctx, p.ID)
	if err != nil {
		return TOTPSetup{}, err
	}
	if row.ConfirmedAt != nil {
		return TOTPSetup{}, fault.Missing()
	}
	url, err := totp.Generate(totp.GenerateOpts{Issuer: "Plinth", AccountName: p.Email, Secret: key})
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("write the address of the secret: %w", err)
	}
	return TOTPSetup{Secret: url.Secret(), URL: url.URL()}, nil
}

// ConfirmTOTP turns the second factor on with its first code and returns the recovery codes, which are shown this once.
// Sending the form again within two minutes returns new ones.
func (a *Auth) ConfirmTOTP(ctx context.Context, p scope.Person, code string, d Device) ([]string, error) {
	code = plainCode(code)
	if code == "" {
		return nil, fault.Field("code", "Enter the code that the app shows.")
	}
	if err := a.Limits.Take(ctx, codeLimits(d, p.ID)...); err != nil {
		return nil, err
	}
	row, key, err := a.totpOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	step, ok := matchTOTP(key, code, a.now())
	if !ok {
		return nil, fault.Field("code", "This is not the code that the app shows now. Check the clock of the device, and try the next code.")
	}
	if row.ConfirmedAt != nil && (row.LastStep != step || a.now().Sub(*row.ConfirmedAt) > confirmAgain) {
		return nil, fault.New(fault.Conflict, "The second factor is on already.")
	}
	codes := newRecoveryCodes()
	err = a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		rows, err := authdb.New().ConfirmTOTP(ctx, tx, authdb.ConfirmTOTPParams{UserID: p.ID, LastStep: step})
		if err != nil {
			return fmt.Errorf("confirm the second factor: %w", err)
		}
		if err := replaceCodesTx(ctx, tx, p.ID, codes); err != nil {
			return err
		}
		if rows == 0 {
			return nil // the same form again
		}
		if err := proveTx(ctx, tx, p, ByTOTP); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, TOTPAdded, nil, d)
	})
	return codes, err
}

// RemoveTOTP turns the app's codes off. Recovery codes go with the last second factor.
func (a *Auth) RemoveTOTP(ctx context.Context, p scope.Person, d Device) error {
	return a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		q := authdb.New()
		rows, err := q.DeleteTOTP(ctx, tx, p.ID)
		if err != nil {
			return fmt.Errorf("remove the second factor: %w", err)
		}
		if rows == 0 {
			return nil // pressed twice
		}
		if err := dropCodesOfNothingTx(ctx, tx, p.ID); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, TOTPRemoved, nil, d)
	})
}

// PlantTOTP gives an account a second factor whose key is known beforehand, in base32: the demo's staff have one. An
// account that has one keeps its own. It must not be called in production.
func (a *Auth) PlantTOTP(ctx context.Context, userID uuid.UUID, key string) error {
	q, direct := authdb.New(), a.DB.Direct()
	if err := q.BeginTOTP(ctx, direct, authdb.BeginTOTPParams{UserID: userID, Secret: a.sealTOTP(userID, key)}); err != nil {
		return fmt.Errorf("plant a second factor: %w", err)
	}
	if _, err := q.ConfirmTOTP(ctx, direct, authdb.ConfirmTOTPParams{UserID: userID}); err != nil {
		return fmt.Errorf("confirm a planted second factor: %w", err)
	}
	return nil
}

// CurrentCode is what somebody's app shows at the moment.
type CurrentCode struct {
	Name  string
	Email string
	Code  string
}

// CurrentCodes are the codes of this moment of everybody with a second factor, for the developer page that keeps
// newcomers from being locked out. It must not be called in production.
func (a *Auth) CurrentCodes(ctx context.Context) ([]CurrentCode, error) {
	rows, err := authdb.New().PeopleWithTOTP(ctx, a.DB.Direct())
	if err != nil {
		return nil, fmt.Errorf("read who has a second factor: %w", err)
	}
	codes := make([]CurrentCode, len(rows))
	for i, row := range rows {
		_, key, err := a.totpOf(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		codes[i] = CurrentCode{Name: row.Name, Email: row.Email, Code: totpAt(key, a.now().Unix()/totpPeriod)}
	}
	return codes, nil
}

// takeTOTP uses up a code of the app.
func (a *Auth) takeTOTP(ctx context.Context, userID uuid.UUID, code string, _ Device) (bool, error) {
	_, key, err := a.totpOf(ctx, userID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok := matchTOTP(key, code, a.now())
	if !ok {
		return false, nil
	}
	rows, err := authdb.New().TakeTOTPStep(ctx, a.DB.Direct(), authdb.TakeTOTPStepParams{UserID: userID, LastStep: step})
	if err != nil {
		return false, fmt.Errorf("use up a code: %w", err)
	}
	return rows == 1, nil
}

func (a *Auth) totpOf(ctx context.Context, userID uuid.UUID) (authdb.TOTPOfRow, []byte, error) {
	row, err := authdb.New().TOTPOf(ctx, a.DB.Direct(), userID)
	if db.None(err) {
		return row, nil, fault.Missing()
	}
	if err != nil {
		return row, nil, fmt.Errorf("read the second factor: %w", err)
	}
	key, err := a.Keys.Open(totpUse, row.Secret, userID[:])
	if err != nil {
		return row, nil, fmt.Errorf("open the second factor: %w", err)
	}
	return row, key, nil
}

func (a *Auth) sealTOTP(userID uuid.UUID, base32 string) string {
	raw, err := totpEncoding.DecodeString(base32)
	if err != nil {
		panic(fmt.Sprintf("a secret that the library made: %v", err))
	}
	return a.Keys.Seal(totpUse, raw, userID[:])
}

// matchTOTP returns the time step whose code it is.
func matchTOTP(key []byte, code string, now time.Time) (int64, bool) {
	step, found := now.Unix()/totpPeriod, int64(-1)
	for _, s := range []int64{step - 1, step, step + 1} {
		if subtle.ConstantTimeCompare([]byte(totpAt(key, s)), []byte(code)) == 1 {
			found = s
		}
	}
	return found, found >= 0
}

func totpAt(key []byte, step int64) string {
	code, err := totp.GenerateCodeCustom(totpEncoding.EncodeToString(key), time.Unix(step*totpPeriod, 0), totp.ValidateOpts{
		Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		panic(fmt.Sprintf("a code of an encoded key: %v", err)) // only for a key that is not base32
	}
	return code
}
