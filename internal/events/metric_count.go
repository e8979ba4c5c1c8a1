package events

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events/eventsdb"
	"plinth/jobs"
)

const (
	countBatch = 2000            // events in one transaction
	countFor   = 8 * time.Second // how long one call goes on; what is left is for the next
)

// Metrics counts what happened by day. It reads events by the numbers of their seals, which have no gaps: up to which it
// has counted is kept with the counts, in one transaction, so each event counts once, whoever counts and however often.
// It is asked as plinth_worker.
type Metrics struct {
	DB    *db.DB
	Queue *jobs.Queue
	// Batch is how many events are counted in one transaction; zero is countBatch.
	Batch int
	// For is how long one call goes on; zero is countFor.
	For time.Duration
}

// Count counts what was sealed of an organization since it was last counted; the nil id is what happened to accounts.
// more says that it had to stop before the end.
func (m *Metrics) Count(ctx context.Context, tenant uuid.UUID) (more bool, err error) {
	c, begun := chainOf(tenant), time.Now()
	for {
		n, err := m.some(ctx, c)
		if err != nil {
			return false, fmt.Errorf("count events: %w", err)
		}
		if n < m.batch() {
			return false, nil
		}
		if time.Since(begun) > cmp.Or(m.For, countFor) {
			return true, nil
		}
	}
}

func (m *Metrics) batch() int { return cmp.Or(m.Batch, countBatch) }

// CountAll enqueues the counting of each organization, page by page, and that of the accounts.
func (m *Metrics) CountAll(ctx context.Context, after uuid.UUID) error {
	ids, err := eventsdb.New().ChainsToCount(ctx, m.DB.Direct(), eventsdb.ChainsToCountParams{ID: after, Limit: chainPage})
	if err != nil {
		return fmt.Errorf("list organizations to count: %w", err)
	}
	var all []jobs.Args
	if after == uuid.Nil {
		all = append(all, jobs.CountAccounts{})
	}
	for _, id := range ids {
		all = append(all, countJob(id))
	}
	if len(ids) == chainPage {
		all = append(all, jobs.SweepMetrics{After: ids[len(ids)-1]})
	}
	return m.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error { return m.Queue.EnqueueManyTx(ctx, tx, all) })
}

// countJob counts a chain soon.
func countJob(tenant uuid.UUID) jobs.Args {
	if tenant == uuid.Nil {
		return jobs.CountAccounts{}
	}
	return jobs.CountEvents{ForTenant: jobs.ForTenant{TenantID: tenant}}
}

// happening is what counting looks at of a sealed event.
type happening struct {
	Seq     int64
	Action  string // "" when the event is gone
	At      time.Time
	Changes []byte
	Person  *uuid.UUID // the member who did it
}

// dayOf is a metric's day, and personDay a person's.
type (
	dayOf struct {
		Day    time.Time
		Metric Metric
	}
	personDay struct {
		Person uuid.UUID
		Day    time.Time
	}
)

// some counts a batch and says how many events it was.
func (m *Metrics) some(ctx context.Context, c chain) (n int, err error) {
	err = c.in(ctx, m.DB, func(ctx context.Context, tx db.Tx) error {
		// Who comes second waits here until the cursor is where the first has left it.
		cursor := int64(-1)
		if err := db.Together(ctx, tx, func(r *db.Reads) { db.Value(r, &cursor, c.sql.metricCursor, c.args()...) }); err != nil || cursor < 0 {
			return err
		}
		var rows []happening
		if err := db.Together(ctx, tx, func(r *db.Reads) { db.Rows(r, &rows, c.sql.sealedSince, c.args(cursor, m.batch())...) }); err != nil || len(rows) == 0 {
			return err
		}
		n = len(rows)
		found := c.count(rows)
		if err := c.active(ctx, tx, cursor, rows, found); err != nil {
			return err
		}
		return db.Together(ctx, tx, func(r *db.Reads) { c.keep(r, rows[len(rows)-1].Seq, found) })
	})
	return n, err
}

// count adds up what the events themselves say.
func (c chain) count(rows []happening) map[dayOf]int64 {
	rules := counts()
	if c.tenant == uuid.Nil {
		rules = accountCounts()
	}
	found := map[dayOf]int64{}
	for _, row := range rows {
		var changes map[string][2]string
		_ = json.Unmarshal(row.Changes, &changes) // what is not such an object says nothing
		for _, rule := range rules {
			if rule.action != row.Action {
				continue
			}
			n := int64(1)
			if rule.many != nil {
				n = rule.many(changes)
			}
			if n > 0 {
				found[dayOf{dayAt(row.At), rule.metric}] += n
			}
		}
	}
	return found
}

// active adds the people who did something on a day for the first time, and the days on which the first of them did.
func (c chain) active(ctx context.Context, tx db.Tx, cursor int64, rows []happening, found map[dayOf]int64) error {
	seen := map[personDay]bool{}
	for _, row := range rows {
		if row.Person != nil {
			seen[personDay{*row.Person, dayAt(row.At)}] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	var people []uuid.UUID
	var days, known []time.Time
	for p := range seen {
		people, days = append(people, p.Person), append(days, p.Day)
	}
	var before []personDay
	if err := db.Together(ctx, tx, func(r *db.Reads) {
		db.Rows(r, &before, eventsdb.ActiveBefore, c.tenant, people, days, cursor)
		db.Values(r, &known, eventsdb.ActiveDays, c.tenant, days)
	}); err != nil {
		return err
	}
	for _, p := range before {
		delete(seen, personDay{p.Person, dayAt(p.Day)})
	}
	for p := range seen {
		found[dayOf{p.Day, ActivePeople}]++
		if !slices.ContainsFunc(known, p.Day.Equal) {
			found[dayOf{p.Day, ActiveOrganizations}] = 1
		}
	}
	return nil
}

// keep queues the counts and the new place of the cursor. Everybody adds to the totals in one order, and last.
func (c chain) keep(r *db.Reads, seq int64, found map[dayOf]int64) {
	order := slices.SortedFunc(maps.Keys(found), func(a, b dayOf) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Metric, b.Metric))
	})
	r.Exec(eventsdb.SetMetricCursor, c.tenant, seq)
	if c.tenant != uuid.Nil {
		for _, k := range order {
			r.Exec(eventsdb.AddMetric, c.tenant, k.Day, string(k.Metric), found[k])
		}
	}
	for _, k := range order {
		r.Exec(eventsdb.AddTotal, k.Day, string(k.Metric), found[k])
	}
}

func dayAt(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// DayCount is a metric's count of a day in all organizations together.
type DayCount struct {
	Day    time.Time
	Metric Metric
	Count  int64
}

// QueueTotals reads the counts of some metrics since a day. Days without any are left out.
func QueueTotals(r *db.Reads, since time.Time, metrics []Metric, into *[]DayCount) {
	names := make([]string, len(metrics))
	for i, m := range metrics {
		names[i] = string(m)
	}
	db.Rows(r, into, eventsdb.Totals, dayAt(since), names)
}
