// Package secret derives one key per use from SECRET_KEYS, seals what must not be read or changed outside, and makes
// one-time tokens. Keys rotate: the newest seals, all of them open.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// ErrOpen says that a sealed value was changed, cut, sealed for another use, or sealed with a key that is gone.
var ErrOpen = errors.New("sealed value cannot be opened")

// Keys is the list of SECRET_KEYS, newest first.
type Keys struct {
	masters [][]byte
}

// New takes the master keys, newest first; each must have at least 32 bytes.
func New(masters [][]byte) (*Keys, error) {
	if len(masters) == 0 {
		return nil, errors.New("no secret key")
	}
	for i, m := range masters {
		if len(m) < 32 {
			return nil, fmt.Errorf("secret key %d has %d bytes, at least 32 are needed", i+1, len(m))
		}
	}
	return &Keys{masters: masters}, nil
}

// For derives a 32-byte key per master for one use, newest first (HKDF-SHA256, RFC 5869). A use is a fixed text such
// as "cookie" or "token".
func (k *Keys) For(use string) [][]byte {
	derived := make([][]byte, len(k.masters))
	for i, master := range k.masters {
		key, err := hkdf.Key(sha256.New, master, nil, "plinth/"+use, 32)
		if err != nil {
			panic(fmt.Sprintf("derive a key of 32 bytes: %v", err)) // only for lengths beyond 8,160 bytes
		}
		derived[i] = key
	}
	return derived
}

const keyIDLength = 4

// keyID names a derived key without telling anything about it.
func keyID(key []byte) []byte {
	sum := sha256.Sum256(append([]byte("plinth key id"), key...))
	return sum[:keyIDLength]
}

// Seal encrypts plain with AES-256-GCM under the newest key of use. bound is not stored but must be the same at Open,
// so that a sealed value cannot be moved elsewhere. The result is key id ‖ nonce ‖ ciphertext in base64url.
func (k *Keys) Seal(use string, plain, bound []byte) string {
	key := k.For(use)[0]
	gcm := newGCM(key)
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	out := append(keyID(key), nonce...)
	return base64.RawURLEncoding.EncodeToString(gcm.Seal(out, nonce, plain, bound))
}

// Open is Seal's inverse; ErrOpen for everything that is not such a value.
func (k *Keys) Open(use, sealed string, bound []byte) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < keyIDLength+12 {
		return nil, ErrOpen
	}
	for _, key := range k.For(use) {
		if !hmac.Equal(keyID(key), raw[:keyIDLength]) {
			continue
		}
		plain, err := newGCM(key).Open(nil, raw[keyIDLength:keyIDLength+12], raw[keyIDLength+12:], bound)
		if err == nil {
			return plain, nil
		}
	}
	return nil, ErrOpen
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key always has 32 bytes
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES always has 16-byte blocks
	}
	return gcm
}

// Token derives the one-time token of a stored row: base64url(id ‖ HMAC(key, purpose ‖ id ‖ address)). The same input
// gives the same token, so that a retried mail carries the same link; only its Hash is stored.
func (k *Keys) Token(purpose string, id uuid.UUID, address string) string {
	mac := hmac.New(sha256.New, k.For("token")[0])
	fmt.Fprintf(mac, "%s\x00%s\x00%s", purpose, id, address)
	return base64.RawURLEncoding.EncodeToString(append(id[:], mac.Sum(nil)...))
}

// TokenID reads the row id at the head of a token; it proves nothing, the stored hash does.
func TokenID(token string) (uuid.UUID, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 16+sha256.Size {
		return uuid.Nil, false
	}
	return uuid.UUID(raw[:16]), true
}

// Hash is what is stored of a token.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
