package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"plinth/internal/fault"
)

// Office is River as the back-office works with it. Its methods join the back-office's transaction, so that an act and
// the note of who did it are kept or lost together.
type Office struct {
	client *river.Client[pgx.Tx]
}

// NewOffice returns the back-office's side of a queue.
func NewOffice(q *Queue) *Office { return &Office{client: q.client} }

// The states of a job, as River names them.
const (
	Available = string(rivertype.JobStateAvailable) // waits for a worker
	Running   = string(rivertype.JobStateRunning)
	Retryable = string(rivertype.JobStateRetryable) // failed, is tried again by itself
	Scheduled = string(rivertype.JobStateScheduled) // begins later
	Discarded = string(rivertype.JobStateDiscarded) // failed for good
	Cancelled = string(rivertype.JobStateCancelled)
	Completed = string(rivertype.JobStateCompleted)
)

// States lists the states in the order a person asks for them.
func States() []string {
	return []string{Discarded, Retryable, Available, Running, Scheduled, Completed, Cancelled}
}

// Job is a row of a list of jobs.
type Job struct {
	ID          int64
	Kind        string
	Queue       string
	State       string
	Attempt     int
	MaxAttempts int
	CreatedAt   time.Time
	ScheduledAt time.Time
	AttemptedAt *time.Time
	FinalizedAt *time.Time
	LastError   string
}

// MayRetry says whether the job can be set to run at once.
func (j Job) MayRetry() bool { return mayRetry(j.State) }

// MayCancel says whether the job can still be stopped.
func (j Job) MayCancel() bool {
	return j.State != Completed && j.State != Cancelled && j.State != Discarded
}

func mayRetry(state string) bool {
	return state == Discarded || state == Retryable || state == Cancelled || state == Scheduled
}

// JobFull is a job with its arguments, which are ids, and what its attempts ended with.
type JobFull struct {
	Job
	ArgsJSON    []byte
	ErrorsJSON  []byte
	AttemptedBy []string
	Request     string // the one that caused it; "" when none did, or long ago
}

// JobError is how one attempt ended.
type JobError struct {
	At      time.Time `json:"at"`
	Attempt int       `json:"attempt"`
	Error   string    `json:"error"`
	Trace   string    `json:"trace"`
}

// Errors are the failed attempts, the oldest first.
func (j JobFull) Errors() []JobError {
	var out []JobError
	_ = json.Unmarshal(j.ErrorsJSON, &out) // written by River; what it did not write shows as no error
	return out
}

// Depth is a queue: what is in it and whether it is worked.
type Depth struct {
	Name      string
	PausedAt  *time.Time
	SeenAt    *time.Time // when a worker last spoke of it; nil when none ever did
	Waiting   int64
	Running   int64
	Retrying  int64
	Scheduled int64
	Failed    int64
	Oldest    *time.Time // since when the longest waiting job could have run
	Rate      float64    // done in a minute, of the last five
}

// RetryTx lets a job run at once and gives it one more attempt when it had used them all. NotFound when there
// is no such job, Conflict when it runs, waits or is done.
func (o *Office) RetryTx(ctx context.Context, tx pgx.Tx, id int64) error {
	row, err := o.client.JobGetTx(ctx, tx, id)
	if err != nil {
		return missing("find job", err)
	}
	if !mayRetry(string(row.State)) {
		return fault.New(fault.Conflict, "This job runs, waits to run, or is done. There is nothing to try again.")
	}
	if row, err = o.client.JobRetryTx(ctx, tx, id); err != nil {
		return missing("retry job", err)
	}
	if string(row.State) != Available {
		return fault.New(fault.Conflict, "The job began to run at this moment.")
	}
	return nil
}

// CancelTx stops a job: one that waits never runs, one that runs is told to end and stopped is
// false. NotFound when there is no such job, Conflict when it has ended.
func (o *Office) CancelTx(ctx context.Context, tx pgx.Tx, id int64) (stopped bool, err error) {
	row, err := o.client.JobGetTx(ctx, tx, id)
	if err != nil {
		return false, missing("find job", err)
	}
	if row.FinalizedAt != nil {
		return false, fault.New(fault.Conflict, "This job has ended already.")
	}
	if row, err = o.client.JobCancelTx(ctx, tx, id); err != nil {
		return false, missing("cancel job", err)
	}
	return string(row.State) == Cancelled, nil
}

// PauseTx stops the workers from taking jobs of a queue; those that run are finished. NotFound when no worker ever
// opened the queue.
func (o *Office) PauseTx(ctx context.Context, tx pgx.Tx, queue string) error {
	if everyQueue(queue) {
		return fault.Missing()
	}
	return missing("pause queue", o.client.QueuePauseTx(ctx, tx, queue, nil))
}

// ResumeTx lets the workers take jobs of a queue again. NotFound when no worker ever opened the queue.
func (o *Office) ResumeTx(ctx context.Context, tx pgx.Tx, queue string) error {
	if everyQueue(queue) {
		return fault.Missing()
	}
	return missing("resume queue", o.client.QueueResumeTx(ctx, tx, queue, nil))
}

// everyQueue tells River's name for all queues at once, which nobody here may mean by accident.
func everyQueue(name string) bool { return name == "*" }

func missing(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rivertype.ErrNotFound):
		return fault.Missing()
	}
	return fmt.Errorf("%s: %w", doing, err)
}
