package projects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Move is where a ticket goes: a status, and there before or after one of its tickets. A neighbour is named by its key,
// as WEB-12; one that has left the status in the meantime counts as none. Without any the ticket goes to the top.
type Move struct {
	Status Status `form:"status"`
	Before string `form:"before"` // the ticket that is to stand below
	After  string `form:"after"`  // the ticket that is to stand above; asked only when there is no Before
}

const (
	longestRank = 60  // letters; then the neighbours are spread anew
	spreadSize  = 250 // tickets on either side of the place that has become narrow
	moveTries   = 3
)

// narrow is a place of a lane where ranks have become long, or equal.
type narrow struct {
	projectID uuid.UUID
	status    Status
	rank      string
}

func (n narrow) Error() string { return "no room behind the rank " + n.rank }

// MoveTicket gives a ticket a status and a place in it, in one transaction, and keeps the counts. The status it has, with
// no neighbour, changes nothing.
func (p *Projects) MoveTicket(ctx context.Context, s scope.Scope, key string, number int, m Move) error {
	for try := 1; ; try++ {
		err := p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
			return p.moveTx(ctx, tx, s, key, t, m, try == moveTries)
		})
		var n narrow
		if try == moveTries || !errors.As(err, &n) {
			return err
		}
		if err := p.spread(ctx, s, n); err != nil {
			return fmt.Errorf("spread the ranks: %w", err)
		}
	}
}

func (p *Projects) moveTx(ctx context.Context, tx db.Tx, s scope.Scope, key string, t ticket, m Move, anyhow bool) error {
	to, known, err := takeStatusTx(ctx, tx, s, t.ProjectID, Status(t.Status), m.Status)
	if err != nil {
		return err
	}
	if !known || m.Status == "" {
		return errNoStatus()
	}
	stays := Status(t.Status) == m.Status
	if stays && m.Before == "" && m.After == "" {
		return nil
	}
	now := p.now()
	closed := closedAt(to.Kind, t.ClosedAt, now)
	// The counts come first: whoever moves into or out of the same lanes waits here, and then sees where this one stands.
	if stays {
		err = bumpCount(ctx, tx, s, t.ProjectID, m.Status, 0)
	} else {
		err = countMoveTx(ctx, tx, s, t, m.Status, closed)
	}
	if err != nil {
		return err
	}
	rank, err := rankInLaneTx(ctx, tx, s, t, m.Status, numberIn(key, m.Before), numberIn(key, m.After), anyhow)
	if err != nil {
		return err
	}
	if stays {
		return t.rankTx(ctx, tx, s, rank)
	}
	if err := projectsdb.New().SetTicketStatus(ctx, tx, projectsdb.SetTicketStatusParams{
		TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Status: string(m.Status), Rank: rank, ClosedAt: closed, Now: now, Started: to.Kind.Stage() == StageDoing,
	}); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return t.event(ctx, tx, s, "ticket.status_changed", to.changes())
}

// changes are what the history keeps of a move: the names too, for statuses that are renamed or taken away.
func (l lane) changes() map[string][2]string {
	return map[string][2]string{
		"status": {string(l.before.Slug), string(l.Slug)}, "status_name": {l.before.Name, l.Name},
		"status_kind": {string(l.before.Kind), string(l.Kind)},
	}
}

// rankTx moves the ticket within its lane. The history does not keep it; whoever looks at the board sees it.
func (t ticket) rankTx(ctx context.Context, tx db.Tx, s scope.Scope, rank string) error {
	if err := projectsdb.New().SetTicketRank(ctx, tx, projectsdb.SetTicketRankParams{
		TenantID: s.TenantID, Person: s.Person.ID, ID: t.ID, Rank: rank,
	}); err != nil {
		return fmt.Errorf("set rank: %w", err)
	}
	return events.TellTx(ctx, tx, s, events.Event{Action: "ticket.ranked", ObjectID: t.ID, ProjectID: t.ProjectID})
}

// numberIn is the number of a ticket of the project called key, and zero for anything else.
func numberIn(key, name string) int32 {
	digits, ours := strings.CutPrefix(name, key+"-")
	n, err := strconv.ParseInt(digits, 10, 32)
	if !ours || err != nil || n < 1 || n > maxNumber {
		return 0
	}
	return int32(n)
}

