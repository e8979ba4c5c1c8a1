package scope

import (
	"time"

	"github.com/google/uuid"
)

// Impersonator is the member of staff who looks at the product as somebody else.
type Impersonator struct {
	ID            uuid.UUID // of the member of staff
	Name          string
	Role          StaffRole
	Impersonation uuid.UUID
	Reason        string
	Until         time.Time
	Raised        bool // they may change something
}

// Impersonated says whether staff look as this person.
func (p Person) Impersonated() bool { return p.By.ID != uuid.Nil }
