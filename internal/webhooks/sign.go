package webhooks

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
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

// sign signs with the secret, and with the one before while that holds.
func (w *Webhooks) sign(endpoint uuid.UUID, e webhooksdb.EndpointNowRow, event uuid.UUID, at time.Time, payload string) (string, error) {
	sealed := []string{e.Secret}
	if e.OldSecret != "" && e.OldUntil != nil && at.Before(*e.OldUntil) {
		sealed = append(sealed, e.OldSecret)
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
