package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/fault"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
	"plinth/jobs"
)

// running is an import under way, as its turn has read it.
type running struct {
	transferdb.ImportNowRow
	id    uuid.UUID
	s     scope.Scope // of who moved it on last, with the role they have now
	until time.Time   // the turn ends
	plan  Plan
	into  projects.Into
	// members are all that were ever here, among whom the people of an archive are found.
	members []projects.Addressee
	words   projects.Words
}

// RunImport goes on with an import for a while, and says whether there is more to do. Each part is noted in the transaction
// that writes it, so whoever goes on after a failure begins there. jobs.ErrNothingToDo when nothing is to be done any more.
func (t *Transfer) RunImport(ctx context.Context, tenant, id uuid.UUID) (more bool, err error) {
	in, err := t.loadImport(ctx, tenant, id)
	if err != nil {
		return false, t.stop(ctx, tenant, id, err)
	}
	switch {
	case in.Kind == ZIP && in.State == Checking:
		more, err = t.checkArchive(ctx, in)
	case in.Kind == ZIP && in.State == Running:
		more, err = t.bringArchive(ctx, in)
	case in.Kind == ZIP:
		return false, jobs.ErrNothingToDo
	case in.State == Checking:
		more, err = false, t.checkTable(ctx, in)
	case in.State == Running:
		more, err = t.bringTable(ctx, in)
	case in.State == Undoing:
		more, err = t.undo(ctx, in)
	default:
		return false, jobs.ErrNothingToDo
	}
	if errors.Is(err, errTurn) {
		return true, nil
	}
	return more, t.stop(ctx, tenant, id, err)
}

// stop ends an import for a reason that people can read; another failure is tried again.
func (t *Transfer) stop(ctx context.Context, tenant, id uuid.UUID, err error) error {
	f := fault.As(err)
	if f == nil || db.Again(err) || f.Kind == fault.Unavailable || f.Kind == fault.Internal {
		return err
	}
	text := f.Public
	for _, one := range f.Fields {
		text = one
	}
	// The step may have run out of time. Whoever cannot say that it ended tries again, so that no row waits without a job.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failFor)
	defer cancel()
	if failed := t.failImport(ctx, tenant, id, text); failed != nil {
		return errors.Join(err, failed)
	}
	return jobs.ErrNothingToDo
}

// failFor is how long saying that an import ended may take.
const failFor = 10 * time.Second

const ourSide = "Something went wrong on our side."

// GiveUpImport marks an import as failed after its last try. What is in stays in: it can be gone on with, or undone.
func (t *Transfer) GiveUpImport(ctx context.Context, tenant, id uuid.UUID) error {
	return t.failImport(ctx, tenant, id, ourSide)
}

func (t *Transfer) failImport(ctx context.Context, tenant, id uuid.UUID, problem string) error {
	return t.DB.InTenant(ctx, scope.System(tenant), func(ctx context.Context, tx db.Tx) error {
		if err := transferdb.New().FailImport(ctx, tx, transferdb.FailImportParams{TenantID: tenant, ID: id, Problem: problem}); err != nil {
			return fmt.Errorf("mark the import as failed: %w", err)
		}
		return nil
	})
}

// loadImport reads an import under way with the standing that whoever moved it on last has by now.
func (t *Transfer) loadImport(ctx context.Context, tenant, id uuid.UUID) (*running, error) {
	in := &running{id: id, s: scope.System(tenant), until: time.Now().Add(t.runFor())}
	var row *transferdb.ImportNowRow
	if err := t.DB.ReadTenant(ctx, in.s, func(r *db.Reads) { db.Maybe(r, &row, transferdb.ImportNow, tenant, id) }); err != nil {
		return nil, fmt.Errorf("read the import under way: %w", err)
	}
	if row == nil {
		return nil, fault.New(fault.Denied, "Who went on with this last sees the project no more. Anybody who manages it can go on, or take it back.")
	}
	in.ImportNowRow = *row
	in.s.Slug, in.s.Name = row.Slug, row.Organization
	in.s.Role, in.s.Person = scope.Role(row.Role), scope.Person{ID: row.ActorID, Name: row.Actor, Zone: row.TimeZone}
	if err := json.Unmarshal(row.Mapping, &in.plan); err != nil {
		return nil, fmt.Errorf("read the mapping: %w", err)
	}
	var access *billing.AccessRow
	err := t.DB.ReadTenant(ctx, in.s, func(r *db.Reads) {
		billing.QueueAccess(r, row.Slug, &access)
		if row.Project != "" {
			projects.QueueInto(r, in.s, row.Project, &in.into)
		}
		if row.Kind == ZIP { // finds people among all that were ever here
			db.Rows(r, &in.members, transferdb.Members, tenant)
		}
	})
	if err != nil {
		return nil, err
	}
	in.s.ReadOnly = t.Projects.Plans.Access(access, t.Projects.Plans.Now()).ReadOnly
	switch {
	case row.Suspended || row.Closing || in.s.ReadOnly != scope.Writable:
		return nil, fault.New(fault.Denied, "This organization can only be read at the moment. Go on when that is over.")
	case row.Project == "":
	case !in.into.Project.ManagedBy(in.s):
		return nil, errNotManager()
	case in.into.Project.Archived() && row.State == Running:
		return nil, fault.New(fault.Conflict, "The project was archived meanwhile.")
	}
	return in, nil
}

