package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/notify/notifydb"
	"plinth/internal/secret"
)

// UnsubscribeDigest and UnsubscribeAll stand where a kind does in the address that ends mails: that of the digest, and
// of all of them.
const (
	UnsubscribeDigest = "digest"
	UnsubscribeAll    = "all"
)

// unsubscribeToken is the proof that a link came with one of our mails. It does not expire: old mails can be ended too.
func (n *Notify) unsubscribeToken(user uuid.UUID, about string) string {
	return unsubscribeToken(n.Keys.For("unsubscribe")[0], user, about)
}

func unsubscribeToken(key []byte, user uuid.UUID, about string) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s\x00%s", user, about)
	return base64.RawURLEncoding.EncodeToString(append(user[:], mac.Sum(nil)...))
}

// Unsubscription is what a link in a mail can end.
type Unsubscription struct {
	User  uuid.UUID
	About string // a Kind, UnsubscribeDigest, UnsubscribeAll, or the reports of a project: see Report
	Email string
}

// Unsubscription reads the link of a mail; NotFound when it is none of ours.
func (n *Notify) Unsubscription(ctx context.Context, about, token string) (Unsubscription, error) {
	user, ok := secret.TokenID(token)
	known := slices.ContainsFunc(n.Keys.For("unsubscribe"), func(key []byte) bool {
		return hmac.Equal([]byte(unsubscribeToken(key, user, about)), []byte(token))
	})
	if !ok || !known {
		return Unsubscription{}, fault.Missing()
	}
	row, err := notifydb.New().Recipient(ctx, n.DB.Direct(), user)
	if db.None(err) {
		return Unsubscription{}, fault.Missing()
	}
	if err != nil {
		return Unsubscription{}, fmt.Errorf("read whose link it is: %w", err)
	}
	return Unsubscription{User: user, About: about, Email: row.Email}, nil
}

// Unsubscribe ends the mails that a link is about, or all; what was mailed is in the app alone from then on. Doing it
// twice does it once.
func (n *Notify) Unsubscribe(ctx context.Context, u Unsubscription, all bool) error {
	if all {
		u.About = UnsubscribeAll
		if err := n.endReports(ctx, u.User); err != nil {
			return err
		}
	}
	if tenant, project, ok := u.Report(); ok {
		return n.endReport(ctx, tenant, project, u.User)
	}
	return n.DB.InPerson(ctx, u.User, func(ctx context.Context, tx db.Tx) error {
		chosen, err := choicesTx(ctx, tx, u.User)
		if err != nil {
			return err
		}
		for _, k := range Kinds() {
			way := chosen[k]
			ends := u.About == UnsubscribeAll && (way == AtOnce || way == Digest) || u.About == UnsubscribeDigest && way == Digest || u.About == string(k) && way == AtOnce
			if !ends {
				continue
			}
			if err := setChoiceTx(ctx, tx, u.User, k, InApp); err != nil {
				return err
			}
		}
		return nil
	})
}
