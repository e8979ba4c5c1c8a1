// Package demo fills an empty database with an organization at work, through the product's own operations: what it
// shows could have been typed. Only the times of history entries are moved into the past, as the owner of the tables.
//
// Every thing of the demo has an id that is made of its name, so that each step finds what it made before: a seed that
// was ended in the middle is gone on with by seeding again.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"plinth/internal/auth"
	"plinth/internal/billing"
	"plinth/internal/db"
	"plinth/internal/projects"
	"plinth/internal/tenants"
	"plinth/internal/users"
	"plinth/internal/webhooks"
)

// Password is that of every demo account.
const Password = "statue-needs-a-plinth"

// SecondFactor is the key of the demo staff's authenticator app; what it shows is also on /dev.
const SecondFactor = "PLINTHSTANDSUNDERSTATUESALLDAYAA"

// Login is a demo sign-in, as printed at start.
type Login struct{ Role, Email string }

// Logins are the sign-ins worth trying.
func Logins() []Login {
	return []Login{{"owner", owner}, {"member", "jun@acme.example"}, {"guest", "lukas@acme.example"}, {"staff", staff}}
}

// PrintLogins writes a line `demo <role> <e-mail> <password>` for each sign-in, and where staff's code is.
func PrintLogins(out io.Writer) {
	for _, l := range Logins() {
		fmt.Fprintf(out, "  demo %-7s %-22s %s\n", l.Role, l.Email, Password)
	}
	fmt.Fprintf(out, "  staff's second factor: the code is on /dev, or in an app with the key %s\n", SecondFactor)
}

const (
	owner = "dana@acme.example"
	staff = "sam@plinth.example"
)

// Seed is what the demo is made with.
type Seed struct {
	DB       *db.DB // with the back-office's pool, which makes somebody staff
	Auth     *auth.Auth
	Tenants  *tenants.Tenants
	Pictures *users.Pictures
	Projects *projects.Projects
	Billing  *billing.Billing
	Webhooks *webhooks.Webhooks
	OwnerURL string // as plinth_owner, to date the history
	// LocalStripe says that payments are imitated: the demo then is on a trial, made there. Without it staff give the
	// plan, and Stripe is not asked.
	LocalStripe bool
}

// ErrOthers says that the database holds organizations that are not the demo's.
var ErrOthers = errors.New("the database holds organizations already, and the demo is for an empty one")

// Fill makes the demo, or what is missing of it. made is false when it was complete; nothing is changed then. ErrOthers
// when the database is somebody else's; nothing is changed then either. Whoever calls at the same moment waits.
func (s Seed) Fill(ctx context.Context) (made bool, err error) {
	conn, err := pgx.Connect(ctx, s.OwnerURL)
	if err != nil {
		return false, fmt.Errorf("connect as the owner of the database: %w", db.Fault(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Held until the connection ends. The other seed may take longer than locks are waited for otherwise.
	if _, err := conn.Exec(ctx, "set lock_timeout = 0"); err != nil {
		return false, fmt.Errorf("let another seed take its time: %w", err)
	}
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", seedLock); err != nil {
		return false, fmt.Errorf("wait for another seed: %w", err)
	}
	switch found, err := look(ctx, conn); {
	case err != nil:
		return false, err
	case found == complete:
		return false, nil
	case found == others:
		return false, ErrOthers
	}
	for _, step := range []func(context.Context, *pgx.Conn) error{s.staff, s.acme, s.harbour, date} {
		if err := step(ctx, conn); err != nil {
			return false, fmt.Errorf("seed the demo: %w", err)
		}
	}
	return true, nil
}

// seedLock is the advisory lock under which the demo is made.
const seedLock = 7_311_901

// ago is the clock of a moment so many hours ago.
func ago(hours int) func() time.Time {
	moment := time.Now().Add(-time.Duration(hours) * time.Hour)
	return func() time.Time { return moment }
}
