// Package limit slows down whoever guesses or floods: each key has an allowance of attempts that drains with time, then
// a delay that doubles. There is no lock-out, so nobody can shut another person out for long.
package limit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/limit/limitdb"
)

// Policy is how much is forgiven and how the delay grows.
type Policy struct {
	Name      string        // part of the key, so that policies do not mix
	Allowance int           // attempts without a delay
	Drain     time.Duration // the time in which one attempt is forgotten
	First     time.Duration // the first delay
	Longest   time.Duration // the longest delay
}

// delay is what follows an attempt that filled the bucket to level.
func (p Policy) delay(level float64) time.Duration {
	over := math.Ceil(level) - float64(p.Allowance)
	if over <= 0 {
		return 0
	}
	return min(p.Longest, p.First*time.Duration(math.Exp2(min(over-1, 20))))
}

// Limiter keeps the attempts in Postgres, so that all instances know of them.
type Limiter struct {
	DB  *db.DB
	Now func() time.Time
}

// Subject is one thing that attempts are counted for, under its policy.
type Subject struct {
	Policy Policy
	Key    string // e.g. an address; stored hashed. Empty for a limit in total.
}

func (s Subject) stored() string {
	sum := sha256.Sum256([]byte(s.Key))
	return s.Policy.Name + ":" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Take counts one attempt for each of the subjects, or returns a Throttled fault and counts none when one of them has
// to wait. It comes before anything costly, so that a burst at the same moment cannot slip through: what was no failure
// in the end is given back with Return or Clear.
func (l *Limiter) Take(ctx context.Context, subjects ...Subject) error {
	subjects = slices.SortedFunc(slices.Values(subjects), func(a, b Subject) int { // one order for all, against deadlocks
		return cmp.Compare(a.stored(), b.stored())
	})
	now := l.Now()
	err := l.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, s := range subjects {
			if err := takeTx(ctx, tx, s, now); err != nil {
				return err
			}
		}
		return nil
	})
	if !fault.Is(err, fault.Throttled) {
		return err
	}
	until, untilErr := limitdb.New().BucketsUntil(ctx, l.DB.Direct(), keys(subjects))
	if untilErr != nil {
		return fmt.Errorf("read the limits: %w", untilErr)
	}
	wait := max(until.Sub(now), time.Second)
	return fault.Throttle("Too many attempts. Please try again in "+inWords(wait)+".", wait)
}

func takeTx(ctx context.Context, tx db.Tx, s Subject, now time.Time) error {
	q := limitdb.New()
	level, err := q.TakeBucket(ctx, tx, limitdb.TakeBucketParams{Key: s.stored(), Now: now, Drain: s.Policy.Drain.Seconds()})
	if db.None(err) {
		return fault.Throttle("Too many attempts.", 0) // undoes what was taken from the others
	}
	if err != nil {
		return fmt.Errorf("take from the limit %s: %w", s.Policy.Name, err)
	}
	delay := s.Policy.delay(level)
	if delay == 0 {
		return nil
	}
	if err := q.DelayBucket(ctx, tx, limitdb.DelayBucketParams{Key: s.stored(), UntilAt: now.Add(delay)}); err != nil {
		return fmt.Errorf("delay the next of %s: %w", s.Policy.Name, err)
	}
	return nil
}

// Spend does what its subjects allow, and counts it only when it was done.
func (l *Limiter) Spend(ctx context.Context, subjects []Subject, do func() error) error {
	if err := l.Take(ctx, subjects...); err != nil {
		return err
	}
	err := do()
	if err == nil {
		return nil
	}
	return errors.Join(err, l.Return(context.WithoutCancel(ctx), subjects...))
}

// Return gives back an attempt that was no failure; a delay that has begun stays.
func (l *Limiter) Return(ctx context.Context, subjects ...Subject) error {
	return limitdb.New().ReturnBuckets(ctx, l.DB.Direct(), keys(subjects))
}

// Clear forgives the subjects everything, as after the right password.
func (l *Limiter) Clear(ctx context.Context, subjects ...Subject) error {
	return limitdb.New().BucketsCleared(ctx, l.DB.Direct(), keys(subjects))
}

// Purge deletes what has drained and nobody waits for any more; a job calls it.
func (l *Limiter) Purge(ctx context.Context) (int64, error) {
	return limitdb.New().PurgeBuckets(ctx, l.DB.Direct())
}

func keys(subjects []Subject) []string {
	out := make([]string, len(subjects))
	for i, s := range subjects {
		out[i] = s.stored()
	}
	return out
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
