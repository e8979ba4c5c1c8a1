package projects

import (
	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
)

// NavProject is a project as the frame of a page lists it.
type NavProject struct {
	Key  string
	Name string
	Hue  string
	Icon string
}

// QueueNav reads, in a guard's round trip, the projects of the organization called slug that the person may see. The
// organization must be in scope.
func QueueNav(r *db.Reads, slug string, userID uuid.UUID, into *[]NavProject) {
	db.Rows(r, into, projectsdb.NavProjects, slug, userID)
}
