package transfer

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"plinth/internal/blob"
	"plinth/internal/db"
	"plinth/internal/files"
	"plinth/internal/projects"
	"plinth/internal/scope"
	"plinth/internal/transfer/transferdb"
)

// The steps of an archive that comes in, when its project is made.
const (
	stepTickets int16 = iota
	stepTies
	stepComments
	stepFiles
)

// ArchiveFound is what looking through an archive brought to light.
type ArchiveFound struct {
	Organization string                  `json:"organization"`
	Made         time.Time               `json:"made"`
	Project      projects.BroughtProject `json:"project"`
	Tickets      int64                   `json:"tickets"`
	Last         int32                   `json:"last"` // the largest number of a ticket
	Comments     int64                   `json:"comments"`
	Files        int64                   `json:"files"`
	Bytes        int64                   `json:"bytes"` // of the files
	Strangers    []string                `json:"strangers"`
}

// sorter turns an archive into what comes in: ids, people, statuses and labels as they are here.
type sorter struct {
	*bundle
	id       uuid.UUID // of the import
	by       uuid.UUID
	begun    time.Time
	people   map[uuid.UUID]uuid.UUID // theirs, ours
	names    map[uuid.UUID]string
	sees     map[uuid.UUID]bool // ours who see the project; nil while there is none
	labels   map[uuid.UUID]uuid.UUID
	statuses map[string]projects.Kind
	tickets  map[uuid.UUID]uint32 // theirs, the line
	index    *index
}

// sort reads the people. members are whom they are found among, by address.
func (t *Transfer) sort(b *bundle, id, by uuid.UUID, begun time.Time, members []projects.Addressee) (*sorter, error) {
	s := &sorter{bundle: b, id: id, by: by, begun: begun, people: map[uuid.UUID]uuid.UUID{}, names: map[uuid.UUID]string{}, labels: map[uuid.UUID]uuid.UUID{},
		statuses: map[string]projects.Kind{}}
	byMail := map[string]uuid.UUID{}
	for _, m := range members {
		byMail[folded(m.Email)] = m.ID
	}
	for _, st := range b.project.Statuses {
		s.statuses[string(st.Slug)] = st.Kind
	}
	for i, l := range b.project.Labels {
		s.labels[l.ID] = projects.BroughtID(id, uint32(i+1))
	}
	return s, linesFrom(b, "people.jsonl", 0, MaxRows, func(_ uint32, p *archivedPerson) error {
		s.names[p.ID] = short(clean(strings.Join(strings.Fields(p.Name), " ")), 80)
		if ours, ok := byMail[folded(p.Email)]; ok {
			s.people[p.ID] = ours
		}
		return nil
	})
}

// brought is the project as it is to be made.
func (s *sorter) brought() projects.BroughtProject {
	p := s.project
	out := projects.BroughtProject{NewProject: projects.NewProject{
		ID: s.id, Key: p.Key, Name: clean(p.Name), Description: clean(p.Description), Hue: p.Hue, Visibility: p.Visibility,
	}}
	if !slices.Contains(projects.Hues(), out.Hue) {
		out.Hue = ""
	}
	for _, st := range p.Statuses {
		out.Statuses = append(out.Statuses, projects.StatusInfo{Slug: st.Slug, Name: clean(st.Name), Kind: st.Kind, Limit: st.Limit})
	}
	for i, l := range p.Labels {
		out.Labels = append(out.Labels, projects.Label{ID: projects.BroughtID(s.id, uint32(i+1)), Name: clean(l.Name), Hue: l.Hue})
	}
	return out
}

// What a ticket of an archive may say: of what is there or comes later there is room for more.
const (
	mostNumber   = 10_000_000
	mostRevision = 1_000_000
	mostBlocks   = 200
)

var rankForm = regexp.MustCompile(`^j[0-9]{10}[0-9A-Za-z]{0,49}$`)

