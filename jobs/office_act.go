package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"plinth/internal/db"
	"plinth/internal/fault"
)

// ActOnJobs retries or cancels all jobs of a filter, in steps.
type ActOnJobs struct {
	Act uuid.UUID `json:"act"`
}

// Kind names the job.
func (ActOnJobs) Kind() string { return kindActOnJobs }

// InsertOpts says that somebody looks on.
func (ActOnJobs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueCritical, MaxAttempts: 8}
}

// kindActOnJobs is never acted on with others: it would stop itself.
const kindActOnJobs = "act_on_jobs"

// What can be done with many jobs at once.
const (
	ActRetry  = "retry"
	ActCancel = "cancel"
)

// ForAct leaves of the filter what an act is possible on.
func (f Filter) ForAct(act string) Filter {
	f.act = act
	return f
}

// Span is how many jobs a filter has, and the newest there is.
type Span struct {
	Count int64
	Upto  int64
}

// ReadSpan queues how many jobs of a filter there are: all are counted.
func ReadSpan(r *db.Reads, f Filter, into *Span) {
	where, args := f.where()
	db.Row(r, into, "select count(*), coalesce(max(id), 0) from river.river_job where true"+where, args...)
}

// NextTx lists jobs of a filter, the oldest first, with ids above after and at most upto.
func (o *Office) NextTx(ctx context.Context, tx pgx.Tx, f Filter, after, upto int64, size int) ([]int64, error) {
	where, args := f.where(after, upto, size)
	rows, err := tx.Query(ctx, "select id from river.river_job where id > $1 and id <= $2"+where+" order by id limit $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// ActTx does to a job what act says, unless it has gone on meanwhile; then done is false.
func (o *Office) ActTx(ctx context.Context, tx pgx.Tx, act string, id int64) (done bool, err error) {
	switch act {
	case ActRetry:
		err = o.RetryTx(ctx, tx, id)
	case ActCancel:
		_, err = o.CancelTx(ctx, tx, id)
	default:
		return false, errors.New("an act on jobs that nobody knows: " + act)
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// KindFailures is how many jobs of a kind have failed for good and are still kept.
type KindFailures struct {
	Kind  string
	Count int64
}

// ReadKindFailures queues the kinds of which jobs have failed for good.
func ReadKindFailures(r *db.Reads, into *[]KindFailures) {
	db.Rows(r, into, `select kind, count(*) from river.river_job where state = 'discarded' group by kind order by kind`)
}

// ReadOfRequest queues the jobs that a request has caused, directly or by another, the oldest first.
func ReadOfRequest(r *db.Reads, request string, size int, into *[]Job) {
	db.Rows(r, into, "select "+jobColumns+` from river.river_job
		where metadata @> jsonb_build_object('request', $1::text) order by id limit $2`, request, size)
}

// Took is how long the last attempt ran; zero while none has ended.
func (j Job) Took() time.Duration {
	if j.AttemptedAt == nil || j.FinalizedAt == nil || j.FinalizedAt.Before(*j.AttemptedAt) {
		return 0
	}
	return j.FinalizedAt.Sub(*j.AttemptedAt)
}
