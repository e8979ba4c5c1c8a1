package worker

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// timed tells observe of each attempt. One that is put off or ends by itself has not failed; one that panics has.
func timed(observe func(kind string, waited, took time.Duration, failed bool)) rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		if observe == nil {
			return work(ctx)
		}
		begun, failed := time.Now(), true
		defer func() { observe(job.Kind, max(begun.Sub(job.ScheduledAt), 0), time.Since(begun), failed) }()
		err := work(ctx)
		var later *river.JobSnoozeError
		var ended *river.JobCancelError
		failed = err != nil && !errors.As(err, &later) && !errors.As(err, &ended)
		return err
	})
}