// ticket makes a ticket of a line; comments is how many it has.
func (s *sorter) ticket(n uint32, a *archivedTicket, comments int32) (projects.Brought, error) {
	t := projects.Brought{
		ID: projects.BroughtID(s.id, n), Number: a.Number, Title: clean(a.Title), Body: clean(a.Body), Status: projects.Status(a.Status), Priority: projects.Priority(a.Priority),
		Estimate: a.Estimate, Rank: a.Rank, Comments: comments, Revision: min(max(a.Revision, 1), mostRevision), CreatedAt: s.not(a.CreatedAt), UpdatedAt: s.not(a.UpdatedAt),
	}
	kind, known := s.statuses[a.Status]
	switch {
	case projects.Unseen(t.Title) || utf8.RuneCountInString(t.Title) > projects.MaxTitle || strings.ContainsAny(t.Title, "\r\n"), len(t.Body) > projects.MaxBody,
		!known, a.Priority < 0 || a.Priority > int16(projects.Urgent), a.Number < 1, a.Number > mostNumber, len(a.Blocks) > mostBlocks,
		a.Estimate != nil && (*a.Estimate < 0 || *a.Estimate > projects.MaxEstimate):
		return t, badArchive(fmt.Sprintf("Line %d of tickets.jsonl is no ticket.", n))
	}
	if !rankForm.MatchString(t.Rank) {
		t.Rank = ""
	}
	if kind.Closed() {
		at := t.UpdatedAt
		if a.ClosedAt != nil {
			at = s.not(*a.ClosedAt)
		}
		t.ClosedAt = &at
	}
	if a.StartedAt != nil {
		at := s.not(*a.StartedAt)
		t.StartedAt = begunBy(&at, t.ClosedAt)
	}
	if a.Due != nil {
		day, err := time.Parse(time.DateOnly, *a.Due)
		if err != nil || day.Year() < 1 || day.Year() > 9999 {
			return t, badArchive(fmt.Sprintf("Line %d of tickets.jsonl is no ticket.", n))
		}
		t.DueOn = &day
	}
	var notes []string
	if a.Assignee != nil {
		if ours, ok := s.people[*a.Assignee]; ok && (s.sees == nil || s.sees[ours]) {
			t.AssigneeID = &ours
		} else if name := s.names[*a.Assignee]; name != "" {
			notes = append(notes, "Assigned to "+name)
		}
	}
	t.AuthorID = s.author(a.Author, &notes)
	if len(notes) > 0 {
		t.Body = strings.TrimSpace(t.Body + "\n\n---\n\n" + strings.Join(notes, "  \n"))
	}
	for _, l := range a.Labels {
		if ours, ok := s.labels[l]; ok && !slices.Contains(t.Labels, ours) {
			t.Labels = append(t.Labels, ours)
		}
	}
	for _, w := range a.Watchers {
		ours, ok := s.people[w.Person]
		if ok && !slices.ContainsFunc(t.Watchers, func(b projects.BroughtWatcher) bool { return b.UserID == ours }) {
			t.Watchers = append(t.Watchers, projects.BroughtWatcher{UserID: ours, Watching: w.Watching, Since: s.not(w.Since)})
		}
	}
	return t, nil
}

// author is who wrote something; of who is not here the name is kept.
func (s *sorter) author(theirs uuid.UUID, notes *[]string) uuid.UUID {
	if ours, ok := s.people[theirs]; ok {
		return ours
	}
	if name := s.names[theirs]; name != "" {
		*notes = append(*notes, "Written by "+name)
	}
	return s.by
}

// not is a time, but none behind the beginning of the import.
func (s *sorter) not(at time.Time) time.Time {
	if at.After(s.begun) || at.Year() < 1970 {
		return s.begun
	}
	return at.UTC().Truncate(time.Microsecond)
}

func (s *sorter) comment(n uint32, a *archivedComment) (projects.BroughtComment, error) {
	row, ok := s.tickets[a.Ticket]
	c := projects.BroughtComment{
		ID: projects.BroughtCommentID(s.id, n), TicketID: projects.BroughtID(s.id, row), Body: clean(a.Body), Revision: min(max(a.Revision, 0), mostRevision), CreatedAt: s.not(a.CreatedAt), UpdatedAt: s.not(a.UpdatedAt),
	}
	if !ok || strings.TrimSpace(c.Body) == "" || len(c.Body) > projects.MaxBody {
		return c, badArchive(fmt.Sprintf("Line %d of comments.jsonl is no comment.", n))
	}
	var notes []string
	c.AuthorID = s.author(a.Author, &notes)
	if len(notes) > 0 {
		c.Body += "\n\n---\n\n" + notes[0]
	}
	if a.EditedAt != nil {
		at := s.not(*a.EditedAt)
		c.EditedAt = &at
	}
	for _, r := range a.Reactions {
		ours, ok := s.people[r.Person]
		twin := slices.ContainsFunc(c.Reactions, func(b projects.BroughtReaction) bool { return b.Kind == r.Kind && b.UserID == ours })
		if ok && !twin && slices.Contains(strings.Fields("agree disagree thanks happy puzzled seen"), r.Kind) {
			c.Reactions = append(c.Reactions, projects.BroughtReaction{Kind: r.Kind, UserID: ours, At: s.not(r.At)})
		}
	}
	return c, nil
}

