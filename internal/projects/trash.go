package projects

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
	"plinth/jobs"
)

// TrashFor is how long a ticket that was deleted can be brought back.
const TrashFor = 30 * 24 * time.Hour

// DeletableBy says whether the person may put the ticket into the trash: who wrote it, or members.
func (t Ticket) DeletableBy(s scope.Scope) bool {
	return t.AuthorID == s.Person.ID || s.May(scope.DeleteTickets)
}

// DeleteTicket puts a ticket into the trash of its project: no list, count or search has it any more. One that lies there
// already is no error.
func (p *Projects) DeleteTicket(ctx context.Context, s scope.Scope, key string, number int) error {
	err := p.work(ctx, s, key, number, func(ctx context.Context, tx db.Tx, t ticket) error {
		if t.AuthorID != s.Person.ID && !s.May(scope.DeleteTickets) {
			return fault.New(fault.Denied, "Guests delete only tickets that they wrote.")
		}
		if err := countGoneTx(ctx, tx, s, t.ProjectID, Status(t.Status), t.CreatedAt, t.ClosedAt, zone(t.TimeZone), -1); err != nil {
			return err
		}
		now := p.now()
		if err := projectsdb.New().DeleteTicket(ctx, tx, projectsdb.DeleteTicketParams{
			TenantID: s.TenantID, ID: t.ID, Person: &s.Person.ID, Now: now, PurgeAt: now.Add(TrashFor),
		}); err != nil {
			return fmt.Errorf("delete ticket: %w", err)
		}
		return t.event(ctx, tx, s, "ticket.deleted", nil)
	})
	if fault.Is(err, fault.NotFound) {
		if _, e, lost := p.Elsewhere(ctx, s, key, number); lost == nil && e.DeletedAt != nil && e.MovedKey == "" {
			return nil
		}
	}
	return err
}

// trashed locks a ticket in the trash and runs fn, when the person may write and the project is in work.
func (p *Projects) trashed(ctx context.Context, s scope.Scope, key string, number int, fn func(context.Context, db.Tx, projectsdb.LockTrashedRow) error) error {
	if !s.May(scope.WriteTickets) {
		return fault.New(fault.Denied, "")
	}
	if number < 1 || number > maxNumber {
		return fault.Missing()
	}
	return p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		row, err := projectsdb.New().LockTrashed(ctx, tx, projectsdb.LockTrashedParams{
			TenantID: s.TenantID, Person: s.Person.ID, Key: key, Number: int32(number), Now: p.now(),
		})
		if db.None(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("read the ticket in the trash: %w", err)
		}
		if row.ArchivedAt != nil {
			return errArchived()
		}
		return fn(ctx, tx, row)
	})
}

// trashedTicket is the ticket as far as its event needs it.
func trashedTicket(row projectsdb.LockTrashedRow) ticket {
	return ticket{LockTicketRow: projectsdb.LockTicketRow{ID: row.ID, ProjectID: row.ProjectID, Title: row.Title, Key: row.Key, Number: row.Number}}
}

// RestoreTicket brings a ticket back from the trash, to the status and the place that it had, as far as there still is
// one. One that is there is no error; NotFound when it is gone.
func (p *Projects) RestoreTicket(ctx context.Context, s scope.Scope, key string, number int) error {
	err := p.trashed(ctx, s, key, number, func(ctx context.Context, tx db.Tx, row projectsdb.LockTrashedRow) error {
		to, known, err := takeStatusTx(ctx, tx, s, row.ProjectID, "", Status(row.Status))
		if err == nil && !known {
			to, known, err = takeStatusTx(ctx, tx, s, row.ProjectID, "", "")
			row.Rank = rankBetween("", to.top)
		}
		if err != nil {
			return err
		}
		if !known {
			return errNoStatus()
		}
		closed := closedAt(to.Kind, row.ClosedAt, p.now())
		if err := countGoneTx(ctx, tx, s, row.ProjectID, to.Slug, row.CreatedAt, closed, zone(row.TimeZone), 1); err != nil {
			return err
		}
		if err := projectsdb.New().RestoreTicket(ctx, tx, projectsdb.RestoreTicketParams{
			TenantID: s.TenantID, Person: s.Person.ID, ID: row.ID, Status: string(to.Slug), Rank: row.Rank, ClosedAt: closed, Now: p.now(),
		}); err != nil {
			return fmt.Errorf("restore ticket: %w", err)
		}
		return trashedTicket(row).event(ctx, tx, s, "ticket.restored", nil)
	})
	if fault.Is(err, fault.NotFound) {
		if _, there := p.EditPage(ctx, s, key, number); there == nil {
			return nil
		}
	}
	return err
}

// EraseTicket deletes a ticket in the trash for good: nobody sees it from now on, and a job takes its texts and files
// away. Only who manages the project may. confirm is its key, as the person typed it.
func (p *Projects) EraseTicket(ctx context.Context, s scope.Scope, key string, number int, confirm string) error {
	return p.trashed(ctx, s, key, number, func(ctx context.Context, tx db.Tx, row projectsdb.LockTrashedRow) error {
		switch {
		case !(Project{CreatedBy: row.CreatedBy}).ManagedBy(s):
			return fault.New(fault.Denied, "Who manages the project deletes tickets for good.")
		case confirm != key+"-"+strconv.Itoa(number):
			return fault.Field("confirm", "Type "+key+"-"+strconv.Itoa(number)+" to go on.")
		}
		if err := projectsdb.New().GiveUpTicket(ctx, tx, projectsdb.GiveUpTicketParams{TenantID: s.TenantID, Person: s.Person.ID, ID: row.ID, Now: p.now()}); err != nil {
			return fmt.Errorf("give the ticket up: %w", err)
		}
		if err := trashedTicket(row).event(ctx, tx, s, "ticket.erased", nil); err != nil {
			return err
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.PurgeTrash{ForTenant: jobs.ForTenant{TenantID: s.TenantID}, Cause: row.ID})
	})
}

