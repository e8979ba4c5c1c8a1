package admin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"plinth/internal/admin/admindb"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/events"
	"plinth/internal/fault"
	"plinth/internal/scope"
)

// OrganizationRow is an organization in the list.
type OrganizationRow struct {
	ID          uuid.UUID
	Slug        string
	Name        string
	CreatedAt   time.Time
	SuspendedAt *time.Time
	DeletedAt   *time.Time
	PurgingAt   *time.Time // since when it is being erased
	Members     int64      // guests do not count
	Status      string     // Stripe's, of the current subscription; "" when there is none
	Plan        string     // the plan's name
	Override    bool       // staff gave the plan
}

// Erasure is how far the erasing of an organization is. How much is left nobody knows before it has ended.
type Erasure struct {
	ID      uuid.UUID
	Slug    string // when it has ended, this and Name say nothing
	Name    string
	Since   time.Time
	EndedAt *time.Time
	Erased  []Erased // those of most first
}

// Erased is how many rows of a table are gone.
type Erased struct {
	Noun  string
	Count int64
}

// Total is how many rows are gone.
func (e Erasure) Total() (n int64) {
	for _, one := range e.Erased {
		n += one.Count
	}
	return n
}

// OrganizationPage is one organization with its people and its money, or its erasure alone.
type OrganizationPage struct {
	Erasure       *Erasure
	Organization  Organization
	People        List[Member]
	Subscriptions []Subscription
	Invoices      List[Invoice]
	Gifts         []Gift // the newest first
	Notes         []Note
	Plans         []billing.Plan
}

// Trial is the subscription whose trial runs at Stripe, or nil.
func (p OrganizationPage) Trial() *Subscription {
	for i, s := range p.Subscriptions {
		if s.Current && s.Status == "trialing" {
			return &p.Subscriptions[i]
		}
	}
	return nil
}

// InForce is what staff have given and has not ended, or nil.
func (p OrganizationPage) InForce() *Gift {
	if len(p.Gifts) > 0 && p.Gifts[0].InForce {
		return &p.Gifts[0]
	}
	return nil
}

// Organization is what an organization is and how it stands.
type Organization struct {
	ID              uuid.UUID
	Slug            string
	Name            string
	Zone            string
	CreatedAt       time.Time
	SuspendedAt     *time.Time
	SuspendedReason *string
	ClosingAt       *time.Time // its deletion was asked for
	DeletedAt       *time.Time
	FounderID       uuid.UUID
	Founder         string
	CustomerID      string // Stripe's; "" before the first checkout
	OverridePlan    string
	Plan            string // the plan's name
	Status          string
	People          int64
	Members         int64 // guests do not count
	Projects        int64
}

// Member is a person of an organization.
type Member struct {
	UserID   uuid.UUID
	Name     string
	Email    string
	Role     string
	JoinedAt time.Time
}

// Subscription is a row of the subscriptions table with its newest change.
type Subscription struct {
	ID                uuid.UUID
	StripeID          string
	Current           bool
	Status            string
	AccessStatus      string
	Plan              string // the plan's name
	Quantity          int64
	MonthlyAmount     int64
	Currency          string // "" before the first change
	CurrentPeriodEnd  *time.Time
	TrialEnd          *time.Time
	PastDueSince      *time.Time
	CancelAtPeriodEnd bool
	EndedAt           *time.Time
	Ticket            int64 // fetches begun
	Applied           int64 // the fetch this row shows
	UpdatedAt         time.Time
}

// Invoice is a mirrored invoice; amounts are in the currency's smallest unit.
type Invoice struct {
	ID         uuid.UUID
	StripeID   string
	Number     string
	Status     string
	Currency   string
	Total      int64
	AmountDue  int64
	AmountPaid int64
	IssuedAt   time.Time
}

// OrganizationStates lists what a list of organizations can be narrowed down to.
func OrganizationStates() []string {
	return []string{"paying", "trial", "past_due", "given", "suspended", "deleted"}
}

// Organizations reads a page of organizations, the newest first, deleted ones among them.
func (a *Admin) Organizations(ctx context.Context, f RecordFilter, after string) (List[OrganizationRow], error) {
	var l List[OrganizationRow]
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Rows(r, &l.Rows, admindb.ListOrganizations, idBefore(after), like(f.Search), pageSize+1, f.State)
		db.Value(r, &l.Count, admindb.CountOrganizations, like(f.Search), CountStop+1, f.State)
	})
	l.cut(pageSize, func(o OrganizationRow) string { return o.ID.String() })
	for i := range l.Rows {
		l.Rows[i].Plan = a.planName(l.Rows[i].Plan)
	}
	return l, err
}

// Organization reads one organization and notes there that staff looked. Of one that is being erased, or was, it reads how
// far that is. NotFound when there is none.
func (a *Admin) Organization(ctx context.Context, by Actor, id uuid.UUID, peopleAfter, invoicesAfter string) (OrganizationPage, error) {
	var p OrganizationPage
	joined, person := timedAfter(peopleAfter)
	issued, invoice := timedBefore(invoicesAfter)
	var org *Organization
	var erasure *struct {
		ID         uuid.UUID
		Slug, Name string
		Since      time.Time
		EndedAt    *time.Time
	}
	var erased []Erased
	err := a.DB.ReadAdmin(ctx, func(r *db.Reads) {
		db.Maybe(r, &org, admindb.Organization, id)
		db.Maybe(r, &erasure, admindb.OrganizationErasure, id)
		db.Rows(r, &erased, admindb.ErasedSoFar, id)
		db.Rows(r, &p.People.Rows, admindb.OrganizationPeople, id, joined, person, partSize+1)
		db.Rows(r, &p.Subscriptions, admindb.OrganizationSubscriptions, id, CountStop)
		db.Rows(r, &p.Invoices.Rows, admindb.OrganizationInvoices, id, issued, invoice, partSize+1)
		db.Value(r, &p.Invoices.Count, admindb.CountOrganizationInvoices, id, CountStop+1)
		db.Rows(r, &p.Gifts, admindb.OrganizationGifts, id, partSize)
		db.Rows(r, &p.Notes, admindb.OrganizationNotes, id, pageSize)
	})
	if err != nil {
		return p, err
	}
	if erasure != nil {
		p.Erasure = &Erasure{ID: erasure.ID, Slug: erasure.Slug, Name: erasure.Name, Since: erasure.Since, EndedAt: erasure.EndedAt, Erased: erased}
		return p, nil // what is noted there would be erased with it
	}
	if org == nil {
		return p, fault.Missing()
	}
	p.Organization = *org
	a.complete(&p)
	return p, a.viewed(ctx, by, scope.System(id), events.Event{ObjectKind: "organization", ObjectName: p.Organization.Name})
}

func (a *Admin) complete(p *OrganizationPage) {
	p.People.Count = p.Organization.People
	p.People.cut(partSize, func(m Member) string { return timeCursor(m.JoinedAt, m.UserID.String()) })
	p.Invoices.cut(partSize, func(i Invoice) string { return timeCursor(i.IssuedAt, i.ID.String()) })
	p.Organization.Plan = a.planName(p.Organization.Plan)
	if p.Organization.OverridePlan != "" {
		p.Organization.Plan = a.planName(p.Organization.OverridePlan)
	}
	for i := range p.Subscriptions {
		p.Subscriptions[i].Plan = a.planName(p.Subscriptions[i].Plan)
	}
	for i := range p.Gifts {
		p.Gifts[i].Plan = a.planName(p.Gifts[i].Plan)
	}
	p.Plans = a.Plans.Plans()[1:] // the free one is nobody's gift
}