// StartArchive makes the project of an archive that was looked through, under a key, and begins to fill it. Denied while
// archives are not taken.
func (t *Transfer) StartArchive(ctx context.Context, s scope.Scope, id uuid.UUID, name, key string) error {
	page, err := t.ImportPage(ctx, s, "", id)
	if err != nil || page.Import.State != Checked {
		return err // sent twice, or late: the page says how things stand
	}
	if err := t.mustTakeArchives(s); err != nil {
		return err
	}
	project := page.Import.Archive.Project
	project.Name, project.Key = name, key
	if err := project.Check(); err != nil {
		return err
	}
	return t.DB.InTenant(ctx, s, func(ctx context.Context, tx db.Tx) error {
		n, err := transferdb.New().SetImport(ctx, tx, transferdb.SetImportParams{TenantID: s.TenantID, ID: id, State: Running, ActedBy: &s.Person.ID, Was: []string{Checked}})
		if err != nil || n == 0 {
			return err
		}
		// While its files come in the archive lies here as well, so all of them need room.
		if err := t.roomTx(ctx, tx, s, "", page.Import.Archive.Bytes); err != nil {
			return err
		}
		if err := t.Projects.BringProjectTx(ctx, tx, s, project, page.Import.Archive.Last); err != nil {
			return err
		}
		if err := transferdb.New().TieImport(ctx, tx, transferdb.TieImportParams{TenantID: s.TenantID, ID: id, Project: &project.ID, Total: page.Import.Archive.Tickets}); err != nil {
			return fmt.Errorf("tie the import to its project: %w", err)
		}
		return t.enqueueWhile(ctx, tx, s, id, Running)
	})
}

// checkArchive looks through an archive: all of it can be read, and what it says is what tickets are. It says whether there is
// more to look through.
func (t *Transfer) checkArchive(ctx context.Context, in *running) (more bool, err error) {
	b, err := t.openBundle(ctx, in.Key, in.Size)
	if err != nil {
		return false, err
	}
	defer func() { _ = b.file.Close() }() // it was only read
	s, err := t.sort(b, in.id, in.UserID, in.CreatedAt, in.members)
	if err != nil {
		return false, err
	}
	step, at := in.Step, in.At
	x, err := t.loadIndex(ctx, in.indexKey(step, at))
	switch {
	case errors.Is(err, blob.ErrNone):
		if x, err = s.begin(); err != nil {
			return false, err
		}
		step, at = lookTickets, 0
	case err != nil:
		return false, err
	}
	s.use(x)
	step, at, err = s.look(t.Files, step, at, func() time.Time { return time.Now().Add(t.runFor()) })
	if errors.Is(err, errTurn) {
		return true, t.keepLooking(ctx, in, s, step, at)
	}
	if err == nil {
		err = t.saveIndex(ctx, in.indexKey(lookedThrough, 0), s.index)
	}
	if err != nil {
		return false, err
	}
	found, err := document(x.Found)
	if err != nil {
		return false, err
	}
	err = t.DB.InTenant(ctx, in.s, func(ctx context.Context, tx db.Tx) error {
		_, err := transferdb.New().FoundImport(ctx, tx, transferdb.FoundImportParams{TenantID: in.s.TenantID, ID: in.id, Found: found, Total: x.Found.Tickets})
		if err != nil {
			return fmt.Errorf("note what was found: %w", err)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return false, t.Store.DeleteAll(ctx, in.indexKey(in.Step, in.At))
}

// begin says what an archive is of, as far as that is known before its tables are read.
func (s *sorter) begin() (*index, error) {
	x := &index{Talk: map[uuid.UUID]uint32{}, Found: ArchiveFound{
		Organization: short(clean(s.bundle.Organization), 80), Made: s.bundle.Made, Project: s.brought(), Strangers: []string{},
	}}
	for id, name := range s.names {
		if _, ours := s.people[id]; !ours && len(x.Found.Strangers) < maxUnknown {
			x.Found.Strangers = append(x.Found.Strangers, name)
		}
	}
	slices.Sort(x.Found.Strangers)
	project := x.Found.Project
	if err := project.Check(); err != nil {
		return nil, badArchive("What this archive says of its project cannot be read.")
	}
	return x, nil
}

func (s *sorter) file(n uint32, a *archivedFile, found *ArchiveFound, all *files.Files) error {
	e := s.entries["files/"+a.ID.String()]
	if a.ID == uuid.Nil {
		return badArchive(fmt.Sprintf("Line %d of attachments.jsonl has no id.", n))
	}
	if _, ok := s.tickets[a.Ticket]; !ok {
		return badArchive(fmt.Sprintf("Line %d of attachments.jsonl is no file of a ticket.", n))
	}
	if s.index.Files[a.ID] {
		return badArchive(fmt.Sprintf("Line %d of attachments.jsonl is a file that was there before.", n))
	}
	s.index.Files[a.ID] = true
	if e == nil {
		return nil // taken away while the archive was fetched
	}
	if e.UncompressedSize64 > uint64(all.Most()) {
		return badArchive(fmt.Sprintf("%s in this archive is larger than a file may be here.", files.CleanName(a.Name)))
	}
	found.Files, found.Bytes = found.Files+1, found.Bytes+int64(e.UncompressedSize64)
	if found.Bytes > maxFiles {
		return badArchive(fmt.Sprintf("The files of this archive are larger than %d GB together.", maxFiles>>30))
	}
	if a.Comment != nil {
		s.index.Talk[*a.Comment] = 0
	}
	return nil
}
