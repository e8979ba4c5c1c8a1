package tenants_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"plinth/internal/dbtest"
	"plinth/internal/scope"
	"plinth/internal/tenants"
	"plinth/test/webtest"
)

// crowd is people who are all owners of organization after organization, and as many who are to take over.
type crowd struct {
	site   *webtest.Site
	conn   *pgx.Conn
	owners []scope.Person
	heirs  []scope.Person
}

func newCrowd(t *testing.T) crowd {
	t.Helper()
	c := crowd{site: webtest.New(t)}
	c.conn = dbtest.Connect(t, c.site.Database.Super)
	for i := range 5 {
		c.owners = append(c.owners, c.site.Account(t, "Owner", fmt.Sprintf("owner%d@example.com", i)))
		c.heirs = append(c.heirs, c.site.Account(t, "Heir", fmt.Sprintf("heir%d@example.com", i)))
	}
	return c
}

// join makes somebody a member, over the one connection of all runs.
func (c crowd) join(t *testing.T, s scope.Scope, p scope.Person, role scope.Role) scope.Scope {
	t.Helper()
	_, err := c.conn.Exec(t.Context(), `insert into memberships (tenant_id, id, user_id, role) values ($1, gen_random_uuid(), $2, $3)`, s.TenantID, p.ID, string(role))
	if err != nil {
		t.Fatal(err)
	}
	s.Person, s.Role = p, role
	return s
}

// struggle founds the run's organization, lets all its owners demote each other, leave, and hand over at once, 50 acts in all,
// and returns how many owners are left.
func (c crowd) struggle(t *testing.T, run int) int {
	t.Helper()
	founder := run % len(c.owners) // nobody founds too many
	first := c.site.Org(t, c.owners[founder], fmt.Sprintf("acme-%d", run), "Acme")
	ts := c.site.App.Tenants
	var acts []func() error
	owners := []scope.Scope{first}
	for i, p := range c.owners {
		if i != founder {
			owners = append(owners, c.join(t, first, p, scope.Owner))
		}
	}
	for i, p := range c.heirs {
		heir, offer := c.join(t, first, p, scope.Admin), uuid.Must(uuid.NewV7())
		if err := ts.OfferOwnership(t.Context(), owners[i], tenants.OfferForm{ID: offer, Email: p.Email}); err != nil {
			t.Fatal(err)
		}
		acts = append(acts, func() error { return ts.ConfirmOwnership(context.Background(), heir, offer) })
	}
	for i, by := range owners {
		acts = append(acts, func() error { return ts.Leave(context.Background(), by) })
		for step := 1; step < len(owners); step++ {
			victim := owners[(i+step)%len(owners)].Person.ID
			acts = append(acts,
				func() error { return ts.SetRole(context.Background(), by, victim, scope.Admin) },
				func() error { return ts.Remove(context.Background(), by, victim, uuid.Nil) })
		}
	}
	var all sync.WaitGroup
	for _, act := range acts {
		all.Go(func() { _ = act() }) // refusals are the point
	}
	all.Wait()
	if len(acts) != 50 {
		t.Fatalf("%d acts", len(acts))
	}
	var left int
	err := c.conn.QueryRow(t.Context(),
		`select count(*) from memberships where tenant_id = $1 and role = 'owner' and left_at is null`, first.TenantID).Scan(&left)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestAnOwnerRemains(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	for run := range 3 {
		if left := c.struggle(t, run); left < 1 {
			t.Errorf("run %d: nobody owns the organization", run)
		}
	}
}
