package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
)

// Passkey is one registered with an account.
type Passkey struct {
	ID      uuid.UUID
	Name    string
	Created time.Time
	Used    *time.Time // nil: never
}

// SignedInDevice is a session as its person sees it.
type SignedInDevice struct {
	ID       uuid.UUID
	Name     string // as "Firefox on Linux"
	Address  string
	Methods  []string
	SignedIn time.Time
	Seen     time.Time // at most a minute late
	Own      bool      // the one that asks
}

// Security is what a person's security page shows.
type Security struct {
	Factors    Factors
	Passkeys   []Passkey
	Devices    []SignedInDevice
	Identities []Identity
	Providers  []Offer // that can be linked
}

// Security reads a person's factors, passkeys and sessions.
func (a *Auth) Security(ctx context.Context, p scope.Person) (Security, error) {
	var (
		factors    authdb.FactorsOfRow
		keys       []authdb.PasskeysOfRow
		sessions   []authdb.SessionsOfRow
		identities []authdb.IdentitiesOfRow
	)
	err := a.DB.ReadPerson(ctx, p.ID, func(r *db.Reads) {
		db.Row(r, &factors, authdb.FactorsOf, p.ID)
		db.Rows(r, &keys, authdb.PasskeysOf, p.ID)
		db.Rows(r, &identities, authdb.IdentitiesOf, p.ID)
		db.Rows(r, &sessions, authdb.SessionsOf, p.ID, session.Idle.Seconds())
	})
	if err != nil {
		return Security{}, fmt.Errorf("read security: %w", err)
	}
	out := Security{Factors: factorsFrom(factors)}
	out.Identities, out.Providers = a.identities(identities), a.Providers.Offers()
	for _, k := range keys {
		out.Passkeys = append(out.Passkeys, Passkey{ID: k.ID, Name: k.Name, Created: k.CreatedAt, Used: k.UsedAt})
	}
	for _, s := range sessions {
		out.Devices = append(out.Devices, SignedInDevice{
			ID: s.ID, Name: DeviceName(s.UserAgent), Address: s.Address, Methods: a.Providers.shown(s.Methods), SignedIn: s.SignedInAt, Seen: s.SeenAt, Own: s.ID == p.SessionID,
		})
	}
	return out, nil
}

// EndDevice ends one of a person's sessions; NotFound when it is not theirs or has ended.
func (a *Auth) EndDevice(ctx context.Context, p scope.Person, sessionID uuid.UUID) error {
	rows, err := authdb.New().EndSessionOf(ctx, a.DB.Direct(), authdb.EndSessionOfParams{UserID: p.ID, ID: sessionID})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// EndOtherDevices ends all of a person's sessions but the one that asks.
func (a *Auth) EndOtherDevices(ctx context.Context, p scope.Person) error {
	err := authdb.New().EndSessionsOf(ctx, a.DB.Direct(), authdb.EndSessionsOfParams{UserID: p.ID, ID: p.SessionID})
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}