// Elsewhere is what has become of a ticket that is not where it is looked for.
type Elsewhere struct {
	Title       string
	DeletedAt   *time.Time // it lies in the trash since
	PurgeAt     *time.Time
	Deleter     string
	MovedKey    string // the project that it was moved to; empty when it was not
	MovedNumber int32
}

// Elsewhere looks for a ticket in the trash of its project, and where it was moved to. NotFound when the person sees it in
// neither.
func (p *Projects) Elsewhere(ctx context.Context, s scope.Scope, key string, number int) (project Project, e Elsewhere, err error) {
	if number < 1 || number > maxNumber {
		return project, e, fault.Missing()
	}
	err = p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &project)
		db.Row(r, &e, projectsdb.Elsewhere, s.TenantID, s.Person.ID, key, number, p.now())
	})
	return project, e, err
}

// Trashed is a ticket in the trash.
type Trashed struct {
	ID             uuid.UUID
	Project        string // the project's key
	Number         int32
	Title          string
	StatusName     string
	StatusKind     Kind
	DeletedAt      *time.Time
	PurgeAt        *time.Time
	DeletedBy      *uuid.UUID
	Deleter        string
	DeleterPicture string
}

// Key is what people call the ticket: WEB-42.
func (t Trashed) Key() string { return fmt.Sprintf("%s-%d", t.Project, t.Number) }

// Trash is a page of what lies in the trash of a project, what was deleted last first.
type Trash struct {
	Project Project
	Tickets []Trashed
	Next    string // cursor of the page behind; empty on the last
	Later   bool   // this is not the first page
}

const trashPage = 50

// Trash reads a page of a project's trash; after is the cursor of the page before.
func (p *Projects) Trash(ctx context.Context, s scope.Scope, key, after string) (Trash, error) {
	var out Trash
	at, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Nil
	if t, i, ok := parseCommentPlace(after); ok {
		at, id, out.Later = t, i, true
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		db.Rows(r, &out.Tickets, projectsdb.ListTrash, s.TenantID, s.Person.ID, key, p.now(), at, id, trashPage+1)
	})
	if len(out.Tickets) > trashPage {
		out.Tickets = out.Tickets[:trashPage]
		last := out.Tickets[trashPage-1]
		out.Next = commentCursor(*last.DeletedAt, last.ID)
	}
	return out, err
}

// TrashDue are tickets of an organization whose time in the trash is over, up to limit of them.
func (p *Projects) TrashDue(ctx context.Context, s scope.Scope, limit int32) (ids []uuid.UUID, err error) {
	err = p.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		ids, err = projectsdb.New().TrashDue(ctx, tx, projectsdb.TrashDueParams{TenantID: s.TenantID, Limit: limit, Now: p.now()})
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := projectsdb.New().OrphanTickets(ctx, tx, projectsdb.OrphanTicketsParams{TenantID: s.TenantID, Ids: ids}); err != nil {
			return fmt.Errorf("let sub-tickets go: %w", err)
		}
		return events.AppendTx(ctx, tx, s, events.Event{
			Action: "tickets.purged", ObjectKind: "organization", ObjectID: s.TenantID, Changes: map[string][2]string{"tickets": {"", strconv.Itoa(len(ids))}},
		})
	})
	return ids, err
}

// PurgeTrashTx deletes tickets whose time in the trash is over, with all that is tied to them. Their files and what other
// modules keep of them must be gone. It is called inside db.InAdmin.
func PurgeTrashTx(ctx context.Context, tx db.Tx, tenant uuid.UUID, ids []uuid.UUID, now time.Time) error {
	for _, sql := range []string{
		projectsdb.PurgeTicketsReactions, projectsdb.PurgeTicketsMentions, projectsdb.PurgeTicketsDocs, projectsdb.PurgeTicketsLinks,
		projectsdb.PurgeTicketsMoves, projectsdb.PurgeTicketsWatchers, projectsdb.PurgeTicketsLabels, projectsdb.PurgeTicketsComments,
	} {
		if _, err := tx.Exec(ctx, sql, tenant, ids); err != nil {
			return fmt.Errorf("purge what is tied to tickets: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, projectsdb.PurgeTrashed, tenant, ids, now); err != nil {
		return fmt.Errorf("purge tickets: %w", err)
	}
	return nil
}

// PurgeAllTrash enqueues a purge of the trash for each organization after the one named, and itself for the rest.
func (p *Projects) PurgeAllTrash(ctx context.Context, after uuid.UUID) error {
	return p.DB.InGlobal(ctx, func(ctx context.Context, tx db.Tx) error {
		ids, err := projectsdb.New().TenantsToRecount(ctx, tx, projectsdb.TenantsToRecountParams{ID: after, Limit: tenantBatch})
		if err != nil {
			return fmt.Errorf("list organizations: %w", err)
		}
		for _, id := range ids {
			if err := p.Queue.EnqueueTx(ctx, tx, jobs.PurgeTrash{ForTenant: jobs.ForTenant{TenantID: id}}); err != nil {
				return err
			}
		}
		if len(ids) < tenantBatch {
			return nil
		}
		return p.Queue.EnqueueTx(ctx, tx, jobs.PurgeAllTrash{After: ids[len(ids)-1]})
	})
}
