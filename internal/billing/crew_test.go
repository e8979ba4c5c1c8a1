package billing_test

import (
	"context"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// crew works off operations that overlap in virtual time. One runs at a time; where it asks the API, waits for a
// connection or begins a transaction, another may go on. Whose turn it is follows from the seed alone.
type crew struct {
	rng     *rand.Rand
	now     time.Time
	waiting []*op
	back    chan struct{} // the operation that ran waits or has ended
	crashes map[string]int
}

// op is one operation of a process that may crash.
type op struct {
	crew    *crew
	at      time.Time
	turn    chan struct{}
	crashIn int // steps until it crashes; below zero: never
	crashed string
}

type opKey struct{}

func opOf(ctx context.Context) *op {
	o, _ := ctx.Value(opKey{}).(*op)
	return o
}

func newCrew(rng *rand.Rand) *crew {
	return &crew{rng: rng, now: zero(), back: make(chan struct{}), crashes: map[string]int{}}
}

// start lets do begin at a time. crashIn is how many steps it has before its process dies, or -1; then says what
// became of it: where it crashed, or its error.
func (c *crew) start(at time.Time, crashIn int, do func(context.Context) error, then func(crashed string, err error)) {
	o := &op{crew: c, at: at, turn: make(chan struct{}), crashIn: crashIn}
	go func() {
		<-o.turn
		err := o.run(do)
		if o.crashed != "" {
			c.crashes[o.crashed]++
		}
		then(o.crashed, err)
		c.back <- struct{}{}
	}()
	c.waiting = append(c.waiting, o)
}

func (o *op) run(do func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil && o.crashed == "" {
			panic(r) // not one of ours
		}
	}()
	return do(context.WithValue(context.Background(), opKey{}, o))
}

// work lets all operations come to their end.
func (c *crew) work() {
	for len(c.waiting) > 0 {
		first := 0
		for i, o := range c.waiting {
			if o.at.Before(c.waiting[first].at) {
				first = i
			}
		}
		o := c.waiting[first]
		c.waiting = slices.Delete(c.waiting, first, first+1)
		if o.at.After(c.now) {
			c.now = o.at
		}
		o.turn <- struct{}{}
		<-c.back
	}
}

// between is a random time of up to most.
func (c *crew) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.rng.Int64N(int64(most-least)+1))
}

// step is a point of an operation where its process may die.
func (o *op) step(name string) {
	if o.crashIn < 0 || o.crashed != "" {
		return
	}
	if o.crashIn--; o.crashIn < 0 {
		o.crashed = name
		panic(name)
	}
}

// wait lets others go on for so long.
func (o *op) wait(d time.Duration) {
	c := o.crew
	o.at = c.now.Add(d)
	c.waiting = append(c.waiting, o)
	c.back <- struct{}{}
	<-o.turn
}

// steps makes each use of the database a step of the operation that has it.
type steps struct{}

func (steps) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	if o := opOf(ctx); o != nil && o.crashed == "" {
		o.wait(o.crew.between(0, 40*time.Millisecond))
		o.step("a connection")
	}
	return ctx
}

func (steps) TraceAcquireEnd(context.Context, *pgxpool.Pool, pgxpool.TraceAcquireEndData) {}

var statementName = regexp.MustCompile(`^-- name: (\w+)`)

func (steps) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	// A statement by itself is done or not, which the step before it shows.
	if o := opOf(ctx); o != nil && conn.PgConn().TxStatus() != 'I' {
		name := "a statement of another module"
		if m := statementName.FindStringSubmatch(data.SQL); m != nil {
			name = m[1]
		}
		o.step(name)
	}
	return ctx
}

func (steps) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