// open reads the table from its beginning; the first line is read.
func (t *Transfer) open(ctx context.Context, in *running) (*table, *converter, io.Closer, error) {
	if in.Key == "" {
		return nil, nil, nil, fault.New(fault.Invalid, noFile)
	}
	var layout Layout
	if err := json.Unmarshal(in.Layout, &layout); err != nil {
		return nil, nil, nil, fmt.Errorf("read the layout: %w", err)
	}
	file := t.Store.At(ctx, in.Key, in.Size)
	rows := newTable(file, layout)
	if _, err := rows.next(); err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("read the first line: %w", err), file.Close())
	}
	c := newConverter(layout, in.plan, in.into)
	c.by, c.id, c.begun, c.loc = in.UserID, in.id, in.CreatedAt, scope.Person{Zone: in.SenderZone}.Location()
	return rows, c, file, nil
}

// bringTable adds the rows of a table from where it stands.
func (t *Transfer) bringTable(ctx context.Context, in *running) (more bool, err error) {
	if in.Step == 0 && in.At == 0 {
		if err := t.prepare(ctx, in); err != nil {
			return false, err
		}
	}
	rows, c, file, err := t.open(ctx, in)
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }() // it was only read
	if in.Step == 1 {
		err := t.tieParents(ctx, in, rows, c)
		if errors.Is(err, errTurn) {
			return true, nil
		}
		return false, err
	}
	n, batch, skipped, at := int64(0), []projects.Brought{}, int64(0), in.At
	flush := func() error {
		err := t.bringSome(ctx, in, batch, at, n, skipped, 0)
		batch, skipped, at = batch[:0], 0, n
		if err == nil && time.Now().After(in.until) {
			return errTurn
		}
		return err
	}
	err = each(rows, func(row []string, bad error) error {
		if n++; n <= in.At {
			return nil
		}
		if bad == nil {
			var b projects.Brought
			if b, _, bad = c.ticket(uint32(n), row); bad == nil {
				batch = append(batch, b)
			}
		}
		if bad != nil {
			skipped++
		}
		if len(batch)+int(skipped) < projects.BroughtAtOnce {
			return nil
		}
		return flush()
	})
	if errors.Is(err, errTurn) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	step := int16(0)
	if c.parents {
		step = 1
	}
	if err := t.bringSome(ctx, in, batch, at, n, skipped, step); err != nil || step == 1 {
		return step == 1, err
	}
	return false, t.finishImport(ctx, in)
}

// errTurn lets others have their turn.
var errTurn = errors.New("the turn is over")

// bringSome adds tickets and notes how far that is, in one transaction; whoever comes late changes nothing. With the step 1
// the rows are done, and their parents come next.
func (t *Transfer) bringSome(ctx context.Context, in *running, batch []projects.Brought, from, to, skipped int64, step int16) error {
	if step == 1 {
		to = 0
	}
	return t.locked(ctx, in, 0, from, func(ctx context.Context, tx db.Tx) error {
		if err := t.Projects.BringTx(ctx, tx, in.s, in.into.Project.ID, in.Days, batch, &in.words); err != nil {
			return err
		}
		return transferdb.New().MoveImport(ctx, tx, transferdb.MoveImportParams{
			TenantID: in.s.TenantID, ID: in.id, Step: step, At: to, Made: int64(len(batch)), Skipped: skipped,
		})
	})
}

// locked runs fn when the import stands where it is thought to stand.
func (t *Transfer) locked(ctx context.Context, in *running, step int16, at int64, fn func(context.Context, db.Tx) error) error {
	return t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
		now, err := transferdb.New().LockImport(ctx, tx, transferdb.LockImportParams{TenantID: in.s.TenantID, ID: in.id})
		if err != nil {
			return fmt.Errorf("lock the import: %w", err)
		}
		if now.State != in.State {
			return jobs.ErrNothingToDo // it is undone, or has ended
		}
		if now.Step != step || now.At != at {
			return errTurn // somebody else went on with it, and may not get to its end: it is gone on with from there
		}
		return fn(ctx, tx)
	})
}

// prepare makes the statuses and labels that were asked for, and says in the plan which they are: done twice it makes them once.
func (t *Transfer) prepare(ctx context.Context, in *running) error {
	var found Found
	if err := json.Unmarshal(in.Found, &found); err != nil {
		return fmt.Errorf("read what was found: %w", err)
	}
	var words []string
	var statuses []projects.StatusInfo
	for _, word := range found.Statuses {
		if kind, ok := strings.CutPrefix(in.plan.Statuses[folded(word.Name)], Made); ok {
			words, statuses = append(words, folded(word.Name)), append(statuses, projects.StatusInfo{Name: word.Name, Kind: projects.Kind(kind)})
		}
	}
	var labels []string
	if !in.plan.NoLabels {
		for _, word := range found.Labels {
			labels = append(labels, word.Name)
		}
	}
	err := t.locked(ctx, in, 0, 0, func(ctx context.Context, tx db.Tx) error {
		slugs, err := t.Projects.MakeStatusesTx(ctx, tx, in.s, in.into.Project, statuses)
		if err != nil {
			return err
		}
		for i, word := range words {
			in.plan.Statuses[word] = string(slugs[i])
		}
		ids, err := t.Projects.MakeLabelsTx(ctx, tx, in.s, in.into.Project.ID, labels)
		if err != nil {
			return err
		}
		in.plan.Labels = map[string]uuid.UUID{}
		for i, name := range labels {
			in.plan.Labels[folded(name)] = ids[i]
		}
		mapping, err := document(in.plan)
		if err != nil {
			return err
		}
		_, err = transferdb.New().SetImport(ctx, tx, transferdb.SetImportParams{
			TenantID: in.s.TenantID, ID: in.id, State: Running, Mapping: mapping, Was: []string{Running},
		})
		return err
	})
	if err != nil {
		return err
	}
	key := in.into.Project.Key
	return t.DB.ReadTenant(ctx, in.s, func(r *db.Reads) { projects.QueueInto(r, in.s, key, &in.into) })
}
