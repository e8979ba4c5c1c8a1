package projects

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/files"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Ticket is a ticket as its page knows it.
type Ticket struct {
	ID         uuid.UUID
	Project    string // the project's key
	Number     int32
	Title      string
	Body       string // markdown
	Status     string
	Priority   int16
	AssigneeID *uuid.UUID
	Assignee   string
	AuthorID   uuid.UUID
	Author     string
	Comments   int32
	Revision   int32
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ClosedAt   *time.Time

	AssigneePicture string
	StatusName      string
	StatusKind      Kind
	DueOn           *time.Time // a day
	Estimate        *int16     // points
}

// Key is what people call the ticket: WEB-42.
func (t Ticket) Key() string { return fmt.Sprintf("%s-%d", t.Project, t.Number) }

// TicketPage is what the page of a ticket shows.
type TicketPage struct {
	Project  Project
	Ticket   Ticket
	Comments []Comment // the oldest first, commentPage at most
	Earlier  string    // cursor of the comments before them; empty when there are none
	Partial  bool      // there are newer comments than these
	History  []events.Entry
	Names    map[uuid.UUID]string // of the people the history speaks of
	People   []Person             // who may be assigned
	Statuses []StatusInfo
	Files    []files.Attachment // of the ticket, of its comments, and of what the person is about to say
	FileMost int64              // how large one may be
	FileForm string             // the id of the form that sends files for a comment, one by one

	Labels    []LabelChoice // all of the project
	Relations []Related
	Watching  Watching

	Brought *BroughtIn // the import that it came with; nil when somebody wrote it here

	References []Reference // that its texts name, as far as the person sees them
}

// Texts is what its texts may name.
func (t TicketPage) Texts() Texts { return Texts{t.People, t.References} }

const (
	commentPage = 100
	historySize = 100
)

// TicketPage reads a ticket with the newest of its comments, or with those before a cursor, and its history.
func (p *Projects) TicketPage(ctx context.Context, s scope.Scope, key string, number int, before string) (TicketPage, error) {
	var out TicketPage
	if number < 1 || number > maxNumber {
		return out, fault.Missing()
	}
	at, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Nil
	if t, c, ok := parseCommentPlace(before); ok {
		at, id, out.Partial = t, c, true
	}
	var names []Person
	var reactions []Reaction
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueTicket(r, s, key, number, &out.Ticket)
		db.Rows(r, &out.Comments, projectsdb.ListComments, s.TenantID, s.Person.ID, key, number, at, id, commentPage+1)
		db.Rows(r, &reactions, projectsdb.ListReactions, s.TenantID, s.Person.ID, key, number, at, id, commentPage+1)
		events.QueueTicketHistory(r, s, key, number, historySize, &out.History)
		db.Rows(r, &names, projectsdb.AssigneeNames, s.TenantID, s.Person.ID, key, number)
		queuePeople(r, s, key, &out.People)
		queueStatuses(r, s, key, &out.Statuses)
		files.QueueTicket(r, s, key, number, &out.Files)
		queueTicketLabels(r, s, key, number, &out.Labels)
		queueRelations(r, s, key, number, &out.Relations)
		queueWatching(r, s, key, number, &out.Watching)
		queueBroughtIn(r, s, key, number, &out.Brought)
		db.Rows(r, &out.References, projectsdb.TicketReferences, s.TenantID, s.Person.ID, key, number, at, id, commentPage+1)
	})
	if err != nil {
		return TicketPage{}, err
	}
	out.FileMost, out.FileForm = p.Files.Most(), uuid.Must(uuid.NewV7()).String()
	out.Names = namesOf(names, out.People)
	if len(out.Comments) > commentPage {
		out.Comments = out.Comments[:commentPage]
		last := out.Comments[commentPage-1]
		out.Earlier = commentCursor(last.CreatedAt, last.ID)
	}
	slices.Reverse(out.Comments)
	out.takeReactions(reactions)
	slices.Reverse(out.History)
	out.History = out.duringComments()
	return out, nil
}

