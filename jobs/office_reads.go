package jobs

import (
	"fmt"
	"slices"
	"strings"

	"plinth/internal/db"
)

const jobColumns = `id, kind, queue, state::text, attempt, max_attempts, created_at, scheduled_at, attempted_at, finalized_at,
    coalesce(errors[array_upper(errors, 1)] ->> 'error', '')`

// Filter says which jobs a list shows; what is empty leaves everything in.
type Filter struct {
	State, Kind, Queue string
	// Tenant is the id or the address of the organization that jobs are for.
	Tenant string

	act string // leaves only what this can be done to
}

// where builds the conditions from an allow-list; values are always arguments.
func (f Filter) where(args ...any) (string, []any) {
	var all []string
	add := func(condition, value string) {
		if value != "" {
			args = append(args, value)
			all = append(all, fmt.Sprintf(condition, len(args)))
		}
	}
	if f.State != "" && !slices.Contains(States(), f.State) {
		return " and false", args
	}
	add("state = $%d::text::river.river_job_state", f.State)
	add("kind = $%d", f.Kind)
	add("queue = $%d", f.Queue)
	add("args @> jsonb_build_object('tenant_id', coalesce((select t.id::text from tenants t where t.slug = lower($%[1]d)), $%[1]d))", f.Tenant)
	switch f.act {
	case ActRetry:
		all = append(all, "state in ('discarded', 'retryable', 'cancelled', 'scheduled')", "kind <> '"+kindActOnJobs+"'")
	case ActCancel:
		all = append(all, "state in ('available', 'pending', 'retryable', 'running', 'scheduled')", "kind <> '"+kindActOnJobs+"'")
	}
	if len(all) == 0 {
		return "", args
	}
	return " and " + strings.Join(all, " and "), args
}

// ReadJobs queues a page of jobs, the newest first, with ids below before.
func ReadJobs(r *db.Reads, f Filter, before int64, size int, into *[]Job) {
	where, args := f.where(before, size)
	db.Rows(r, into, "select "+jobColumns+" from river.river_job where id < $1"+where+" order by id desc limit $2", args...)
}

// CountJobs queues the number of jobs, counted to the limit and no further.
func CountJobs(r *db.Reads, f Filter, limit int, into *int64) {
	where, args := f.where(limit)
	db.Value(r, into, "select count(*) from (select from river.river_job where true"+where+" limit $1) found", args...)
}

// ReadJob queues one job; the read fails as not found when there is none.
func ReadJob(r *db.Reads, id int64, into *JobFull) {
	db.Row(r, into, "select "+jobColumns+`, args, coalesce(array_to_json(errors), '[]'), coalesce(attempted_by, '{}'), coalesce(metadata ->> 'request', '')
		from river.river_job where id = $1`, id)
}

// ReadAttempts queues the newest jobs of a kind whose arguments have the value, with what their attempts ended with.
func ReadAttempts(r *db.Reads, kind, name, value string, size int, into *[]JobFull) {
	db.Rows(r, into, "select "+jobColumns+`, args, coalesce(array_to_json(errors), '[]'), coalesce(attempted_by, '{}'), coalesce(metadata ->> 'request', '') from river.river_job
		where kind = $1 and args @> jsonb_build_object($2::text, $3::text) order by id desc limit $4`, kind, name, value, size)
}

// ReadKinds queues the kinds of all jobs there are, each found by one look into the index instead of reading all jobs.
func ReadKinds(r *db.Reads, into *[]string) {
	db.Values(r, into, `
		with recursive kinds as (
			(select kind from river.river_job order by kind limit 1)
			union all
			select (select j.kind from river.river_job j where j.kind > k.kind order by j.kind limit 1) from kinds k where k.kind is not null
		)
		select kind from kinds where kind is not null`)
}

// ReadQueues queues all queues: those of this program, those that a worker opened, and those that jobs are in.
func ReadQueues(r *db.Reads, into *[]Depth) {
	db.Rows(r, into, `
		with held as (
			select queue,
				count(*) filter (where state = 'available') as waiting,
				count(*) filter (where state = 'running') as running,
				count(*) filter (where state = 'retryable') as retrying,
				count(*) filter (where state = 'scheduled') as scheduled,
				count(*) filter (where state = 'discarded') as failed,
				min(scheduled_at) filter (where state = 'available') as oldest
			from river.river_job
			where state in ('available', 'running', 'retryable', 'scheduled', 'discarded')
			group by queue
		), worked as (
			select queue, count(*)::double precision as worked
			from river.river_job
			where state = 'completed' and finalized_at > now() - interval '5 minutes'
			group by queue
		), named as (
			select unnest($1::text[]) as name union select name from river.river_queue union select queue from held
		)
		select n.name, q.paused_at, q.updated_at, coalesce(h.waiting, 0), coalesce(h.running, 0), coalesce(h.retrying, 0),
			coalesce(h.scheduled, 0), coalesce(h.failed, 0), h.oldest, coalesce(w.worked, 0) / 5.0
		from named n
		left join river.river_queue q on q.name = n.name
		left join held h on h.queue = n.name
		left join worked w on w.queue = n.name
		order by n.name`, Queues())
}

// ReadFailures queues how many jobs have failed for good, and how many of them in the last day.
func ReadFailures(r *db.Reads, into *Failures) {
	db.Row(r, into, `
		select count(*), count(*) filter (where finalized_at > now() - interval '1 day'),
			coalesce(mode() within group (order by queue) filter (where finalized_at > now() - interval '1 day'), '')
		from river.river_job
		where state = 'discarded' and finalized_at is not null`)
}

// Failures are the jobs that failed for good and are still kept.
type Failures struct {
	Kept    int64
	LastDay int64
	Queue   string // where most of the last day's are
}
