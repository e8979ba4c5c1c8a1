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

// Take gives a job the lease of its organization. It ends by itself after a while, so that a worker that died keeps
// nobody waiting. taken is false when another job has it.
func (l Leases) Take(ctx context.Context, tenant uuid.UUID, job int64, lasts time.Duration) (taken bool, err error) {
	tag, err := l.DB.Direct().Exec(ctx, `
		insert into bulk_leases as l (tenant_id, job_id, until_at)
		values ($1, $2, now() + make_interval(secs => $3))
		on conflict (tenant_id) do update
		set job_id = excluded.job_id, until_at = excluded.until_at
		where l.until_at < now() or l.job_id = excluded.job_id`, tenant, job, lasts.Seconds())
	if err != nil {
		return false, fmt.Errorf("take the lease of an organization: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Purge deletes the leases of workers that died.
func (l Leases) Purge(ctx context.Context) error {
	if _, err := l.DB.Direct().Exec(ctx, `delete from bulk_leases where until_at < now() - interval '10 minutes'`); err != nil {
		return fmt.Errorf("delete leases that have ended: %w", err)
	}
	return nil
}

// End gives back what Take took. That of another job stays.
func (l Leases) End(ctx context.Context, tenant uuid.UUID, job int64) error {
	if _, err := l.DB.Direct().Exec(ctx, `delete from bulk_leases where tenant_id = $1 and job_id = $2`, tenant, job); err != nil {
		return fmt.Errorf("give back the lease of an organization: %w", err)
	}
	return nil
}
