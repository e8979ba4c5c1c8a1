package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// BroughtProject is a project that is brought in, without its tickets.
type BroughtProject struct {
	NewProject
	Statuses []StatusInfo
	Labels   []Label
}

// Check says what is wrong with the project, beside the fields of its form.
func (b *BroughtProject) Check() error {
	b.NewProject = b.normal()
	if err := b.check(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, st := range b.Statuses {
		if !slices.Contains(Kinds(), st.Kind) || !statusForm.MatchString(string(st.Slug)) || unseen(st.Name) || len(st.Name) > 200 || st.Limit != nil && *st.Limit < 1 || seen[string(st.Slug)] || seen["name "+strings.ToLower(st.Name)] {
			return fault.New(fault.Invalid, "The statuses of this archive cannot be read.")
		}
		seen[string(st.Slug)], seen["name "+strings.ToLower(st.Name)] = true, true
	}
	for i := range b.Labels {
		l := &b.Labels[i]
		if !slices.Contains(Hues(), l.Hue) {
			l.Hue = hueOf(l.Name)
		}
		name := "label " + strings.ToLower(l.Name)
		if unseen(l.Name) || len([]rune(l.Name)) > MaxLabelName || seen[name] {
			return fault.New(fault.Invalid, "The labels of this archive cannot be read.")
		}
		seen[name] = true
	}
	if len(b.Statuses) == 0 || len(b.Statuses) > maxStatuses || len(b.Labels) > 500 {
		return fault.New(fault.Invalid, "The statuses and labels of this archive cannot be read.")
	}
	return nil
}

// BringProjectTx makes a project that was checked, with its statuses and labels, for the person. PaymentRequired when the plan
// has no room for it, an error beside the key when that is taken. last is the largest number of its tickets: what people add
// while they come in is numbered behind it.
func (p *Projects) BringProjectTx(ctx context.Context, tx db.Tx, s scope.Scope, b BroughtProject, last int32) error {
	if b.Visibility == string(ForMembers) {
		if err := p.Plans.Allow(s, scope.MembersOnlyProjects, "visibility"); err != nil {
			return err
		}
	}
	if err := p.Plans.AllowTx(ctx, tx, s, billing.Projects); err != nil {
		return err
	}
	if err := nowMay(ctx, tx, s, scope.CreateProject); err != nil {
		return err
	}
	q := projectsdb.New()
	rows, err := q.CreateProject(ctx, tx, projectsdb.CreateProjectParams{
		TenantID: s.TenantID, ID: b.ID, Key: b.Key, Name: b.Name, Description: b.Description, Hue: b.Hue, Visibility: b.Visibility, CreatedBy: s.Person.ID,
	})
	if err != nil {
		return fmt.Errorf("create project: %w", err)
	}
	if rows == 0 {
		return fault.Field("key", "This key is taken. Choose another one.")
	}
	if err := q.CreateCounter(ctx, tx, projectsdb.CreateCounterParams{TenantID: s.TenantID, ProjectID: b.ID}); err != nil {
		return fmt.Errorf("create counter: %w", err)
	}
	if _, err := q.TakeNumbers(ctx, tx, projectsdb.TakeNumbersParams{TenantID: s.TenantID, ProjectID: b.ID, Least: last}); err != nil {
		return fmt.Errorf("set the counter: %w", err)
	}
	if err := addStatusesTx(ctx, tx, s, b.ID, b.Statuses); err != nil {
		return sameNames(err)
	}
	var labels [][]any
	for _, l := range b.Labels {
		labels = append(labels, []any{l.ID, b.ID, l.Name, l.Hue})
	}
	if err := insertMany(ctx, tx, s, "insert into labels (tenant_id, id, project_id, name, hue)\nvalues ", "uuid uuid text text", labels); err != nil {
		return sameNames(err)
	}
	if _, err := q.AddProjectMember(ctx, tx, projectsdb.AddProjectMemberParams{TenantID: s.TenantID, ProjectID: b.ID, UserID: s.Person.ID}); err != nil {
		return fmt.Errorf("add the first member: %w", err)
	}
	return events.AppendTx(ctx, tx, s, events.Event{Action: "project.created", ObjectKind: "project", ObjectID: b.ID, ObjectName: b.Name, ProjectID: b.ID})
}

// sameNames says that the database takes two names for one that were two where they come from.
func sameNames(err error) error {
	if db.Violates(err, "statuses_name_key") || db.Violates(err, "labels_name_key") {
		return fault.Wrap(fault.Invalid, "Two statuses or labels of this archive have names that are one name here. Rename one of them where it comes from.", err)
	}
	return err
}

// BroughtComment is a comment that is brought in.
type BroughtComment struct {
	ID, TicketID, AuthorID uuid.UUID
	Body                   string
	Revision               int32
	CreatedAt, UpdatedAt   time.Time
	EditedAt               *time.Time
	Reactions              []BroughtReaction
}

// BroughtReaction is a sign below a comment.
type BroughtReaction struct {
	Kind   string
	UserID uuid.UUID
	At     time.Time
}

// BringCommentsTx adds comments to tickets that came in, whose counts have them. Nobody is told.
func (p *Projects) BringCommentsTx(ctx context.Context, tx db.Tx, s scope.Scope, projectID uuid.UUID, all []BroughtComment, known *Words) error {
	var rows, docs, reactions [][]any
	var texts []string
	for _, c := range all {
		rows = append(rows, []any{c.ID, c.TicketID, c.AuthorID, c.Body, c.Revision, c.CreatedAt, c.UpdatedAt, c.EditedAt})
		docs = append(docs, []any{c.ID, projectID, c.TicketID, "", c.Body})
		texts = append(texts, c.Body)
		for _, r := range c.Reactions {
			reactions = append(reactions, []any{c.ID, r.UserID, r.Kind, r.At})
		}
	}
	err := insertMany(ctx, tx, s, "insert into comments (tenant_id, id, ticket_id, author_id, body, revision, created_at, updated_at, edited_at)\nvalues ",
		"uuid uuid uuid text integer timestamptz timestamptz timestamptz", rows)
	if err == nil {
		err = insertMany(ctx, tx, s, "insert into search_docs (tenant_id, id, project_id, ticket_id, words)\nvalues ", "uuid uuid uuid words", docs)
	}
	if err == nil {
		err = insertMany(ctx, tx, s, "insert into reactions (tenant_id, comment_id, user_id, kind, created_at)\nvalues ", "uuid uuid text timestamptz", reactions)
	}
	if err != nil {
		return err
	}
	return learnAllTx(ctx, tx, s, texts, known)
}
