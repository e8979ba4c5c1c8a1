package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/session"
	"plinth/internal/users"
)

// What somebody proved who they are with; a session remembers it.
const (
	ByPassword = "password"
	ByLink     = "link" // a link in a mail
	ByPasskey  = "passkey"
	ByTOTP     = "totp"
	ByRecovery = "recovery"
)

// Factors are what a person can prove with.
type Factors struct {
	Password bool
	TOTP     bool
	Codes    int // recovery codes left
	Passkeys int
}

// Second says whether there is a second factor to ask for.
func (f Factors) Second() bool { return f.TOTP || f.Passkeys > 0 }

// Factors reads what a person can prove with.
func (a *Auth) Factors(ctx context.Context, userID uuid.UUID) (Factors, error) {
	f, _, err := a.factors(ctx, userID)
	return f, err
}

func (a *Auth) factors(ctx context.Context, userID uuid.UUID) (Factors, time.Time, error) {
	row, err := authdb.New().FactorsOf(ctx, a.DB.Direct(), userID)
	if err != nil {
		return Factors{}, time.Time{}, fmt.Errorf("read factors: %w", err)
	}
	changed := time.Time{}
	if row.PasswordChangedAt != nil {
		changed = *row.PasswordChangedAt
	}
	return factorsFrom(row), changed, nil
}

func factorsFrom(row authdb.FactorsOfRow) Factors {
	return Factors{Password: row.Password, TOTP: row.Totp, Codes: int(row.Codes), Passkeys: int(row.Passkeys)}
}

// Entry is how far a sign-in got: in, or in front of the second factor.
type Entry struct {
	Identity session.Identity // of whoever is in
	Second   *session.Step    // what the browser brings along to the second step; nil for whoever is in
}

// enter lets in whoever has proven the first factor, or asks for the second.
func (a *Auth) enter(ctx context.Context, user users.User, method string, d Device) (Entry, error) {
	factors, err := a.Factors(ctx, user.ID)
	if err != nil {
		return Entry{}, err
	}
	if factors.Second() {
		return Entry{Second: &session.Step{UserID: user.ID, Method: method, At: a.now()}}, nil
	}
	id, err := a.signIn(ctx, user.ID, proof{Methods: []string{method}}, d)
	return Entry{Identity: id}, err
}

// proof is what a session rests on.
type proof struct {
	Methods []string
	Strong  bool // a second factor or a passkey was among them
}

// signIn makes the session and notes it.
func (a *Auth) signIn(ctx context.Context, userID uuid.UUID, by proof, d Device) (session.Identity, error) {
	var id session.Identity
	err := a.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		if id, err = createSessionTx(ctx, tx, userID, by, d); err != nil {
			return err
		}
		return signedInTx(ctx, tx, userID, by, d)
	})
	return id, err
}

// SecondFor says what the second step can be proven with, while the first one is fresh.
func (a *Auth) SecondFor(ctx context.Context, step session.Step) (Factors, error) {
	factors, passwordChanged, err := a.factors(ctx, step.UserID)
	if err != nil {
		return Factors{}, err
	}
	if a.now().Sub(step.At) > SecondStepFor || passwordChanged.After(step.At) || !factors.Second() {
		return Factors{}, errStep()
	}
	return factors, nil
}

// SecondStepFor is how long the first factor waits for the second.
const SecondStepFor = 10 * time.Minute

func errStep() error {
	return fault.New(fault.Unauthenticated, "That took too long. Please sign in again.")
}

// SecondStep checks the code of the second step, of the app or a recovery code, and signs in.
func (a *Auth) SecondStep(ctx context.Context, step session.Step, code string, d Device) (session.Identity, error) {
	if _, err := a.SecondFor(ctx, step); err != nil {
		return session.Identity{}, err
	}
	method, err := a.checkCode(ctx, step.UserID, code, d)
	if fault.Is(err, fault.Invalid) && plainCode(code) != "" {
		if err := a.failed(ctx, step.UserID, "code", d); err != nil {
			return session.Identity{}, err
		}
	}
	if err != nil {
		return session.Identity{}, err
	}
	return a.signIn(ctx, step.UserID, proof{Methods: []string{step.Method, method}, Strong: true}, d)
}

// checkCode takes a code of the app or a recovery code, within the limits of guessing. Either is good once.
func (a *Auth) checkCode(ctx context.Context, userID uuid.UUID, code string, d Device) (string, error) {
	code = plainCode(code)
	if code == "" {
		return "", fault.Field("code", "Enter the code.")
	}
	limits := codeLimits(d, userID)
	if err := a.Limits.Take(ctx, limits...); err != nil {
		return "", err
	}
	method, take := ByRecovery, a.takeRecovery
	if len(code) == totpDigits {
		method, take = ByTOTP, a.takeTOTP
	}
	ok, err := take(ctx, userID, code, d)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.Field("code", "This code is not right, or it was used already. Codes of the app change every 30 seconds.")
	}
	return method, a.Limits.Clear(ctx, limits...)
}

// keepWayInTx refuses what would leave an account without a way in. A forgotten password can be set anew by mail, so an
// account that had one keeps that way.
func (a *Auth) keepWayInTx(ctx context.Context, tx db.Tx, userID uuid.UUID) error {
	if err := authdb.New().LockPerson(ctx, tx, userID); err != nil {
		return fmt.Errorf("wait for the account: %w", err)
	}
	row, err := authdb.New().FactorsOf(ctx, tx, userID)
	if err != nil {
		return fmt.Errorf("read factors: %w", err)
	}
	identity, err := a.hasIdentityTx(ctx, tx, userID)
	if err != nil {
		return err
	}
	if !row.Password && row.Passkeys == 0 && !identity {
		return fault.New(fault.Conflict, "This is your only way in. Add another one, or choose a password, before you remove it.")
	}
	return nil
}
