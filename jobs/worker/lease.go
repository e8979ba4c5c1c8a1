package worker

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plinth/jobs"
)

// leaseEnding is how long a lease outlasts the job that has it: a job that was told to end may take a moment.
const leaseEnding = 5 * time.Second

// oneEach lets an organization do one job of the bulk queue at a time: the others wait and are asked again, who waits longest
// first, so that many exports of one organization leave the workers to everybody else, and an import of an hour, which is
// many turns, lets others go in between. River's own limit of this kind is in its paid part.
func oneEach(leases jobs.Leases, timeout time.Duration) rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		tenant := bulkTenant(job)
		if tenant == uuid.Nil {
			return work(ctx)
		}
		lease, err := leases.Take(ctx, tenant, job.ID, timeout+leaseEnding)
		if err != nil {
			return err
		}
		if !lease.Taken {
			return river.JobSnooze(leasePause(lease.Ahead))
		}
		// A lease that could not be given back ends by itself: the work is done, and is not to be done again for that.
		defer func() { _ = leases.End(context.WithoutCancel(ctx), tenant, lease.Fence) }()
		return work(ctx)
	})
}

// bulkTenant is the organization that a job of the bulk queue is for, nil for any other job.
func bulkTenant(job *rivertype.JobRow) uuid.UUID {
	var args jobs.ForTenant
	if job.Queue != jobs.QueueBulk || json.Unmarshal(job.EncodedArgs, &args) != nil {
		return uuid.Nil
	}
	return args.TenantID
}

// leasePause is how long to wait before asking again: half a second for who is next, and twice as long for each that is
// ahead, up to half a minute, so that thousands that wait do not ask all the time. Who is next is begun when the one that
// works ends (Leases.End), so this counts only for who asked at that moment and for workers that died. It differs from job to
// job, so that they do not ask together.
func leasePause(ahead int) time.Duration {
	longest := min(500*time.Millisecond<<min(ahead, jobs.MostAhead), 30*time.Second)
	return longest/2 + rand.N(longest/2)
}
