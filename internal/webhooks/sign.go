package webhooks

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"plinth/internal/webhooks/webhooksdb"
)

const (
	secretBytes  = 32
	secretPrefix = "whsec_"
	sealedAs     = "webhook"
)

// newSecret makes a secret and seals it for an endpoint.
func (w *Webhooks) newSecret(endpoint uuid.UUID) string {
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return w.Keys.Seal(sealedAs, key, endpoint[:])
}

// opened is a secret as receivers are given it.
func (w *Webhooks) opened(endpoint uuid.UUID, sealed string) (string, error) {
	key, err := w.Keys.Open(sealedAs, sealed, endpoint[:])
	if err != nil {
		return "", fmt.Errorf("open the secret of a webhook: %w", err)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(key), nil
}

// MessageID is how an event is named to receivers, at each try and replay.
func MessageID(event uuid.UUID) string { return "msg_" + event.String() }

// maxOlder is how many secrets sign beside the newest at most.
const maxOlder = 5

// olderSecret is one before the newest, which signs as well until its time.
type olderSecret struct {
	Sealed string    `json:"sealed"`
	Until  time.Time `json:"until"`
}

// olderSecrets are those that still sign at a time, the newest first.
func olderSecrets(old string, until *time.Time, older []byte, at time.Time) ([]olderSecret, error) {
	var all []olderSecret
	if err := json.Unmarshal(older, &all); err != nil {
		return nil, fmt.Errorf("read the secrets of before: %w", err)
	}
	if old != "" && until != nil {
		all = append([]olderSecret{{old, *until}}, all...)
	}
	return slices.DeleteFunc(all, func(o olderSecret) bool { return !at.Before(o.Until) }), nil
}

// sign signs with the secret, and with those before while they hold.
func (w *Webhooks) sign(endpoint uuid.UUID, e webhooksdb.EndpointNowRow, event uuid.UUID, at time.Time, payload string) (string, error) {
	older, err := olderSecrets(e.OldSecret, e.OldUntil, e.OlderSecrets, at)
	if err != nil {
		return "", err
	}
	sealed := []string{e.Secret}
	for _, o := range older {
		sealed = append(sealed, o.Sealed)
	}
	out := ""
	for _, s := range sealed {
		key, err := w.Keys.Open(sealedAs, s, endpoint[:])
		if err != nil {
			return "", fmt.Errorf("open the secret of a webhook: %w", err)
		}
		hook, err := standard.NewWebhookRaw(key)
		if err != nil {
			return "", fmt.Errorf("sign a webhook: %w", err)
		}
		signature, err := hook.Sign(MessageID(event), at, []byte(payload))
		if err != nil {
			return "", fmt.Errorf("sign a webhook: %w", err)
		}
		if out != "" {
			out += " "
		}
		out += signature
	}
	return out, nil
}

// Headers are those of one try of a delivery.
func Headers(event uuid.UUID, at time.Time, signature string) map[string]string {
	return map[string]string{
		"Content-Type":                  "application/json",
		"User-Agent":                    "Plinth-Webhooks/1",
		standard.HeaderWebhookID:        MessageID(event),
		standard.HeaderWebhookTimestamp: strconv.FormatInt(at.Unix(), 10),
		standard.HeaderWebhookSignature: signature,
	}
}
