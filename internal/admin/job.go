package admin

import (
	"context"
	"math"
	"strconv"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/jobs"
)

// What jobs says of its work, for pages, which know modules alone.
type (
	Job       = jobs.Job
	JobFull   = jobs.JobFull
	JobError  = jobs.JobError
	JobFilter = jobs.Filter
	Depth     = jobs.Depth
	Failures  = jobs.Failures
)

// The states of a job.
const (
	JobWaiting   = jobs.Available
	JobRunning   = jobs.Running
	JobRetrying  = jobs.Retryable // failed, is tried again by itself
	JobScheduled = jobs.Scheduled
	JobFailed    = jobs.Discarded // for good
	JobCancelled = jobs.Cancelled
	JobDone      = jobs.Completed
)

// JobStates lists the states in the order a person asks for them.
func JobStates() []string { return jobs.States() }

// JobsPage is the list of jobs with the queues above it.
type JobsPage struct {
	Queues []Depth
	Kinds  []string // of the jobs there are, for the filter
	Jobs   List[Job]
}

// QueuePage is one queue with its newest jobs.
type QueuePage struct {
	Queue Depth
	Jobs  List[Job]
}

// Jobs reads a page of jobs, the newest first, and the queues.
func (a *Admin) Jobs(ctx context.Context, f JobFilter, after string) (JobsPage, error) {
	var p JobsPage
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		jobs.ReadQueues(r, &p.Queues)
		jobs.ReadKinds(r, &p.Kinds)
		jobs.ReadJobs(r, f, jobBefore(after), pageSize+1, &p.Jobs.Rows)
		jobs.CountJobs(r, f, CountStop+1, &p.Jobs.Count)
	})
	p.Jobs.cut(pageSize, jobCursor)
	return p, err
}

// JobQueue reads one queue; NotFound when there is none of that name.
func (a *Admin) JobQueue(ctx context.Context, name, after string) (QueuePage, error) {
	var p QueuePage
	var all []Depth
	f := JobFilter{Queue: name}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		jobs.ReadQueues(r, &all)
		jobs.ReadJobs(r, f, jobBefore(after), pageSize+1, &p.Jobs.Rows)
		jobs.CountJobs(r, f, CountStop+1, &p.Jobs.Count)
	})
	if err != nil {
		return p, err
	}
	p.Jobs.cut(pageSize, jobCursor)
	for _, q := range all {
		if q.Name == name {
			p.Queue = q
			return p, nil
		}
	}
	return p, fault.Missing()
}

// Job reads one job; NotFound when there is none.
func (a *Admin) Job(ctx context.Context, id int64) (JobFull, error) {
	var j JobFull
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) { jobs.ReadJob(r, id, &j) })
	j.ArgsJSON = redacted(j.ArgsJSON)
	return j, err
}

// Retry lets a job that failed, was cancelled or waits for its time run at once.
func (a *Admin) Retry(ctx context.Context, by Actor, id int64) error {
	return a.act(ctx, by, "staff.job_retried", jobName(id), func(ctx context.Context, tx db.Tx) error {
		return a.Office.RetryTx(ctx, tx, id)
	})
}

// Cancel stops a job. stopped is false when it runs at this moment and was told to end.
func (a *Admin) Cancel(ctx context.Context, by Actor, id int64) (stopped bool, err error) {
	err = a.act(ctx, by, "staff.job_cancelled", jobName(id), func(ctx context.Context, tx db.Tx) error {
		stopped, err = a.Office.CancelTx(ctx, tx, id)
		return err
	})
	return stopped, err
}

// Pause stops the workers from taking jobs of a queue.
func (a *Admin) Pause(ctx context.Context, by Actor, queue string) error {
	return a.act(ctx, by, "staff.queue_paused", queue, func(ctx context.Context, tx db.Tx) error {
		return a.Office.PauseTx(ctx, tx, queue)
	})
}

// Resume lets the workers take jobs of a queue again.
func (a *Admin) Resume(ctx context.Context, by Actor, queue string) error {
	return a.act(ctx, by, "staff.queue_resumed", queue, func(ctx context.Context, tx db.Tx) error {
		return a.Office.ResumeTx(ctx, tx, queue)
	})
}

func jobName(id int64) string { return "job " + strconv.FormatInt(id, 10) }

func jobCursor(j Job) string { return strconv.FormatInt(j.ID, 10) }

func jobBefore(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64
	}
	return id
}
