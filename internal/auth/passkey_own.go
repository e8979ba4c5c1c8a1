package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"plinth/internal/auth/authdb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/scope"
	"plinth/internal/session"
)

// PasskeyForm is the browser's answer to a ceremony.
type PasskeyForm struct {
	Credential string `form:"credential"`
	Name       string `form:"name"`
}

// AddPasskey registers the passkey the browser has made. When it is the first second factor, recovery codes are
// returned, which are shown this once.
func (a *Auth) AddPasskey(ctx context.Context, p scope.Person, c session.Ceremony, f PasskeyForm, d Device) ([]string, error) {
	name, err := passkeyName(f.Name, d)
	if err != nil {
		return nil, err
	}
	rp, err := a.passkeys()
	if err != nil {
		return nil, err
	}
	data, err := ceremonyData(CeremonyRegister, c)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(f.Credential))
	if err != nil {
		return nil, errCeremony(err)
	}
	o, err := a.ownerOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	key, err := rp.CreateCredential(o, data, parsed)
	if err != nil {
		return nil, errCeremony(err)
	}
	return a.storePasskey(ctx, p, key, name, d)
}

func (a *Auth) storePasskey(ctx context.Context, p scope.Person, key *webauthn.Credential, name string, d Device) ([]string, error) {
	raw, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("write the passkey: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make a passkey id: %w", err)
	}
	var codes []string
	err = a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		q := authdb.New()
		factors, err := q.FactorsOf(ctx, tx, p.ID)
		if err != nil {
			return fmt.Errorf("read factors: %w", err)
		}
		if err := q.AddPasskey(ctx, tx, authdb.AddPasskeyParams{ID: id, UserID: p.ID, CredentialID: key.ID, Credential: raw, Name: name}); err != nil {
			if db.Violates(err, "passkeys_credential_id_key") {
				return fault.New(fault.Conflict, "This passkey is registered already.")
			}
			return fmt.Errorf("keep the passkey: %w", err)
		}
		changes := map[string][2]string{"id": {"", id.String()}, "name": {"", name}}
		if !factors.Totp && factors.Passkeys == 0 {
			codes = newRecoveryCodes()
			changes["codes"] = [2]string{"", strconv.Itoa(len(codes))}
			if err := replaceCodesTx(ctx, tx, p.ID, codes); err != nil {
				return err
			}
		}
		if err := proveTx(ctx, tx, p, ByPasskey); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, PasskeyAdded, changes, d)
	})
	return codes, err
}

func passkeyName(name string, d Device) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return d.Name(), nil
	}
	if wrong := CheckName(name); wrong != "" {
		return "", fault.Field("name", wrong)
	}
	return name, nil
}

// RenamePasskey gives a passkey another name; NotFound when it is not the person's.
func (a *Auth) RenamePasskey(ctx context.Context, p scope.Person, id uuid.UUID, name string) error {
	name = strings.TrimSpace(name)
	if wrong := CheckName(name); wrong != "" {
		return fault.Field("name", wrong)
	}
	rows, err := authdb.New().RenamePasskey(ctx, a.DB.Direct(), authdb.RenamePasskeyParams{UserID: p.ID, ID: id, Name: name})
	if err != nil {
		return fmt.Errorf("rename passkey: %w", err)
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// RemovePasskey takes a passkey away, unless nothing else lets the person in.
func (a *Auth) RemovePasskey(ctx context.Context, p scope.Person, id uuid.UUID, d Device) error {
	return a.DB.InPerson(ctx, p.ID, func(ctx context.Context, tx db.Tx) error {
		name, err := authdb.New().DeletePasskey(ctx, tx, authdb.DeletePasskeyParams{UserID: p.ID, ID: id})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("remove passkey: %w", err)
		}
		if err := a.keepWayInTx(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := dropCodesOfNothingTx(ctx, tx, p.ID); err != nil {
			return err
		}
		return a.ChangedTx(ctx, tx, p, PasskeyRemoved, map[string][2]string{"name": {name, name}}, d)
	})
}
