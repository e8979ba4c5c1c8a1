package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
	"plinth/internal/users"
)

// MaxPasskeys is how many passkeys an account may have.
const MaxPasskeys = 20

// Passkeys does the ceremonies of WebAuthn (Level 3) for one site. Every passkey is discoverable and asks its owner for a
// PIN, a finger or a face, so that it stands for both factors.
type Passkeys struct {
	rp *webauthn.WebAuthn
}

// NewPasskeys makes the ceremonies for APP_URL. A passkey belongs to a name, never to a number: on a loopback address it
// works under localhost; at any other number nil is returned, and passkeys are not offered.
func NewPasskeys(appURL string) (*Passkeys, error) {
	u, err := url.Parse(appURL)
	if err != nil {
		return nil, fmt.Errorf("read APP_URL: %w", err)
	}
	id, origins := u.Hostname(), []string{u.Scheme + "://" + u.Host}
	if addr, err := netip.ParseAddr(id); err == nil {
		if !addr.IsLoopback() {
			return nil, nil //nolint:nilnil // no passkeys at a number
		}
		id = "localhost"
		origins = append(origins, strings.TrimSuffix(u.Scheme+"://localhost:"+u.Port(), ":"))
	}
	ceremony := webauthn.TimeoutConfig{Enforce: true, Timeout: CeremonyFor, TimeoutUVD: CeremonyFor}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: "Plinth", RPOrigins: origins,
		Timeouts: webauthn.TimeoutsConfig{Login: ceremony, Registration: ceremony},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return &Passkeys{rp: rp}, nil
}

// CeremonyFor is how long a browser may take to ask for a finger, a face or a PIN.
const CeremonyFor = 5 * time.Minute

// The ceremonies, so that an answer to one is not taken for an answer to another.
const (
	CeremonyRegister = "register"
	CeremonySignIn   = "sign in"
)

// owner is a person as the library wants one.
type owner struct {
	user users.User
	keys []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return o.user.ID[:] }
func (o owner) WebAuthnName() string                       { return o.user.Email }
func (o owner) WebAuthnDisplayName() string                { return o.user.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

func (a *Auth) ownerOf(ctx context.Context, userID uuid.UUID) (owner, error) {
	user, err := users.ByID(ctx, a.DB.Direct(), userID)
	if err != nil {
		return owner{}, err
	}
	rows, err := authdb.New().PasskeysOf(ctx, a.DB.Direct(), userID)
	if err != nil {
		return owner{}, fmt.Errorf("read passkeys: %w", err)
	}
	o := owner{user: user, keys: make([]webauthn.Credential, len(rows))}
	for i, row := range rows {
		if err := json.Unmarshal(row.Credential, &o.keys[i]); err != nil {
			return owner{}, fmt.Errorf("read passkey %s: %w", row.ID, err)
		}
	}
	return o, nil
}

func (a *Auth) passkeys() (*webauthn.WebAuthn, error) {
	if a.Passkeys == nil {
		return nil, fault.New(fault.NotFound, "")
	}
	return a.Passkeys.rp, nil
}

// BeginPasskey begins to register a passkey: what the browser is asked, and what the answer will be checked with.
func (a *Auth) BeginPasskey(ctx context.Context, p scope.Person) (*protocol.CredentialCreation, session.Ceremony, error) {
	rp, err := a.passkeys()
	if err != nil {
		return nil, session.Ceremony{}, err
	}
	o, err := a.ownerOf(ctx, p.ID)
	if err != nil {
		return nil, session.Ceremony{}, err
	}
	if len(o.keys) >= MaxPasskeys {
		return nil, session.Ceremony{}, fault.New(fault.Conflict, fmt.Sprintf("An account has at most %d passkeys. Remove one first.", MaxPasskeys))
	}
	options, data, err := rp.BeginRegistration(o,
		webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		}))
	if err != nil {
		return nil, session.Ceremony{}, fmt.Errorf("begin to register a passkey: %w", err)
	}
	c, err := ceremony(CeremonyRegister, data)
	return options, c, err
}

func ceremony(kind string, data *webauthn.SessionData) (session.Ceremony, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return session.Ceremony{}, fmt.Errorf("keep the ceremony: %w", err)
	}
	return session.Ceremony{Kind: kind, Data: raw}, nil
}

func ceremonyData(kind string, c session.Ceremony) (webauthn.SessionData, error) {
	var data webauthn.SessionData
	if c.Kind != kind || json.Unmarshal(c.Data, &data) != nil {
		return data, errCeremony(errors.New("another ceremony, or none"))
	}
	return data, nil
}

func errCeremony(cause error) error {
	return fault.Wrap(fault.Invalid, "The passkey was not accepted. Please try again.", cause)
}
