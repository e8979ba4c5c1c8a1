package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
)

// Leases let an organization do one long work at a time.
type Leases struct {
	DB *db.DB
}

// Lease is what became of asking for one.
type Lease struct {
	Taken bool
	Fence int64 // another at each taking: who has an older one has it no more
	Ahead int   // how many others wait longer, up to MostAhead; when it was not taken
}

// MostAhead is up to how many that wait longer are counted.
const MostAhead = 6

// Take gives a job the lease of its organization. It ends by itself after a while, so that a worker that died keeps
// nobody waiting. Who does not get it waits from the first time they asked, and who waits longest is next: also before one
// that had it a moment ago and wants to go on. One that has not asked for a while waits no more.
func (l Leases) Take(ctx context.Context, tenant uuid.UUID, job int64, lasts time.Duration) (Lease, error) {
	var got Lease
	err := l.DB.Direct().QueryRow(ctx, `
		with asked as (
			insert into bulk_wants (tenant_id, job_id)
			values ($1, $2)
			on conflict (tenant_id, job_id) do update
			set asked_at = clock_timestamp()
			returning wanted_at
		), ahead as (
			select count(*) as n
			from (
				select
				from bulk_wants o
				cross join asked a
				where o.tenant_id = $1 and o.job_id <> $2 and (o.wanted_at, o.job_id) < (a.wanted_at, $2)
				  and o.asked_at > now() - interval '90 seconds'
				limit $4
			) x
		), taken as (
			insert into bulk_leases as l (tenant_id, job_id, until_at, fence)
			select $1, $2, now() + make_interval(secs => $3), (extract(epoch from clock_timestamp()) * 1000000)::bigint
			from ahead
			where ahead.n = 0
			on conflict (tenant_id) do update
			set job_id = excluded.job_id, until_at = excluded.until_at, fence = greatest(l.fence + 1, excluded.fence)
			where l.until_at < now() or l.job_id = excluded.job_id
			returning l.fence
		)
		select (select n from ahead), coalesce((select fence from taken), 0)`, tenant, job, lasts.Seconds(), MostAhead).Scan(&got.Ahead, &got.Fence)
	if err != nil {
		return Lease{}, fmt.Errorf("take the lease of an organization: %w", err)
	}
	if got.Taken = got.Fence != 0; !got.Taken {
		return got, nil
	}
	// When it asks the next time, it goes behind those that wait now.
	if _, err := l.DB.Direct().Exec(ctx, `delete from bulk_wants where tenant_id = $1 and job_id = $2`, tenant, job); err != nil {
		return Lease{}, fmt.Errorf("wait no more for a lease: %w", err)
	}
	return got, nil
}

// Purge deletes the leases of workers that died, and what asks no more.
func (l Leases) Purge(ctx context.Context) error {
	for _, sql := range []string{
		`delete from bulk_leases where until_at < now() - interval '10 minutes'`,
		`delete from bulk_wants where asked_at < now() - interval '10 minutes'`,
	} {
		if _, err := l.DB.Direct().Exec(ctx, sql); err != nil {
			return fmt.Errorf("delete leases that have ended: %w", err)
		}
	}
	return nil
}

// End gives back what Take took, and begins who waits longest, when that one's job sleeps until it asks again: housekeeping of
// milliseconds would otherwise keep an export waiting for as long as it sleeps. What somebody else took since then, or the
// same job once more, stays. Who asks at this very moment is not begun; it asks again soon.
func (l Leases) End(ctx context.Context, tenant uuid.UUID, fence int64) error {
	_, err := l.DB.Direct().Exec(ctx, `
		with ended as (
			delete from bulk_leases
			where tenant_id = $1 and fence = $2
			returning tenant_id
		), next as (
			select w.job_id
			from bulk_wants w
			join ended e on e.tenant_id = w.tenant_id
			where w.asked_at > now() - interval '90 seconds'
			order by w.wanted_at, w.job_id
			limit 1
		), begun as (
			update river.river_job j
			set state = 'available', scheduled_at = now()
			from next n
			where j.id = n.job_id and j.state in ('available', 'scheduled') and j.scheduled_at > now()
			returning j.queue
		)
		select pg_notify('river.river_insert', json_build_object('queue', queue)::text)
		from begun`, tenant, fence)
	if err != nil {
		return fmt.Errorf("give back the lease of an organization: %w", err)
	}
	return nil
}
