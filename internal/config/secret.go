package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
)

const redacted = "[redacted]"

// Secret is a text that never prints itself: use string(s) where the value is really needed.
type Secret string

// String says [redacted].
func (Secret) String() string { return redacted }

// GoString says [redacted] to %#v.
func (Secret) GoString() string { return redacted }

// MarshalJSON says [redacted].
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue says [redacted] to slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Keys decodes SECRET_KEYS, newest first.
func (c *Config) Keys() ([][]byte, error) {
	var keys [][]byte
	for i, text := range strings.Split(string(c.SecretKeys), ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("number %d is not base64", i+1)
		}
		if len(key) < 32 {
			return nil, fmt.Errorf("number %d has %d bytes, at least 32 are needed", i+1, len(key))
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("no key")
	}
	return keys, nil
}

// Loopback says whether host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
