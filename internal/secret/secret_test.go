package secret

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"
)

func keys(t *testing.T, masters ...byte) *Keys {
	t.Helper()
	var all [][]byte
	for _, m := range masters {
		all = append(all, bytes.Repeat([]byte{m}, 32))
	}
	k, err := New(all)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	k := keys(t, 1)
	sealed := k.Seal("form", []byte("text"), []byte("bound"))
	if plain, err := k.Open("form", sealed, []byte("bound")); err != nil || string(plain) != "text" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	if again := k.Seal("form", []byte("text"), []byte("bound")); again == sealed {
		t.Error("sealing twice gives the same")
	}
	changed := []byte(sealed)
	changed[len(changed)-2] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another use":    func() ([]byte, error) { return k.Open("cookie", sealed, []byte("bound")) },
		"bound to other": func() ([]byte, error) { return k.Open("form", sealed, []byte("other")) },
		"changed":        func() ([]byte, error) { return k.Open("form", string(changed), []byte("bound")) },
		"cut":            func() ([]byte, error) { return k.Open("form", sealed[:8], []byte("bound")) },
		"empty":          func() ([]byte, error) { return k.Open("form", "", []byte("bound")) },
		"no base64":      func() ([]byte, error) { return k.Open("form", "%%%", []byte("bound")) },
		"another key":    func() ([]byte, error) { return keys(t, 2).Open("form", sealed, []byte("bound")) },
	} {
		if plain, err := try(); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before := keys(t, 1).Seal("form", []byte("text"), nil)
	both := keys(t, 2, 1)
	if _, err := both.Open("form", before, nil); err != nil {
		t.Errorf("a value of the older key: %v", err)
	}
	after := both.Seal("form", []byte("text"), nil)
	if _, err := keys(t, 2).Open("form", after, nil); err != nil {
		t.Errorf("the newest key does not seal: %v", err)
	}
	if _, err := keys(t, 2).Open("form", before, nil); !errors.Is(err, ErrOpen) {
		t.Errorf("a value of a key that is gone: %v", err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	k, id := keys(t, 1), uuid.New()
	token := k.Token("verify", id, "a@example.com")
	if token != k.Token("verify", id, "a@example.com") {
		t.Error("a retried mail would carry another link")
	}
	for name, other := range map[string]string{
		"purpose": k.Token("reset", id, "a@example.com"), "address": k.Token("verify", id, "b@example.com"),
		"row": k.Token("verify", uuid.New(), "a@example.com"), "key": keys(t, 2).Token("verify", id, "a@example.com"),
	} {
		if bytes.Equal(Hash(other), Hash(token)) {
			t.Errorf("another %s gives the same token", name)
		}
	}
	if got, ok := TokenID(token); !ok || got != id {
		t.Errorf("the token's row is %v", got)
	}
	for _, bad := range []string{"", "x", token + "x", token[:20], "%"} {
		if _, ok := TokenID(bad); ok {
			t.Errorf("%q is taken for a token", bad)
		}
	}
}

func TestNewRefusesWeakKeys(t *testing.T) {
	t.Parallel()
	if _, err := New(nil); err == nil {
		t.Error("no key is taken")
	}
	if _, err := New([][]byte{make([]byte, 31)}); err == nil {
		t.Error("31 bytes are taken")
	}
}
