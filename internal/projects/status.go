package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Status is the slug of one of a project's statuses: a word that stays when the status is renamed. Tickets and addresses
// say it.
type Status string

// The statuses that a project begins with.
const (
	Todo       Status = "todo"
	InProgress Status = "progress"
	InReview   Status = "review"
	Done       Status = "done"
)

// StatusInfo is one of a project's statuses, a lane of its board.
type StatusInfo struct {
	Slug  Status
	Name  string
	Kind  Kind
	Limit *int32 // how many tickets are wanted in it at most; nil is any number
}

// DefaultStatuses are the statuses of a new project, in the order of a board's lanes.
func DefaultStatuses() []StatusInfo {
	return []StatusInfo{
		{Slug: Todo, Name: "To do", Kind: KindTodo}, {Slug: InProgress, Name: "In progress", Kind: KindProgress},
		{Slug: InReview, Name: "In review", Kind: KindReview}, {Slug: Done, Name: "Done", Kind: KindDone},
	}
}

// Kind is what a status means, whatever its project calls it. It decides how the status is drawn.
type Kind string

// The kinds: two of each stage.
const (
	KindBacklog  Kind = "backlog"
	KindTodo     Kind = "todo"
	KindProgress Kind = "progress"
	KindReview   Kind = "review"
	KindDone     Kind = "done"
	KindCanceled Kind = "canceled"
)

// Kinds lists the kinds from the beginning of work to its end.
func Kinds() []Kind {
	return []Kind{KindBacklog, KindTodo, KindProgress, KindReview, KindDone, KindCanceled}
}

// Stage is how far work is: to do, doing or done.
type Stage int

// The stages.
const (
	StageTodo Stage = iota
	StageDoing
	StageDone
)

// Stage is the stage that a kind belongs to.
func (k Kind) Stage() Stage { return Stage(max(slices.Index(Kinds(), k), 0) / 2) }

// Closed says whether a ticket with a status of the kind is finished.
func (k Kind) Closed() bool { return k.Stage() == StageDone }

// StatusNamed finds a status by its slug among those of a project.
func StatusNamed(all []StatusInfo, slug Status) (info StatusInfo, ok bool) {
	i := slices.IndexFunc(all, func(s StatusInfo) bool { return s.Slug == slug })
	if i < 0 {
		return StatusInfo{}, false
	}
	return all[i], true
}

// queueStatuses reads the statuses of a project, in the order of a board's lanes.
func queueStatuses(r *db.Reads, s scope.Scope, key string, into *[]StatusInfo) {
	db.Rows(r, into, projectsdb.ListStatuses, s.TenantID, s.Person.ID, key)
}

// lane is a status that a ticket is about to get, and the rank of its uppermost ticket.
type lane struct {
	Slug Status
	Name string
	Kind Kind
	top  string

	before StatusInfo // the status that the ticket leaves
}

// takeStatusTx finds one of a project's statuses for a ticket that leaves another (empty for a new ticket); with an empty
// slug it is the one that new tickets get. It stays until the transaction ends. ok is false when the project has no such status.
func takeStatusTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, before, slug Status) (to lane, ok bool, err error) {
	row, err := projectsdb.New().TakeStatus(ctx, tx, projectsdb.TakeStatusParams{TenantID: s.TenantID, ProjectID: projectID, Slug: string(slug), Before: string(before)})
	if db.None(err) {
		return lane{}, false, nil
	}
	if err != nil {
		return lane{}, false, fmt.Errorf("read the status: %w", err)
	}
	return lane{
		Slug: Status(row.Slug), Name: row.Name, Kind: Kind(row.Kind), top: row.Top,
		before: StatusInfo{Slug: before, Name: row.BeforeName, Kind: Kind(row.BeforeKind)},
	}, true, nil
}

func errNoStatus() error { return fault.Field("status", "Choose a status from the list.") }

// addStatusesTx gives a new project its statuses.
func addStatusesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []StatusInfo) error {
	for i, info := range all {
		if err := projectsdb.New().AddStatus(ctx, tx, projectsdb.AddStatusParams{
			TenantID: s.TenantID, ProjectID: projectID, Slug: string(info.Slug), Name: info.Name, Kind: string(info.Kind),
			Position: int32(i + 1), TicketLimit: info.Limit,
		}); err != nil {
			return fmt.Errorf("add status %s: %w", info.Slug, err)
		}
	}
	slugs := make([]Status, len(all))
	for i, info := range all {
		slugs[i] = info.Slug
	}
	for _, status := range slices.Sorted(slices.Values(slugs)) {
		if err := bumpCount(ctx, tx, s, projectID, status, 0); err != nil {
			return err
		}
	}
	return nil
}
