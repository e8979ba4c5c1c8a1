package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/internal/session"
	"plinth/internal/users"
)

// BeginPasskeySignIn begins a sign-in, or a proof, by passkey. Nobody is named: the browser knows whose passkeys it has.
func (a *Auth) BeginPasskeySignIn(_ context.Context) (*protocol.CredentialAssertion, session.Ceremony, error) {
	rp, err := a.passkeys()
	if err != nil {
		return nil, session.Ceremony{}, err
	}
	options, data, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, session.Ceremony{}, fmt.Errorf("begin to sign in by passkey: %w", err)
	}
	c, err := ceremony(CeremonySignIn, data)
	return options, c, err
}

// PasskeySignIn checks the browser's answer and signs in. A passkey stands for both factors.
func (a *Auth) PasskeySignIn(ctx context.Context, c session.Ceremony, f PasskeyForm, d Device) (session.Identity, error) {
	user, err := a.passkeyOwner(ctx, c, f)
	if err != nil {
		return session.Identity{}, err
	}
	return a.signIn(ctx, user.ID, proof{Methods: []string{ByPasskey}, Strong: true}, d)
}

// ProveByPasskey is Prove by a passkey; another person's is refused.
func (a *Auth) ProveByPasskey(ctx context.Context, p scope.Person, c session.Ceremony, f PasskeyForm, d Device) error {
	user, err := a.passkeyOwner(ctx, c, f)
	if err != nil {
		return err
	}
	if user.ID != p.ID {
		return fault.New(fault.Invalid, "This passkey belongs to another account.")
	}
	return a.proven(ctx, p, []string{ByPasskey}, d)
}

// passkeyOwner checks the browser's answer and says whose passkey it was.
func (a *Auth) passkeyOwner(ctx context.Context, c session.Ceremony, f PasskeyForm) (users.User, error) {
	rp, err := a.passkeys()
	if err != nil {
		return users.User{}, err
	}
	data, err := ceremonyData(CeremonySignIn, c)
	if err != nil {
		return users.User{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(f.Credential))
	if err != nil {
		return users.User{}, errCeremony(err)
	}
	var found owner
	_, key, err := rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		id, err := uuid.FromBytes(handle)
		if err != nil {
			return nil, fmt.Errorf("read whose passkey it is: %w", err)
		}
		found, err = a.ownerOf(ctx, id)
		return found, err
	}, data, parsed)
	if err != nil {
		return users.User{}, errCeremony(err)
	}
	if key.Authenticator.CloneWarning {
		return users.User{}, fault.Wrap(fault.Invalid, "This passkey may have been copied, so it is not accepted. Sign in another way and remove it.",
			fmt.Errorf("the counter of a passkey of %s went back", found.user.ID))
	}
	if err := a.useCeremony(ctx, found.user.ID, data.Challenge); err != nil {
		return users.User{}, err
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return users.User{}, fmt.Errorf("write the passkey: %w", err)
	}
	if err := authdb.New().PasskeyUsed(ctx, a.DB.Direct(), authdb.PasskeyUsedParams{CredentialID: key.ID, Credential: raw}); err != nil {
		return users.User{}, fmt.Errorf("note that the passkey was used: %w", err)
	}
	return found.user, nil
}

// useCeremony uses a challenge up. It travels in the browser's cookie, which a copy of the browser has too, and a passkey
// whose counter stays at zero tells no second answer from the first.
func (a *Auth) useCeremony(ctx context.Context, userID uuid.UUID, challenge string) error {
	hash := secret.Hash("ceremony:" + challenge)
	rows, err := authdb.New().UseCeremony(ctx, a.DB.Direct(), authdb.UseCeremonyParams{
		ID: uuid.UUID(hash[:16]), SubjectID: userID, Hash: hash, ExpiresAt: time.Now().Add(2 * CeremonyFor),
	})
	if err != nil {
		return fmt.Errorf("use up the ceremony: %w", err)
	}
	if rows == 0 {
		return errCeremony(errors.New("this answer was given already"))
	}
	return nil
}
