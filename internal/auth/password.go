package auth

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"plinth/internal/fault"
)

// Passwords have 12 to 128 characters, any of them, without rules of composition (NIST 800-63B, ASVS 6.2).
const (
	MinPassword = 12
	MaxPassword = 128
)

// common holds words that people make passwords of, one a line, in small letters.
//
//go:embed common.txt
var common string

// CheckPassword says what is wrong with a password, or "". personal are words it must not be made of: name,
// address, organization.
func CheckPassword(password string, personal ...string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case password == "":
		return "Enter a password."
	case !utf8.ValidString(password):
		return "This password cannot be read. Type it again."
	case n < MinPassword:
		return fmt.Sprintf("Use at least %d characters; this has %d.", MinPassword, n)
	case n > MaxPassword:
		return fmt.Sprintf("Use at most %d characters; this has %d.", MaxPassword, n)
	}
	lower := strings.ToLower(password)
	switch own := ownWords(personal); {
	case strings.Contains(lower, product):
		return "Leave out the name of this site: it is among the first things anybody would try."
	case strength(lower, nil) < weakBelow:
		return "This password is among the first anybody would try. Choose something else."
	case strength(lower, own) < weakBelow:
		return "This is little more than your name, address or organization. Choose something else."
	}
	return ""
}

// product is what nobody's password holds.
const product = "plinth"

// mailbox is the part of an address before the @, which is no better a password than the address.
func mailbox(email string) string {
	name, _, _ := strings.Cut(email, "@")
	return name
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// Hasher hashes passwords with argon2id, a bounded number at once: each takes 19 MiB and about 45 ms of a core as recommended, so a
// crowd at the door must wait rather than take the machine down.
type Hasher struct {
	slots  chan struct{}
	params *argon2id.Params
	made   atomic.Int64
	dummy  string // a hash to compare with when there is no account, so that both cases take the same time
}

// Cost is what one hash takes: so many KiB of memory, so many times over.
type Cost struct{ Memory, Passes uint32 }

// Recommended is OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane.
func Recommended() Cost { return Cost{Memory: 19 * 1024, Passes: 2} }

// NewHasher allows atOnce hashes at the same time, each at that cost.
func NewHasher(atOnce int, c Cost) *Hasher {
	h := &Hasher{
		slots:  make(chan struct{}, max(atOnce, 1)),
		params: &argon2id.Params{Memory: c.Memory, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	}
	h.dummy = nobodys(h.params)
	return h
}

// nobodys is the hash of no password: a random key, which costs nothing to make and as much as any other to compare with.
func nobodys(p *argon2id.Params) string {
	random := make([]byte, p.SaltLength+p.KeyLength)
	_, _ = rand.Read(random) // never fails
	text := base64.RawStdEncoding.EncodeToString
	const version = 0x13 // RFC 9106
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", version, p.Memory, p.Iterations, p.Parallelism, text(random[:p.SaltLength]), text(random[p.SaltLength:]))
}

// Hash waits for a slot and hashes.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	hash, err := argon2id.CreateHash(password, h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Matches compares a password with a hash. An empty hash costs the same and never matches.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, h.dummy)
		return false, err
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok, nil
}

// Made is how many hashes were made so far, for comparing what is done for known and unknown.
func (h *Hasher) Made() int64 { return h.made.Load() }

// hashWait is how long somebody waits at the door before the answer is to try again.
const hashWait = 2 * time.Second

func (h *Hasher) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		h.made.Add(1)
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "Very many people are signing in just now. Please try again.", ctx.Err())
	}
}

func (h *Hasher) leave() { <-h.slots }
