package projects

import (
	"github.com/google/uuid"

	"plinth/internal/db"
	"plinth/internal/projects/projectsdb"
	"plinth/internal/scope"
)

// Label is a coloured word that tickets of its project can carry.
type Label struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Hue  string    `json:"hue"` // one of Hues
}

// queueLabels reads the labels of a project, by name.
func queueLabels(r *db.Reads, s scope.Scope, key string, into *[]Label) {
	db.Rows(r, into, projectsdb.ListLabels, s.TenantID, s.Person.ID, key)
}