// rankInLaneTx is a rank between the neighbours of the place that is asked for. anyhow takes a long one.
func rankInLaneTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, status Status, before, after int32, anyhow bool) (string, error) {
	above, below, err := neighboursTx(ctx, tx, s, t, status, before, after)
	if err != nil {
		return "", err
	}
	rank := rankBetween(above, below)
	fits := rank > above && (below == "" || rank < below)
	if !anyhow && (!fits || len(rank) > longestRank) {
		if above == "" {
			above = below
		}
		return "", narrow{t.ProjectID, status, above}
	}
	return rank, nil
}

// neighboursTx are the ranks above and below a place; empty is the end of the lane.
func neighboursTx(ctx context.Context, tx db.Tx, s scope.Scope, t ticket, status Status, before, after int32) (above, below string, err error) {
	q := projectsdb.New()
	for _, number := range []int32{before, after} {
		if number == 0 || number == t.Number {
			continue
		}
		at, err := q.PlaceInLane(ctx, tx, projectsdb.PlaceInLaneParams{TenantID: s.TenantID, ProjectID: t.ProjectID, Status: string(status), Number: number})
		if db.None(err) {
			continue
		}
		if err != nil {
			return "", "", fmt.Errorf("find the neighbour: %w", err)
		}
		if number == before {
			above, err := q.RankAbove(ctx, tx, projectsdb.RankAboveParams{
				TenantID: s.TenantID, ProjectID: t.ProjectID, Status: string(status), Moved: t.Number, Rank: at.Rank, Number: at.Number,
			})
			return above, at.Rank, unlessNone(err)
		}
		below, err := q.RankBelow(ctx, tx, projectsdb.RankBelowParams{
			TenantID: s.TenantID, ProjectID: t.ProjectID, Status: string(status), Moved: t.Number, Rank: at.Rank, Number: at.Number,
		})
		return at.Rank, below, unlessNone(err)
	}
	top, err := q.TopOfLane(ctx, tx, projectsdb.TopOfLaneParams{TenantID: s.TenantID, ProjectID: t.ProjectID, Status: string(status), Moved: t.Number})
	return "", top, unlessNone(err)
}

func unlessNone(err error) error {
	if err == nil || db.None(err) {
		return nil
	}
	return fmt.Errorf("read the lane: %w", err)
}

// spread gives the tickets round a narrow place new ranks in the same order, evenly between those further away.
func (p *Projects) spread(ctx context.Context, s scope.Scope, n narrow) error {
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		if err := bumpCount(ctx, tx, s, n.projectID, n.status, 0); err != nil {
			return err
		}
		q := projectsdb.New()
		up, err := q.LaneAbove(ctx, tx, projectsdb.LaneAboveParams{TenantID: s.TenantID, ProjectID: n.projectID, Status: string(n.status), Rank: n.rank, Limit: spreadSize + 1})
		if err != nil {
			return fmt.Errorf("read the lane above: %w", err)
		}
		down, err := q.LaneBelow(ctx, tx, projectsdb.LaneBelowParams{TenantID: s.TenantID, ProjectID: n.projectID, Status: string(n.status), Rank: n.rank, Limit: spreadSize + 1})
		if err != nil {
			return fmt.Errorf("read the lane below: %w", err)
		}
		low, high := "", ""
		if len(up) > spreadSize {
			low, up = up[spreadSize].Rank, up[:spreadSize]
		}
		if len(down) > spreadSize {
			high, down = down[spreadSize].Rank, down[:spreadSize]
		}
		var ids []uuid.UUID
		for _, t := range slices.Backward(up) {
			ids = append(ids, t.ID)
		}
		for _, t := range down {
			ids = append(ids, t.ID)
		}
		if err := q.SetRanks(ctx, tx, projectsdb.SetRanksParams{TenantID: s.TenantID, Ids: ids, Ranks: ranksBetween(low, high, len(ids))}); err != nil {
			return fmt.Errorf("set ranks: %w", err)
		}
		return nil
	})
}
