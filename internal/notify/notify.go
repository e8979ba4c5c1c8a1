// Package notify tells people what concerns them: in the app, by mail at once, or in a digest once a day, as each of
// them wants it. What is told follows from the events of tickets; each cause is told to a person once, never to who did
// it, and to those alone who may see the project, when it is told and again when it is mailed.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/notify/notifydb"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/secret"
	"plinth/jobs"
)

// Kind is what a notification is about.
type Kind string

// The kinds, in the order in which people choose.
const (
	Assigned Kind = "assigned" // a ticket was given to them
	Mention  Kind = "mention"  // somebody named them
	Comment  Kind = "comment"  // somebody commented on what they watch
	Status   Kind = "status"   // what they watch was moved
	Due      Kind = "due"      // a ticket of theirs is due tomorrow, or late
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Assigned, Mention, Comment, Status, Due} }

// Way is how somebody is told. All but Nothing are in the app too.
type Way string

// The ways.
const (
	InApp   Way = "app"
	AtOnce  Way = "mail"
	Digest  Way = "digest"
	Nothing Way = "nothing"
)

// Ways lists the ways.
func Ways() []Way { return []Way{AtOnce, Digest, InApp, Nothing} }

// usual is how somebody is told who has not chosen.
func usual(k Kind) Way {
	switch k {
	case Assigned, Mention:
		return AtOnce
	case Comment, Due:
		return Digest
	case Status:
	}
	return InApp
}

// Level is what somebody wants to hear of a project.
type Level string

// The levels.
const (
	Everything Level = "everything" // of every ticket as if they watched it
	Mine       Level = "mine"       // of what they wrote, have, watch, discuss or are named in
	Silence    Level = "nothing"
)

// Levels lists the levels.
func Levels() []Level { return []Level{Everything, Mine, Silence} }

// Notify tells people.
type Notify struct {
	DB       *db.DB
	Queue    *jobs.Queue
	Projects *projects.Projects // for reports
	Keys     *secret.Keys
	URL      string // APP_URL, for links in mails
	Now      func() time.Time
	Log      *slog.Logger
}

const tenantBatch = 500

// TendAll enqueues a TendNotifications for each organization after the one named, and itself for the rest.
func (n *Notify) TendAll(ctx context.Context, after uuid.UUID) error {
	return n.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := notifydb.New().TenantsToTend(ctx, tx, notifydb.TenantsToTendParams{ID: after, Limit: tenantBatch})
		if err != nil {
			return fmt.Errorf("list organizations: %w", err)
		}
		for _, id := range ids {
			if err := n.Queue.EnqueueTx(ctx, tx, jobs.TendNotifications{ForTenant: jobs.ForTenant{TenantID: id}}); err != nil {
				return err
			}
		}
		if len(ids) < tenantBatch {
			return nil
		}
		return n.Queue.EnqueueTx(ctx, tx, jobs.TendAllNotifications{After: ids[len(ids)-1]})
	})
}

// Tend does for an organization what time causes: it tells of tickets that are due, begins the digests and the weekly
// reports of those for whom it is morning, and forgets what was read long ago.
func (n *Notify) Tend(ctx context.Context, tenant uuid.UUID) error {
	if err := n.tellDue(ctx, tenant); err != nil {
		return err
	}
	if err := n.beginDigests(ctx, tenant); err != nil {
		return err
	}
	if err := n.beginReports(ctx, tenant); err != nil {
		return err
	}
	return n.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		if _, err := notifydb.New().PurgeRead(ctx, tx, tenant); err != nil {
			return fmt.Errorf("forget what was read: %w", err)
		}
		return nil
	})
}
