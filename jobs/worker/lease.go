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

// waitsKey is, among what River keeps of a job, how often it found its organization's lease taken.
const waitsKey = "lease_waits"

// oneEach lets an organization do one job of the bulk queue at a time: the others wait and are asked again, so that many
// exports of one organization leave the workers to everybody else. River's own limit of this kind is in its paid part.
func oneEach(leases jobs.Leases, timeout time.Duration) rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		tenant := bulkTenant(job)
		if tenant == uuid.Nil {
			return work(ctx)
		}
		taken, err := leases.Take(ctx, tenant, job.ID, timeout+leaseEnding)
		if err != nil {
			return err
		}
		if !taken {
			waits := leaseWaits(job)
			if err := river.MetadataSet(ctx, waitsKey, waits+1); err != nil {
				return err
			}
			return river.JobSnooze(leasePause(waits))
		}
		// A lease that could not be given back ends by itself: the work is done, and is not to be done again for that.
		defer func() { _ = leases.End(context.WithoutCancel(ctx), tenant, job.ID) }()
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

func leaseWaits(job *rivertype.JobRow) int {
	var kept map[string]json.RawMessage
	var waits int
	_ = json.Unmarshal(job.Metadata, &kept) // what is not there counts as never
	_ = json.Unmarshal(kept[waitsKey], &waits)
	return waits
}

// leasePause doubles from a second to half a minute, so that thousands that wait do not ask all the time, and differs
// from job to job, so that they do not ask together.
func leasePause(waits int) time.Duration {
	longest := min(time.Second<<min(waits, 5), 30*time.Second)
	return longest/2 + rand.N(longest/2)
}
