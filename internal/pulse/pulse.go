// Package pulse is what every process tells of itself, over all instances: that it lives, and how long its requests and
// jobs take. It holds patterns of routes and kinds of jobs, and nothing of anybody's data.
package pulse

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/pulse/pulsedb"
)

// What is timed.
const (
	Route = "route" // a request; an error is an answer of 500 and above
	Job   = "job"   // an attempt of a job; an error is one that is tried again, or not any more
	Wait  = "wait"  // how long a job waited from when it was due until it began
)

// The kinds of instances.
const (
	Web    = "web"
	Worker = "worker"
)

// beat is how often an instance tells of itself.
const beat = 15 * time.Second

// namesMost is how many names one process keeps in an hour: patterns and kinds are far fewer.
const namesMost = 2000

// Pulse is that of one process. Observe may be called from everywhere at once; Run tells.
type Pulse struct {
	ID      uuid.UUID // of the instance
	DB      *db.DB
	Version string
	Log     *slog.Logger
	Now     func() time.Time

	mu    sync.Mutex
	taken map[key]*counts
}

type key struct {
	hour       int64 // its first second
	what, name string
}

type counts struct {
	count, errors int64
	buckets       []int64
}

// New returns the pulse of a process, which tells nothing before Run.
func New(d *db.DB, log *slog.Logger) *Pulse {
	return &Pulse{ID: uuid.New(), DB: d, Version: "development", Log: log, Now: time.Now, taken: map[key]*counts{}}
}

// Observe counts one thing that took so long.
func (p *Pulse) Observe(what, name string, took time.Duration, failed bool) {
	k := key{p.Now().Truncate(time.Hour).Unix(), what, name}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.taken[k]
	if c == nil {
		if len(p.taken) >= namesMost {
			return
		}
		c = &counts{buckets: make([]int64, len(bounds())+1)}
		p.taken[k] = c
	}
	c.count++
	if failed {
		c.errors++
	}
	c.buckets[bucket(took)]++
}

// Run tells of the process until ctx ends; then it tells what is left, and that it has ended.
func (p *Pulse) Run(ctx context.Context, kind string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	self := pulsedb.BeatParams{ID: p.ID, Kind: kind, Host: host, Version: p.Version}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		if err := p.tell(ctx, self); err != nil && ctx.Err() == nil {
			p.Log.WarnContext(ctx, "cannot tell of this instance", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.end(context.WithoutCancel(ctx))
			return nil
		}
	}
}

func (p *Pulse) tell(ctx context.Context, self pulsedb.BeatParams) error {
	var err error
	if self.OldestAt, err = p.DB.OldestTransaction(ctx); err != nil {
		return err
	}
	pool := p.DB.Pool().Stat()
	self.Busy, self.Open, self.Most = pool.AcquiredConns(), pool.TotalConns(), pool.MaxConns()
	if err := pulsedb.New().Beat(ctx, p.DB.Direct(), self); err != nil {
		return fmt.Errorf("tell that the instance lives: %w", err)
	}
	return p.Flush(ctx)
}

func (p *Pulse) end(ctx context.Context) {
	if err := p.Flush(ctx); err != nil {
		p.Log.WarnContext(ctx, "what the last requests took is lost", "error", err)
	}
	if err := pulsedb.New().End(ctx, p.DB.Direct(), p.ID); err != nil {
		p.Log.WarnContext(ctx, "cannot tell that the instance ends", "error", err)
	}
}

// row is a line of what Flush sends.
type row struct {
	Hour    time.Time `json:"hour"`
	What    string    `json:"what"`
	Name    string    `json:"name"`
	Count   int64     `json:"count"`
	Errors  int64     `json:"errors"`
	Buckets []int64   `json:"buckets"`
}

// Flush adds to the table what was observed since the last time. What could not be added is kept for the next time.
func (p *Pulse) Flush(ctx context.Context) error {
	p.mu.Lock()
	taken := p.taken
	p.taken = map[key]*counts{}
	p.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	rows := make([]row, 0, len(taken))
	for k, c := range taken {
		rows = append(rows, row{time.Unix(k.hour, 0).UTC(), k.what, k.name, c.count, c.errors, c.buckets})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.What, b.What), cmp.Compare(a.Name, b.Name))
	})
	lines, err := json.Marshal(rows)
	if err == nil {
		err = pulsedb.New().AddTimings(ctx, p.DB.Direct(), lines)
	}
	if err != nil {
		p.keep(taken)
		return fmt.Errorf("add what took how long: %w", err)
	}
	return nil
}

// keep puts back what could not be added.
func (p *Pulse) keep(taken map[key]*counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, c := range taken {
		now := p.taken[k]
		if now == nil {
			if len(p.taken) < namesMost {
				p.taken[k] = c
			}
			continue
		}
		now.count += c.count
		now.errors += c.errors
		for i, n := range c.buckets {
			now.buckets[i] += n
		}
	}
}

// Purge forgets what took how long two weeks ago, and instances that died without a word.
func (p *Pulse) Purge(ctx context.Context) error {
	q := pulsedb.New()
	if err := q.PurgeTimings(ctx, p.DB.Direct()); err != nil {
		return fmt.Errorf("forget old timings: %w", err)
	}
	if err := q.PurgeInstances(ctx, p.DB.Direct()); err != nil {
		return fmt.Errorf("forget instances that died: %w", err)
	}
	return nil
}

// QueueTimings reads what took how long since an hour.
func QueueTimings(r *db.Reads, since time.Time, into *[]Timing) {
	db.Rows(r, into, pulsedb.Timings, since.Truncate(time.Hour))
}

// Instance is a process that tells of itself.
type Instance struct {
	ID        uuid.UUID
	Kind      string
	Host      string
	Version   string
	Busy      int32 // connections of its pool that are used
	Open      int32
	Most      int32
	StartedAt time.Time
	SeenAt    time.Time
	OldestAt  *time.Time // since when the oldest transaction of its role runs
	Alive     bool       // told of itself within the last 45 seconds
}

// QueueInstances reads the processes of the last day, the living first; those that ended are not among them.
func QueueInstances(r *db.Reads, into *[]Instance) {
	db.Rows(r, into, pulsedb.Instances)
}
