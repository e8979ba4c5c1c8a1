package projects

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Brought is a ticket that is brought in from elsewhere. Who brings it has checked what it says.
type Brought struct {
	ID         uuid.UUID
	Number     int32 // zero is the next of the project
	Title      string
	Body       string
	Status     Status
	Priority   Priority
	AssigneeID *uuid.UUID
	AuthorID   uuid.UUID
	Labels     []uuid.UUID // of the project
	DueOn      *time.Time
	Estimate   *int16
	Rank       string // empty is below what stands in its lane
	Comments   int32
	Revision   int32
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ClosedAt   *time.Time
	StartedAt  *time.Time // when work on it was begun; nil is unknown, or not yet
	Watchers   []BroughtWatcher
}

// BroughtWatcher is what somebody said of watching a ticket.
type BroughtWatcher struct {
	UserID   uuid.UUID
	Watching bool
	Since    time.Time
}

// BroughtAtOnce is how many tickets Bring writes in one transaction.
const BroughtAtOnce = 500

// BringTx adds tickets to a project, with what pages count and what is searched in. The caller has locked what they come from,
// and asked who may do it. Nobody is told of them. A ticket that is there already fails the transaction.
func (p *Projects) BringTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, timeZone string, all []Brought, known *Words) error {
	if len(all) == 0 {
		return nil
	}
	if err := projectsdb.New().PlanAnew(ctx, tx); err != nil {
		return fmt.Errorf("have checks planned anew: %w", err)
	}
	if err := keepStatusesTx(ctx, tx, s, projectID, all); err != nil {
		return err
	}
	if err := placeBroughtTx(ctx, tx, s, projectID, all); err != nil {
		return err
	}
	if err := insertTicketsTx(ctx, tx, s, projectID, all); err != nil {
		return err
	}
	var labels, watchers [][]any
	var texts []string
	for _, t := range all {
		for _, l := range t.Labels {
			labels = append(labels, []any{t.ID, l, t.Number})
		}
		for _, w := range t.Watchers {
			watchers = append(watchers, []any{t.ID, w.UserID, w.Watching, w.Since})
		}
		texts = append(texts, t.Title+" "+t.Body)
	}
	err := insertMany(ctx, tx, s, "insert into ticket_labels (tenant_id, ticket_id, label_id, number)\nvalues ", "uuid uuid integer", labels)
	if err == nil {
		err = insertMany(ctx, tx, s, "insert into ticket_watchers (tenant_id, ticket_id, user_id, watching, since)\nvalues ", "uuid uuid boolean timestamptz", watchers)
	}
	if err == nil {
		err = countBroughtTx(ctx, tx, s, projectID, zone(timeZone), all)
	}
	if err != nil {
		return err
	}
	return learnAllTx(ctx, tx, s, texts, known)
}

// keepStatusesTx holds the statuses of tickets to the end of the transaction. One that was taken away meanwhile gives way to
// the one that stands for it.
func keepStatusesTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []Brought) error {
	lanes := map[Status]lane{}
	for _, t := range all {
		lanes[t.Status] = lane{}
	}
	for _, slug := range slices.Sorted(maps.Keys(lanes)) {
		to, ok, err := takeStatusTx(ctx, tx, s, projectID, "", slug)
		if err == nil && !ok {
			var stands projectsdb.StandsForStatusRow
			stands, err = projectsdb.New().StandsForStatus(ctx, tx, projectsdb.StandsForStatusParams{TenantID: s.TenantID, ProjectID: projectID, Slug: string(slug)})
			if err == nil {
				to, ok, err = takeStatusTx(ctx, tx, s, projectID, "", Status(stands.Slug))
			}
		}
		if err != nil {
			return fmt.Errorf("hold the status %s: %w", slug, err)
		}
		if !ok {
			return fmt.Errorf("status %s was taken away as well", slug)
		}
		lanes[slug] = to
	}
	for i := range all {
		t := &all[i]
		to := lanes[t.Status]
		if t.Status == to.Slug {
			continue
		}
		t.Status, t.Rank = to.Slug, ""
		switch {
		case !to.Kind.Closed():
			t.ClosedAt = nil
		case t.ClosedAt == nil:
			at := t.UpdatedAt
			t.ClosedAt = &at
		}
	}
	return nil
}

// placeBroughtTx gives numbers and ranks to those that bring none.
func placeBroughtTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []Brought) error {
	more, least := int32(0), int32(0)
	lanes := map[Status][]int{}
	for i, t := range all {
		if t.Number == 0 {
			more++
		}
		least = max(least, t.Number)
		if t.Rank == "" {
			lanes[t.Status] = append(lanes[t.Status], i)
		}
	}
	last, err := projectsdb.New().TakeNumbers(ctx, tx, projectsdb.TakeNumbersParams{TenantID: s.TenantID, ProjectID: projectID, More: more, Least: least})
	if err != nil {
		return fmt.Errorf("take numbers: %w", err)
	}
	next := last - more + 1
	for i := range all {
		if all[i].Number == 0 {
			all[i].Number, next = next, next+1
		}
	}
	if len(lanes) == 0 {
		return nil
	}
	bottoms, err := projectsdb.New().BottomsOfLanes(ctx, tx, projectsdb.BottomsOfLanesParams{TenantID: s.TenantID, ProjectID: projectID})
	if err != nil {
		return fmt.Errorf("read the ends of lanes: %w", err)
	}
	for _, b := range bottoms {
		places := lanes[Status(b.Slug)]
		for i, rank := range ranksBetween(b.Bottom, "", len(places)) {
			all[places[i]].Rank = rank
		}
	}
	return nil
}

func insertTicketsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []Brought) error {
	rows, docs := make([][]any, len(all)), make([][]any, len(all))
	for i, t := range all {
		rows[i] = []any{
			t.ID, projectID, t.Number, t.Title, t.Body, string(t.Status), int16(t.Priority), t.AssigneeID, t.AuthorID, t.Comments, max(t.Revision, 1), t.CreatedAt,
			t.UpdatedAt, t.ClosedAt, t.Rank, t.DueOn, t.Estimate, t.StartedAt,
		}
		docs[i] = []any{t.ID, projectID, t.ID, t.Title, t.Body}
	}
	err := insertMany(ctx, tx, s, `insert into tickets (
    tenant_id, id, project_id, number, title, body, status, priority, assignee_id, author_id, comments, revision, created_at, updated_at, closed_at, rank, due_on, estimate,
    started_at
)
values `, "uuid uuid integer text text text smallint uuid uuid integer integer timestamptz timestamptz timestamptz text date smallint timestamptz", rows)
	if err != nil {
		return err
	}
	return insertMany(ctx, tx, s, "insert into search_docs (tenant_id, id, project_id, ticket_id, words)\nvalues ", "uuid uuid uuid words", docs)
}

// insertMany adds rows by one statement of many values for each five hundred. types are those of the columns behind the
// organization; words is a title and a text, as a search reads them. What is there already fails.
func insertMany(ctx context.Context, tx db.Tx, s scope.Scope, head, types string, rows [][]any) error {
	for some := range slices.Chunk(rows, BroughtAtOnce) {
		var sql strings.Builder
		sql.WriteString(head)
		args := []any{s.TenantID}
		for i, row := range some {
			if i > 0 {
				sql.WriteString(", ")
			}
			sql.WriteString("($1")
			n := len(args)
			for _, kind := range strings.Fields(types) {
				n++
				if kind == "words" {
					fmt.Fprintf(&sql, ", setweight(to_tsvector('simple', $%d::text), 'A') || strip(to_tsvector('simple', $%d::text))", n, n+1)
					continue
				}
				fmt.Fprintf(&sql, ", $%d::%s", n, kind)
			}
			sql.WriteString(")")
			args = append(args, row...)
		}
		if _, err := tx.Exec(ctx, sql.String(), args...); err != nil {
			return fmt.Errorf("%.40s: %w", head, err)
		}
	}
	return nil
}

// countBroughtTx adds tickets to what is kept of statuses and days, in the order that everybody keeps to.
func countBroughtTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, loc *time.Location, all []Brought) error {
	var c bulkCount
	for _, t := range all {
		c.add(t.Status, t.CreatedAt, t.ClosedAt, loc, 1)
	}
	return c.keepTx(ctx, tx, s, projectID)
}

// bulkCount sums up what many tickets change in the kept counts.
type bulkCount struct {
	statuses map[Status]int32
	days     map[time.Time][2]int32 // opened, closed
}

func (c *bulkCount) add(status Status, created time.Time, closed *time.Time, loc *time.Location, by int32) {
	if c.statuses == nil {
		c.statuses, c.days = map[Status]int32{}, map[time.Time][2]int32{}
	}
	c.statuses[status] += by
	day := c.days[dayOf(created, loc)]
	day[0] += by
	c.days[dayOf(created, loc)] = day
	if closed != nil {
		day := c.days[dayOf(*closed, loc)]
		day[1] += by
		c.days[dayOf(*closed, loc)] = day
	}
}

func (c *bulkCount) keepTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID) error {
	err := db.Together(ctx, tx, func(r *db.Reads) {
		for _, status := range slices.Sorted(maps.Keys(c.statuses)) {
			r.Exec(projectsdb.BumpCount, s.TenantID, projectID, string(status), c.statuses[status])
		}
		for _, day := range slices.SortedFunc(maps.Keys(c.days), time.Time.Compare) {
			r.Exec(projectsdb.BumpDay, s.TenantID, projectID, day, c.days[day][0], c.days[day][1])
		}
	})
	if err != nil {
		return fmt.Errorf("keep the counts: %w", err)
	}
	return nil
}

// Words are those that a run of imports has learnt by now; the zero value knows none.
type Words struct{ known map[string]bool }

const mostKnown = 200_000 // words of a run: what goes beyond is asked of the database again

// learnAllTx keeps the words of texts, each asked for once in a run.
func learnAllTx(ctx context.Context, tx db.Tx, s scope.Scope, texts []string, known *Words) error {
	if known.known == nil || len(known.known) > mostKnown {
		known.known = map[string]bool{}
	}
	var fresh []string
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			if !known.known[word] {
				known.known[word] = true
				fresh = append(fresh, word)
			}
		}
	}
	slices.Sort(fresh)
	return learnWordsTx(ctx, tx, s, fresh)
}

// Unseen says whether a text shows nothing, so that nobody could find what is called so.
func Unseen(text string) bool { return unseen(text) }

// BroughtID is the id of the ticket that a row of an import becomes: the same whenever it is read. All of an import lie between
// two.
func BroughtID(imported uuid.UUID, row uint32) uuid.UUID {
	binary.BigEndian.PutUint32(imported[12:], row)
	return imported
}

// BroughtCommentID is the id of the comment that a row of an import becomes: none that a ticket of it has, since a search knows
// both by their ids.
func BroughtCommentID(imported uuid.UUID, row uint32) uuid.UUID {
	imported[11] ^= 0xff
	return BroughtID(imported, row)
}

// BroughtBetween are the first and the last id that a ticket of an import can have.
func BroughtBetween(imported uuid.UUID) (low, high uuid.UUID) {
	return BroughtID(imported, 0), BroughtID(imported, 1<<32-1)
}
