package admin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/jobs"
)

// requestMost is how many things of each sort a request shows.
const requestMost = 100

// RequestEvent is an event that a request has caused; what it was done to is told in the organization's own log.
type RequestEvent struct {
	ID           uuid.UUID
	At           time.Time
	Action       string
	TenantID     *uuid.UUID // nil of an account's
	Organization string
	ActorID      *uuid.UUID
	Actor        string
}

// RequestPage is what one request did.
type RequestPage struct {
	ID       string
	Events   []RequestEvent
	Accounts []RequestEvent
	Jobs     []Job
	Mails    []MailRow
}

// Request reads what one request did, as far as it is kept: jobs for a day, mails for 90. NotFound when it did nothing.
func (a *Admin) Request(ctx context.Context, id string) (RequestPage, error) {
	p := RequestPage{ID: id}
	if id == "" {
		return p, fault.Missing()
	}
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &p.Events, admindb.RequestEvents, id, requestMost)
		db.Rows(r, &p.Accounts, admindb.RequestAccountEvents, id, requestMost)
		jobs.ReadOfRequest(r, id, requestMost, &p.Jobs)
		db.Rows(r, &p.Mails, admindb.RequestMails, id, requestMost)
	})
	if err == nil && len(p.Events)+len(p.Accounts)+len(p.Jobs)+len(p.Mails) == 0 {
		err = fault.Missing()
	}
	return p, err
}
