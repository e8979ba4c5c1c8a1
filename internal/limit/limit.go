// Package limit slows down whoever guesses: each key has an allowance of failures, then a delay that doubles. There is
// no lock-out, so nobody can shut another person out for long.
package limit

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/limit/limitdb"
)

// Policy is how much is forgiven and how the delay grows.
type Policy struct {
	Name      string        // part of the key, so that policies do not mix
	Allowance int           // failures without a delay
	First     time.Duration // the first delay
	Longest   time.Duration // the longest delay
}

// Limiter keeps the failures in Postgres, so that all instances know of them.
type Limiter struct {
	DB  *db.DB
	Now func() time.Time
}

// Subject is one thing that failures are counted for, under its policy.
type Subject struct {
	Policy Policy
	Key    string // e.g. an address; stored hashed
}

func (s Subject) stored() string {
	sum := sha256.Sum256([]byte(s.Key))
	return s.Policy.Name + ":" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Allow returns a Throttled fault when any of the subjects has to wait. It is asked before anything costly is done.
func (l *Limiter) Allow(ctx context.Context, subjects ...Subject) error {
	keys := make([]string, len(subjects))
	for i, s := range subjects {
		keys[i] = s.stored()
	}
	until, err := limitdb.New().BucketsUntil(ctx, l.DB.Direct(), keys)
	if err != nil {
		return fmt.Errorf("read the limits: %w", err)
	}
	if wait := until.Sub(l.Now()); wait > 0 {
		return fault.Throttle("Too many attempts. Please try again in "+inWords(wait)+".", wait)
	}
	return nil
}

// Failed notes one more failure for each subject.
func (l *Limiter) Failed(ctx context.Context, subjects ...Subject) error {
	for _, s := range subjects {
		err := limitdb.New().BucketFailed(ctx, l.DB.Direct(), limitdb.BucketFailedParams{
			Key: s.stored(), Now: l.Now(), Allowance: int32(s.Policy.Allowance),
			First: s.Policy.First.Seconds(), Longest: s.Policy.Longest.Seconds(),
		})
		if err != nil {
			return fmt.Errorf("note a failure: %w", err)
		}
	}
	return nil
}

// Clear forgives the subjects, as after a success.
func (l *Limiter) Clear(ctx context.Context, subjects ...Subject) error {
	keys := make([]string, len(subjects))
	for i, s := range subjects {
		keys[i] = s.stored()
	}
	return limitdb.New().BucketCleared(ctx, l.DB.Direct(), keys)
}

// Purge deletes what nobody waits for any more; a job calls it.
func (l *Limiter) Purge(ctx context.Context) (int64, error) {
	return limitdb.New().PurgeBuckets(ctx, l.DB.Direct())
}

// inWords says a duration as people would, rounded up.
func inWords(d time.Duration) string {
	unit, n := "second", int((d+time.Second-1)/time.Second)
	if n >= 90 {
		unit, n = "minute", int((d+time.Minute-1)/time.Minute)
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
