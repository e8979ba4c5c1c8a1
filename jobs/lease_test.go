package jobs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"plinth/internal/dbtest"
	"plinth/jobs"
)

// leasing asks for leases of one organization.
type leasing struct {
	*testing.T
	jobs.Leases
	tenant uuid.UUID
}

func (l leasing) take(job int64, lasts time.Duration) jobs.Lease {
	l.Helper()
	got, err := l.Take(l.Context(), l.tenant, job, lasts)
	if err != nil {
		l.Fatal(err)
	}
	return got
}

func (l leasing) end(one jobs.Lease) {
	l.Helper()
	if err := l.End(l.Context(), l.tenant, one.Fence); err != nil {
		l.Fatal(err)
	}
}

// A work of many turns lets those go first that waited while it had its turn, in the order in which they came.
func TestWhoWaitsLongestHasTheNextLease(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	l := leasing{t, jobs.Leases{DB: d.AsWorker(t)}, uuid.New()}
	other := leasing{t, l.Leases, uuid.New()}
	const long, first, second, dead = 1, 2, 3, 4
	held := l.take(long, time.Minute)
	if !held.Taken || !other.take(9, time.Minute).Taken {
		t.Fatal("a lease that nobody has is not to be had")
	}
	for want, job := range []int64{dead, first, second} {
		if got := l.take(job, time.Minute); got.Taken || got.Ahead != want {
			t.Errorf("%d: %+v", job, got)
		}
	}
	if _, err := dbtest.Connect(t, d.Super).Exec(t.Context(), `update bulk_wants set asked_at = now() - interval '2 minutes' where job_id = $1`, dead); err != nil {
		t.Fatal(err)
	}
	l.end(held)
	if got := l.take(long, time.Minute); got.Taken || got.Ahead != 2 {
		t.Errorf("the next turn of the long one: %+v", got)
	}
	if got := l.take(second, time.Minute); got.Taken || got.Ahead != 1 {
		t.Errorf("the second before the first: %+v", got)
	}
	for _, job := range []int64{first, second, long} {
		got := l.take(job, time.Minute)
		if !got.Taken {
			t.Fatalf("%d: %+v", job, got)
		}
		l.end(got)
	}
}

// Who gives back a lease that ended meanwhile takes it from nobody, also when the same job has it by now.
func TestALeaseThatEndedIsGivenBackToNobody(t *testing.T) {
	t.Parallel()
	l := leasing{t, jobs.Leases{DB: dbtest.New(t).AsWorker(t)}, uuid.New()}
	died := l.take(1, -time.Second)
	again := l.take(1, time.Minute) // the job, taken up by another worker
	if !again.Taken || again.Fence <= died.Fence {
		t.Fatalf("%+v after %+v", again, died)
	}
	l.end(died)
	if l.take(2, time.Minute).Taken {
		t.Error("the lease of another is gone")
	}
	l.end(again)
	if !l.take(2, time.Minute).Taken {
		t.Error("a lease that was given back is not to be had")
	}
}

// Who waits longest is begun when a lease is given back, and nobody else is: not who waits behind, and not a job that has ended.
func TestALeaseGivenBackBeginsWhoIsNext(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	l := leasing{t, jobs.Leases{DB: d.AsWorker(t)}, uuid.New()}
	conn := dbtest.Connect(t, d.Super)
	job := func(state, finalized string) int64 {
		var id int64
		if err := conn.QueryRow(t.Context(), fmt.Sprintf(`
			insert into river.river_job (kind, queue, args, max_attempts, state, scheduled_at, finalized_at)
			values ('purge_trash', 'bulk', '{}', 5, '%s', now() + interval '20 seconds', %s)
			returning id`, state, finalized)).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	begun := func(id int64) bool {
		var yes bool
		if err := conn.QueryRow(t.Context(), `select state = 'available' and scheduled_at <= now() from river.river_job where id = $1`, id).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	first, second, ended := job("scheduled", "null"), job("available", "null"), job("cancelled", "now()")
	held := l.take(999, time.Minute)
	for _, id := range []int64{first, second, ended} {
		if l.take(id, time.Minute).Taken {
			t.Fatal("two have the lease")
		}
	}
	stale := held
	stale.Fence--
	if l.end(stale); begun(first) {
		t.Error("who has the lease no more began another")
	}
	if l.end(held); !begun(first) || begun(second) {
		t.Errorf("the first begun %v, the second begun %v", begun(first), begun(second))
	}
	if l.end(l.take(first, time.Minute)); !begun(second) {
		t.Error("the second is not begun")
	}
	if l.end(l.take(second, time.Minute)); begun(ended) {
		t.Error("a job that has ended is begun")
	}
}
