package projects

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/scope"
)

// Taken is a ticket with all that it says of itself, as an export takes it along.
type Taken struct {
	ID         uuid.UUID
	Number     int32
	Title      string
	Body       string
	Status     string
	StatusName string
	Priority   int16
	AssigneeID *uuid.UUID
	Assignee   string
	AssigneeTo string // their address
	AuthorID   uuid.UUID
	Author     string
	AuthorFrom string // their address
	Labels     []string
	DueOn      *time.Time
	Estimate   *int16
	Parent     string // its key, where the person sees it; empty is none
	ParentID   *uuid.UUID
	Rank       string
	Revision   int32
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ClosedAt   *time.Time
	StartedAt  *time.Time
}

// Names are looked up for the rows of the page alone.
const takenColumns = `t.id, t.number, t.title, t.body, t.status, st.name as status_name, t.priority, t.assignee_id, coalesce(a.name, '') as assignee,
    coalesce(a.email, '') as assignee_to, t.author_id, u.name as author, u.email as author_from, (
        select coalesce(jsonb_agg(l.name order by lower(l.name)), '[]')
        from ticket_labels tl
        join labels l on l.tenant_id = tl.tenant_id and l.id = tl.label_id and l.deleted_at is null
        where tl.tenant_id = t.tenant_id and tl.ticket_id = t.id
    ) as labels, t.due_on, t.estimate, coalesce((
        select o.key || '-' || x.number
        from tickets x
        join projects o on o.tenant_id = x.tenant_id and o.id = x.project_id
        where x.tenant_id = t.tenant_id and x.id = t.parent_id and x.deleted_at is null
          and o.id in (select v.project_id from visible_to($1, $2) v)
    ), '') as parent, t.parent_id, t.rank, t.revision, t.created_at, t.updated_at, t.closed_at, t.started_at`

// Take reads up to size tickets of a project behind the one with the number after, in the order of their numbers, as far as
// the person sees them and the filter lets them through. Addresses are for who sees the people of the organization.
func (p *Projects) Take(ctx context.Context, s scope.Scope, key string, f Filter, after int32, size int) ([]Taken, error) {
	var out []Taken
	b := ofProject(s, key)
	b.filter(s, f, p.now())
	b.and("t.number > ?", after)
	sql := "select " + takenColumns + "\nfrom (\nselect t.*\nfrom tickets t" + b.where() + "\norder by t.number\nlimit " + b.arg(size) + "\n) t\n" +
		rowNames + "join users u on u.id = t.author_id\norder by t.number"
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) { db.Rows(r, &out, sql, b.args...) })
	if !s.May(scope.ViewPeople) {
		for i := range out {
			out[i].AssigneeTo, out[i].AuthorFrom = "", ""
		}
	}
	return out, err
}

// ExportPage is what a page says of a project before it is taken along.
type ExportPage struct {
	Project Project
	Count   int64 // of the tickets that match, CountCap+1 when there are more
}

// QueueExport reads, in the round trip of a page, what is there to be taken along.
func (p *Projects) QueueExport(r *db.Reads, s scope.Scope, key string, f Filter, into *ExportPage) {
	queueProject(r, s, key, &into.Project)
	queueCount(r, s, key, f, p.now(), &into.Count)
}

// CountTaken is how many tickets Take will read. Unlike the counts of pages it counts to the end.
func (p *Projects) CountTaken(ctx context.Context, s scope.Scope, key string, f Filter) (Project, int64, error) {
	var project Project
	var n int64
	b := ofProject(s, key)
	b.filter(s, f, p.now())
	err := p.DB.ReadTenant(ctx, s, func(r *db.Reads) {
		queueProject(r, s, key, &project)
		db.Value(r, &n, "select count(*)\nfrom tickets t"+b.where(), b.args...)
	})
	return project, n, err
}
