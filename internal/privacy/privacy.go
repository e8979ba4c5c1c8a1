// Package privacy gives people a copy of their data, and erases it. It knows no table but its own: each module says what
// it has of a person (ExportTx) and takes it away (EraseTx), and this one asks them all.
package privacy

import (
	"time"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/projects"
	"plinth/jobs"
)

// Privacy has the operations. Its fields are set once, where the program is put together.
type Privacy struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Files    *blob.Store
	Auth     *auth.Auth
	Billing  *billing.Billing
	Projects *projects.Projects
	URL      string           // APP_URL; links in mails come from nowhere else
	Now      func() time.Time // nil is time.Now; what is due goes by it
	// PageSize is how many rows one page has; zero is 200. RunFor is when a job hands over to the next; zero is ten
	// seconds. Tests make both small.
	PageSize int32
	RunFor   time.Duration
	// PurgePage is how many rows one transaction of a purge deletes; zero is 5,000. Tests make it small.
	PurgePage int32
}

// KeepFor is how long a copy can be fetched.
const KeepFor = 7 * 24 * time.Hour

func (p *Privacy) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

func (p *Privacy) pageSize() int32 {
	if p.PageSize == 0 {
		return 200
	}
	return p.PageSize
}

func (p *Privacy) purgePage() int32 {
	if p.PurgePage == 0 {
		return 5000
	}
	return p.PurgePage
}

func (p *Privacy) runFor() time.Duration {
	if p.RunFor == 0 {
		return 10 * time.Second
	}
	return p.RunFor
}