func queueTicket(r *db.Reads, s scope.Scope, key string, number int, into *Ticket) {
	db.Row(r, into, projectsdb.TicketByNumber, s.TenantID, s.Person.ID, key, number)
}

// duringComments keeps of the history what happened while the comments in sight were written.
func (t TicketPage) duringComments() []events.Entry {
	from, to := time.Time{}, time.UnixMicro(math.MaxInt64/2)
	if len(t.Comments) > 0 && t.Earlier != "" {
		from = t.Comments[0].CreatedAt
	}
	if len(t.Comments) > 0 && t.Partial {
		to = t.Comments[len(t.Comments)-1].CreatedAt
	}
	return slices.DeleteFunc(t.History, func(e events.Entry) bool { return e.At.Before(from) || e.At.After(to) })
}

func namesOf(lists ...[]Person) map[uuid.UUID]string {
	out := map[uuid.UUID]string{}
	for _, list := range lists {
		for _, p := range list {
			out[p.ID] = p.Name
		}
	}
	return out
}

func parseCommentPlace(text string) (time.Time, uuid.UUID, bool) {
	micros, id, _ := strings.Cut(text, ".")
	at, err1 := strconv.ParseInt(micros, 10, 64)
	c, err2 := uuid.Parse(id)
	if err1 != nil || err2 != nil || at < 0 || at > 1<<53 {
		return time.Time{}, uuid.Nil, false
	}
	return time.UnixMicro(at), c, true
}

// TicketForm is what the form of a new ticket offers, or one that changes a ticket.
type TicketForm struct {
	Project  Project
	Ticket   Ticket        // of EditPage
	People   []Person      // of NewPage
	Statuses []StatusInfo  // of NewPage
	Labels   []LabelChoice // of NewPage
	// How large a file may be that is attached or pasted, and the id of the form that sends it.
	FileMost int64
	FileForm string
	Files    []files.Attachment // that a new ticket has by now; the caller reads them when the form is shown again
	Clash    *Clash             // of ClashPage
}

// NewPage reads what the form for a ticket offers.
func (p *Projects) NewPage(ctx context.Context, s scope.Scope, key string) (TicketForm, error) {
	var out TicketForm
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queuePeople(r, s, key, &out.People)
		queueStatuses(r, s, key, &out.Statuses)
		queueTicketLabels(r, s, key, 0, &out.Labels)
	})
	out.takesFiles(p)
	return out, err
}

// EditPage reads a ticket for the form that changes it.
func (p *Projects) EditPage(ctx context.Context, s scope.Scope, key string, number int) (TicketForm, error) {
	var out TicketForm
	if number < 1 || number > maxNumber {
		return out, fault.Missing()
	}
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &out.Project)
		queueTicket(r, s, key, number, &out.Ticket)
	})
	out.takesFiles(p)
	return out, err
}

func (f *TicketForm) takesFiles(p *Projects) {
	f.FileMost, f.FileForm = p.Files.Most(), uuid.Must(uuid.NewV7()).String()
}

// ClashPage is EditPage for what was written when somebody else was faster. Clash is nil when nothing has changed.
func (p *Projects) ClashPage(ctx context.Context, s scope.Scope, key string, number int, f EditForm) (TicketForm, error) {
	out, err := p.EditPage(ctx, s, key, number)
	if err != nil || out.Ticket.Revision == f.Revision {
		return out, err
	}
	var history []events.Entry
	err = p.DB.ReadTenant(ctx, s, func(r *db.Reads) { events.QueueTicketHistory(r, s, key, number, historySize, &history) })
	base := EditForm{Title: f.BaseTitle, Body: f.BaseBody}
	if base.Title == "" { // a form from before forms said what they began with
		base = f
	}
	c := clash(base, f, EditForm{Title: out.Ticket.Title, Body: out.Ticket.Body})
	if i := slices.IndexFunc(history, func(e events.Entry) bool { return e.Action == "ticket.edited" }); i >= 0 {
		c.Editor = history[i].ActorName
	}
	out.Clash = &c
	return out, err
}
